import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';

useChromium();

describe.skipIf(!hasChromium)('a lost unit (skipped without /usr/bin/chromium)', () => {
  test('BRE-1: it is wiped only by its own id, and locked for everybody', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'officer');
    const officer = await pageOf('reyes', 'drive');
    await officer.getByText('Live').waitFor();
    const page = await pageOf('ada', 'lost-unit');
    await page.getByLabel('Why').fill('Stolen from the car on 5th Street');
    await page.getByLabel(/type its id: car-7/).fill('car-8');
    await expectUsable(page);
    await page.getByRole('button', { name: 'Wipe the unit' }).click();
    await page.getByRole('button', { name: 'Destroy it all' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('car-7');
    await page.getByRole('button', { name: 'Lock the unit' }).click();
    await page.getByText('Every screen is locked').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Lock the unit' }).click();
    for (const each of [page, officer])
      await each.getByRole('heading', { name: 'Locked' }).waitFor();
    await officer.getByLabel('Password').fill(goodPassword);
    await officer.keyboard.press('Enter');
    await officer.getByText('Only headquarters can unlock it').waitFor();
  });
});
