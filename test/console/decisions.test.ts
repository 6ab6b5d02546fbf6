import { describe, expect, test } from 'vitest';
import { enterHotPlate } from '../../src/accountability/hotplates/operations.ts';
import { typedEntry } from '../accountability/hotplates/typed-entry.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

describe.skipIf(!hasChromium)(
  'what waits for a decision (skipped without /usr/bin/chromium)',
  () => {
    test('HOT-6: the supervisor finds it in the inbox, and who entered it finds it until then and is told after', async () => {
      const { staffed, pageOf } = await openDesk('napa');
      staffed.join('dee', 'detective', 'D. Dee');
      staffed.join('moss', 'supervisor', 'M. Moss');
      await staffed.as('dee', enterHotPlate, { ...typedEntry, days: 30 });

      const detective = await pageOf('dee', 'hot-plates');
      await statePurpose(detective, '26-0040001');
      await detective.getByRole('button', { name: 'Not approved yet' }).click();
      await detective.getByRole('row', { name: /7TWB905.*Awaits approval/ }).waitFor();

      const supervisor = await pageOf('moss', 'drive');
      await supervisor.getByRole('button', { name: 'Inbox 1' }).click();
      await supervisor.getByRole('region', { name: 'Waits for your decision' }).waitFor();
      await expectUsable(supervisor);
      await supervisor.getByRole('button', { name: '1 hot plate' }).click();
      await supervisor
        .getByRole('row', { name: /7TWB905/ })
        .getByRole('button')
        .click();
      await supervisor.getByRole('button', { name: 'Approve', exact: true }).click();
      await supervisor.getByRole('button', { name: /^Approve until/ }).click();
      await supervisor.getByText('Approved.', { exact: true }).waitFor();
      await supervisor.getByRole('button', { name: 'All hot plates' }).click();
      await expect.poll(() => supervisor.getByRole('button', { name: /^Inbox/ }).count()).toBe(0);

      await detective.getByRole('button', { name: /^Menu/ }).click();
      await detective.getByRole('navigation').getByRole('button', { name: 'Inbox' }).click();
      await detective.getByText('was approved by M. Moss').waitFor();
    });
  },
);
