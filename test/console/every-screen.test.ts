import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { sightsOf } from './every-screen.ts';
import { faultsOfAll, type Looks } from './every-screen-faults.ts';
import { openFurnishedUnit } from './furnished-unit.ts';

useChromium();

/** Screens on which a policy decides what is asked for or shown. */
const changedByPolicy = new Set([
  'verify',
  'purpose',
  'policy',
  'hot-plate-entry',
  'hot-plates',
  'retention',
  'person',
  'release',
  'audit-due',
  'figures',
]);

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

    /**
     * Where a policy decides what is asked for or shown: on a phone and a low screen of a car, by day and by night. All screens at
     * all sizes and in all themes under each policy with LOOKOUT_EVERY_LOOK=1, which takes some ten minutes.
     */
    test.each(['vigilant-429', 'napa', 'walnut-creek', 'barstow', 'strict'])(
      'nor have those that a policy changes, under %s',
      { timeout: 600_000 },
      async (profile) => {
        if (process.env.LOOKOUT_EVERY_LOOK === '1') {
          expect(await faultsOfAll(profile)).toEqual([]);
          return;
        }
        const looks: Looks = {
          sizes: [
            [390, 844],
            [1024, 600],
          ],
          themes: ['day', 'night'],
        };
        expect(await faultsOfAll(profile, looks, changedByPolicy)).toEqual([]);
      },
    );
  },
);
