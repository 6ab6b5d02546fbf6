import { describe, expect, test } from 'vitest';
import { localDay } from '../../src/platform/local-time.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

const zones = [
  {
    name: 'Courthouse garage',
    area: { kind: 'circle', latitude: 38.1, longitude: -122.25, radiusM: 150 },
  },
  { name: 'Election day', hours: { days: ['tue'], from: '07:00', to: '20:00' } },
];

describe.skipIf(!hasChromium)('suspended capture (skipped without /usr/bin/chromium)', () => {
  test('CAP-13: the chief enters a court order for a zone and ends it; who only reads the policy sees both', async () => {
    const { staffed, pageOf } = await openDesk('napa', { zones });
    staffed.join('chief', 'chief', 'C. Chief');
    staffed.join('reyes', 'officer');
    const page = await pageOf('chief', 'capture');
    await page.getByRole('cell', { name: /150 m/ }).waitFor();
    await page.getByText('No court order is on file.').waitFor();
    await page.getByLabel('Number of the order or warrant').fill('SW 26-118');
    await page.getByLabel('Court', { exact: true }).fill('Superior Court of Napa');
    await page.getByLabel('Its last day').fill(localDay(Date.now() + 90 * 86_400_000));
    await page.getByLabel('Courthouse garage').check();
    await expectUsable(page);
    await page.getByRole('button', { name: 'Enter it' }).click();
    await statePurpose(page, '26-0040001');
    await page.getByRole('alert').getByText('is more than 60 days from now').waitFor();
    await page.getByLabel('Its last day').fill(localDay(Date.now() + 3 * 86_400_000));
    await page.getByRole('button', { name: 'Enter it' }).click();
    await page.getByText('In force').waitFor();

    const officer = await pageOf('reyes', 'capture');
    await officer.getByText('Superior Court of Napa').waitFor();
    expect(await officer.getByRole('button', { name: 'End it' }).count()).toBe(0);
    expect(await officer.getByLabel('Court', { exact: true }).count()).toBe(0);

    await page.getByRole('button', { name: 'End it' }).click();
    await page.getByRole('dialog').getByText('Courthouse garage').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await page.getByText(/^Ended .* by C. Chief$/).waitFor();
    await expectUsable(page);
  });
});
