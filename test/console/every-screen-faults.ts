import type { Page } from 'playwright-core';
import { quickPicture } from './browser.ts';
import { sightsOf } from './every-screen.ts';
import { openFurnishedUnit, staff } from './furnished-unit.ts';
import { lightOf } from './night-light.ts';
import {
  chooseTheme,
  closeInCar,
  cutOff,
  faultsOf,
  sizes,
  small,
  smallInCar,
} from './page-checks.ts';
import { takePictures } from './take-pictures.ts';

const themes = ['day', 'dusk', 'night'] as const;
/** axe takes half a second: colours in every theme, and what changes on small screens. */
const judged = new Set(['1280 day', '1280 dusk', '1280 night', '800 day', '390 day']);
/** At night no more of a screen is brighter than 0.4. */
const mostBright = 0.03;
/** Screens of a car, on which keys are for a finger at arm's length. The line at the top of the lowest is not. */
const carParts: Record<string, string> = { '800': 'main', '1024': 'body', '1280': 'body' };

/** The keys of a plate are closer on the smallest screen: ten of 72 px are beside each other there. */
const isTooClose = (pair: string, width: number): boolean =>
  width > 800 || !pair.includes('[plate-pad-row]');

/** At what sizes and in which themes a screen is looked at. */
export interface Looks {
  sizes: readonly (readonly [number, number])[];
  themes: readonly (typeof themes)[number][];
}

const everyLook: Looks = { sizes, themes };

/** What is wrong with what is on the page, at these sizes and in these themes; the last theme is the night. */
async function faultsAt(page: Page, looks: Looks, isInCar: boolean): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (const [width, height] of looks.sizes) {
    await page.setViewportSize({ width, height });
    const car = isInCar ? carParts[width] : undefined;
    for (const theme of looks.themes) {
      await chooseTheme(page, theme);
      const found = [...(await cutOff(page)), ...(await small(page))];
      if (car !== undefined) {
        const close = await closeInCar(page, 'main');
        found.push(
          ...(await smallInCar(page, car)),
          ...close.filter((pair) => isTooClose(pair, width)),
        );
      }
      if (judged.has(`${width} ${theme}`)) found.push(...(await faultsOf(page)));
      if (found.length > 0) faults.push([width, height, theme, found]);
    }
    const { bright } = await lightOf(await quickPicture(page));
    if (bright > mostBright) faults.push([width, height, `${(100 * bright).toFixed(1)} % bright`]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return faults;
}

/** Opens each screen as someone who may, one after the other, and judges it. */
export async function faultsOfAll(
  profile: string,
  looks: Looks = everyLook,
  names?: ReadonlySet<string>,
): Promise<unknown[]> {
  const unit = await openFurnishedUnit(profile);
  const pages = new Map<string, Page>();
  const pageOf = async (username: string) => {
    const page = pages.get(username) ?? (await unit.pageOf(username, 'drive'));
    pages.set(username, page);
    return page;
  };
  await unit.clear(await pageOf(staff.officer[0]));
  const faults: unknown[] = [];
  const sights = sightsOf(unit).filter(({ name }) => names?.has(name) ?? true);
  for (const { name, who, needs, address, isInCar, ready } of sights) {
    const username = unit.holder(who, needs);
    // Under some policies it is nobody's.
    if (username === null) continue;
    const page = await pageOf(username);
    await page.goto(`${unit.unit.console.url}#/${address}`);
    await ready(page, unit);
    for (const fault of await faultsAt(page, looks, isInCar === true)) faults.push([name, fault]);
    // That of a camera which is there is taken in aim.test.ts.
    if (name !== 'aim') await takePictures(page, name, isInCar === true);
  }
  return faults;
}
