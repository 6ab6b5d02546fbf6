import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { sightsOf } from './every-screen.ts';
import { openFurnishedUnit, staff } from './furnished-unit.ts';
import { lightOf } from './night-light.ts';
import { chooseTheme, cutOff, faultsOf, sizes, small } from './page-checks.ts';
import { takePictures } from './take-pictures.ts';

useChromium();

const themes = ['day', 'dusk', 'night'] as const;
/** axe takes half a second: colours in every theme, and what changes on small screens. */
const judged = new Set(['1280 day', '1280 dusk', '1280 night', '800 day', '390 day']);
/** At night no more of a screen is brighter than 0.4. */
const mostBright = 0.03;

/** What is wrong with what is on the page, at every size and in every theme. */
async function faultsAtAllSizes(page: Page): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    for (const theme of themes) {
      await chooseTheme(page, theme);
      const found = [...(await cutOff(page)), ...(await small(page))];
      if (judged.has(`${width} ${theme}`)) found.push(...(await faultsOf(page)));
      if (found.length > 0) faults.push([width, height, theme, found]);
    }
    // The last theme is the night.
    const { bright } = await lightOf(page);
    if (bright > mostBright) faults.push([width, height, `${(100 * bright).toFixed(1)} % bright`]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return faults;
}

/** Opens each screen as someone who may, one after the other, and judges it. */
async function faultsOfAll(profile: string, names?: readonly string[]): Promise<unknown[]> {
  const unit = await openFurnishedUnit(profile);
  const pages = new Map<string, Page>();
  const pageOf = async (username: string) => {
    const page = pages.get(username) ?? (await unit.pageOf(username, 'drive'));
    pages.set(username, page);
    return page;
  };
  await unit.clear(await pageOf(staff.officer[0]));
  const faults: unknown[] = [];
  const sights = sightsOf(unit).filter(({ name }) => names?.includes(name) ?? true);
  for (const { name, who, address, ready } of sights) {
    const page = await pageOf(who === 'administrator' ? 'ada' : staff[who][0]);
    await page.goto(`${unit.unit.console.url}#/${address}`);
    await ready(page, unit);
    for (const fault of await faultsAtAllSizes(page)) faults.push([name, fault]);
    // That of a camera which is there is taken in aim.test.ts.
    if (name !== 'aim') await takePictures(page, name);
  }
  return faults;
}

describe.skipIf(!hasChromium)(
  'every screen, with content, at every size, by day and by night',
  () => {
    test('is tried here', async () => {
      const unit = await openFurnishedUnit('vallejo');
      const page = await unit.pageOf('ada', 'drive');
      const paths = await page.evaluate<string[]>(
        // Those of headquarters are tried there (test/headquarters/board.test.ts).
        "import('/page/places.js').then(({ places }) => places.filter(({ only }) => only !== 'headquarters').map(({ path }) => path))",
      );
      const tried = new Set(sightsOf(unit).map(({ address }) => address.split('/')[0]));
      expect(paths.filter((path) => !tried.has(path))).toEqual([]);
    });

    test('has nothing cut off and keys large enough, axe finds no fault, and at night at most 3 % are bright', {
      timeout: 600_000,
    }, async () => {
      expect(await faultsOfAll('vallejo')).toEqual([]);
    });
  },
);
