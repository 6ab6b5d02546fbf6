import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listNotices } from '../../src/accountability/notices/operations.ts';
import { searchDetections } from '../../src/accountability/search/operations.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';

useChromium();

const burglary = { purpose: 'investigation', caseNumber: '26-0042', reason: 'Burglary series' };

async function watched() {
  const { staffed, pageOf } = await openDesk('vallejo');
  staffed.join('ann', 'auditor', 'A. Ann');
  const reyes = staffed.join('reyes', 'detective', 'R. Reyes');
  const lee = staffed.join('lee', 'officer', 'L. Lee');
  for (let visit = 0; visit < 3; visit += 1) await reyes.perform(listNotices, {});
  await reyes.perform(searchDetections, { plate: '8LVN362' }, burglary);
  await lee.perform(searchDetections, { plate: '8LVN362' }, burglary);
  await lee.perform(searchDetections, { plate: '6MZR274' }, burglary);
  return { page: await pageOf('ann', 'audit/log'), staffed };
}

describe.skipIf(!hasChromium)('the log in Chromium (skipped without /usr/bin/chromium)', () => {
  test('looks at plates come first, what is left out is counted, and nothing is lost by it', async () => {
    const { page } = await watched();
    await page.getByText('Looks at plates and pictures: 3 records.').waitFor();
    await page.getByText(/Left out: \d+ records of other kinds/).waitFor();
    const rows = page.locator('tbody tr');
    expect(await rows.count()).toBe(3);
    await expectUsable(page);
    await page.getByRole('button', { name: /^Everything: / }).click();
    await page.getByText(/^\d+ records of every kind\.$/).waitFor();
    const told = await page.getByText(/records of every kind/).textContent();
    expect(await rows.count()).toBe(Number.parseInt(told ?? '', 10));
    // The polling of an inbox stands once for the login.
    expect(await rows.filter({ hasText: 'Open one’s own inbox' }).count()).toBe(1);
    await page.getByLabel('Kind of deed').selectOption({ label: 'Logins and accounts' });
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText(/^Logins and accounts: \d+ records?\.$/).waitFor();
    expect(await rows.filter({ hasText: 'Search the plates' }).count()).toBe(0);
  });

  test('what was asked stays while another screen is looked at', async () => {
    const { page } = await watched();
    await page.getByLabel('Kind of deed').selectOption({ label: 'Logins and accounts' });
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const found = page.getByText(/^Logins and accounts: \d+ records?\.$/);
    await found.waitFor();
    await page.evaluate("location.hash = '#/inbox'");
    await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor();
    await page.goBack();
    await found.waitFor();
    expect(await page.getByLabel('Kind of deed').inputValue()).toBe('accounts');
  });

  test('a record is opened and left with the keyboard, and leads to all looks at its plate', async () => {
    const { page } = await watched();
    await page.getByText('Looks at plates and pictures: 3 records.').waitFor();
    await page.locator('main').focus();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const record = page.getByRole('region', { name: /^Record \d/ });
    await record.getByText('L. Lee (lee), Officer').waitFor();
    await record.getByText('Search the plates that were read: done').waitFor();
    await record.getByText('plate 8LVN362').waitFor();
    await expectUsable(page);
    await record.getByText('Names for programs').click();
    await record.getByText('detections.search').waitFor();
    await expectUsable(page);
    await record.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Enter');
    await record.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.className')).toBe('row-key');
    await page.keyboard.press('Enter');
    await record.getByRole('button', { name: 'Everything about 8LVN362' }).click();
    await page.getByText('Looks at plates and pictures: 2 records.').waitFor();
    const rows = page.locator('tbody tr');
    expect(await rows.filter({ hasText: 'R. Reyes' }).count()).toBe(1);
    expect(await rows.filter({ hasText: 'L. Lee' }).count()).toBe(1);
    await page.getByLabel('Who').selectOption({ label: 'R. Reyes (reyes)' });
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('Looks at plates and pictures: 1 record.').waitFor();
    const arriving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    const saved = readFileSync(await (await arriving).path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(saved).toHaveLength(2);
    expect(saved[1]).toContain('detections.search,Search the plates that were read');
  });
});
