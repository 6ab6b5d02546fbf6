import { describe, expect, test } from 'vitest';
import { requestRelease } from '../../src/accountability/releases/operations.ts';
import { searchDetections } from '../../src/accountability/search/operations.ts';
import { hasChromium, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';
import { cutOff } from './page-checks.ts';

useChromium();

const inquiry = { purpose: 'investigation', caseNumber: '26-0042', reason: 'Burglary series' };
const longName = `${'Wolfeschlegelsteinhausenbergerdorff'.repeat(3)} Smith`;

describe.skipIf(!hasChromium)('a name or a number without a blank', () => {
  test('pushes nothing off the screen, on a desk and on a phone', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('kim', 'maintenance', longName);
    staffed.join('lea', 'records_clerk');
    staffed.join('ann', 'auditor');
    await staffed.as('lea', requestRelease, {
      ...{ agency: longName, person: longName, kind: 'law_enforcement' },
      ...{ purpose: longName, data: longName, reference: longName },
      covers: { plates: ['CA:8LVN362'], spans: [{ from: '2026-11-01', to: '2026-11-29' }] },
    });
    const sights = [
      ['ada', 'people', longName],
      ['ada', 'people/kim', longName],
      ['ada', `cases/${'26-0042'.repeat(9)}`, '26-0042'],
      ['lea', 'releases', longName],
      ['lea', 'releases/2026-0001', longName],
      ['ann', 'audit/use', longName],
    ] as const;
    for (const [who, address, words] of sights) {
      const page = await pageOf(who, address);
      if (address === 'audit/use') {
        const username = 'wolfeschlegelsteinhausenbergerdorff1';
        staffed.join(username, 'detective', longName);
        await staffed.as(username, searchDetections, { plate: '8LVN362' }, inquiry);
        await page.getByRole('button', { name: 'Make the report' }).click();
      }
      await page.locator('main').getByText(words).first().waitFor();
      for (const [width, height] of [
        [1280, 800],
        ...(address === 'audit/use' ? ([[1024, 600]] as const) : []),
        // A table of many columns is one of cards before it has no room.
        ...(address === 'people'
          ? ([
              [800, 480],
              [720, 600],
            ] as const)
          : []),
        [390, 844],
      ] as const) {
        await page.setViewportSize({ width, height });
        expect([address, width, await cutOff(page)]).toEqual([address, width, []]);
      }
      await page.close();
    }
  });
});
