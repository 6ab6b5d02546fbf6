import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { sightsOf } from './every-screen.ts';
import { faultsOfAll } from './every-screen-faults.ts';
import { openFurnishedUnit } from './furnished-unit.ts';

useChromium();

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
