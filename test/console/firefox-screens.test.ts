import { describe, expect, test } from 'vitest';
import { type Sight, sightsOf } from './every-screen.ts';
import { hasFirefox, newFirefoxScreen, useFirefox } from './firefox.ts';
import type { FirefoxPage } from './firefox-page.ts';
import { openFurnishedUnit, staff } from './furnished-unit.ts';
import { lightOf } from './night-light.ts';
import { chooseTheme, cutOff, faultsOf, sizes, small } from './page-checks.ts';

useFirefox();

/** axe takes a second: what is on every screen, and the parts of the desk's. */
const judged = new Set(['drive', 'verify', 'search', 'hot-plate-entry', 'people', 'alert-urgent']);

const usernameOf = ({ who }: Sight) => (who === 'administrator' ? 'ada' : staff[who][0]);

describe.skipIf(!hasFirefox)(
  'every screen in Firefox, with content, at every size (skipped without /usr/bin/firefox-esr)',
  () => {
    test('has nothing cut off and keys large enough, and axe finds no fault', {
      timeout: 300_000,
    }, async () => {
      const unit = await openFurnishedUnit('vallejo');
      const { url } = unit.unit.console;
      const pages = new Map<string, FirefoxPage>();
      const pageOf = async (username: string) => {
        const page =
          pages.get(username) ??
          (await (await newFirefoxScreen()).openIn(await unit.entryOf(username, 'drive')));
        pages.set(username, page);
        return page;
      };
      await unit.clear(await pageOf(staff.officer[0]));
      const faults: string[] = [];
      for (const sight of sightsOf(unit)) {
        const page = await pageOf(usernameOf(sight));
        await page.goto(`${url}#/${sight.address}`);
        await sight.ready(page, unit);
        await chooseTheme(page, 'night');
        const say = (fault: string) => faults.push(`${sight.name}: ${fault}`);
        if (judged.has(sight.name)) (await faultsOf(page)).forEach(say);
        for (const [width, height] of sizes) {
          await page.setViewportSize({ width, height });
          const found = [...(await cutOff(page)), ...(await small(page))];
          for (const fault of found) say(`${width}×${height} ${fault.replaceAll(/\s+/g, ' ')}`);
        }
        const { bright } = await lightOf(await page.screenshot());
        if (bright > 0.03) say(`${(100 * bright).toFixed(1)} % bright at night`);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
      expect(faults).toEqual([]);
    });
  },
);
