import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';

useChromium();

describe.skipIf(!hasChromium)('a table of many rows, in Chromium', () => {
  test('draws the first of them, more on demand, and finds the last by its filter', {
    timeout: 120_000,
  }, async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    for (let n = 1; n <= 1000; n += 1) {
      staffed.join(`p${String(n).padStart(4, '0')}`, 'officer', `Person ${n} of many`);
    }
    const page = await pageOf('ada', 'people');
    const rows = () => page.locator('tbody tr').count();
    await page.getByText('The first 200 of 1,001').waitFor();
    expect(await rows()).toBe(200);
    await page.getByRole('button', { name: 'Show 200 more' }).click();
    await expect.poll(rows).toBe(400);
    await page.getByLabel('Name, role or organisation').fill('Person 1000 of');
    await page.getByRole('row', { name: /Person 1000 of many/ }).waitFor();
    expect(await rows()).toBe(1);
    await page.getByLabel('Name, role or organisation').fill('');
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(rows).toBe(1001);
    expect(await page.getByRole('button', { name: /^Show / }).count()).toBe(0);
  });
});
