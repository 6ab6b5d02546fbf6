import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { searchDetections } from '../../src/accountability/search/operations.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';

useChromium();

const burglary = { purpose: 'investigation', caseNumber: '26-0042', reason: 'Burglary series' };
const missing = { purpose: 'investigation', caseNumber: '26-0043', reason: 'My neighbour’s car' };

describe.skipIf(!hasChromium)('audit in Chromium (skipped without /usr/bin/chromium)', () => {
  test('the auditor draws a sample, judges each inquiry, finishes, files and downloads the memorandum (AUD-6)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('ann', 'auditor', 'A. Ann');
    const reyes = staffed.join('reyes', 'detective', 'R. Reyes');
    await reyes.perform(searchDetections, { plate: '8LVN362' }, burglary);
    await reyes.perform(searchDetections, { plate: '6MZR274' }, missing);
    const page = await pageOf('ann', 'audit');
    await page.getByRole('rowheader', { name: 'Audit of detection browsing' }).waitFor();
    await expectUsable(page);
    await page.getByRole('button', { name: 'Draw a sample' }).click();
    await page.getByRole('button', { name: 'Draw', exact: true }).click();
    await page.getByRole('heading', { name: 'Memorandum car-7-0001' }).waitFor();
    await page.getByText('0 of 2 judged').waitFor();
    await expectUsable(page);
    const record = page.getByRole('button', { name: /Record verdict/ });
    expect(await record.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Within the policy', exact: true }).click();
    await page.getByLabel('What you looked into').fill('The case file names the plate.');
    await record.click();
    await page.getByText('1 of 2 judged').waitFor();
    expect(await page.getByRole('button', { name: 'Make it final' }).count()).toBe(0);
    await page.getByRole('button', { name: 'To be clarified' }).click();
    await page.getByLabel('What you looked into').fill('The detective is asked on Monday.');
    await record.click();
    await page.getByRole('button', { name: 'Make it final' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make it final' }).click();
    await page.getByText('Final, not filed yet').waitFor();
    await page.getByLabel('Where it and its papers are filed').fill('Standards, file 2026-14');
    await page.getByRole('button', { name: 'Filed there' }).click();
    await page.getByText('Standards, file 2026-14, 2').waitFor();
    await expectUsable(page);
    const arriving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as Markdown' }).click();
    const text = readFileSync(await (await arriving).path(), 'utf8');
    expect(text).toContain('1 within the policy, 0 not within the policy, 1 to be clarified');
    expect(text).toContain('Filed: Standards, file 2026-14');
    await page.getByRole('button', { name: 'All samples' }).click();
    await page.getByRole('row', { name: /car-7-0001 Filed 2 of 2/ }).waitFor();
    await expectUsable(page);
  });

  test('the log shows all looks at a plate and by a person, and is saved as a table; who may not audit has no such screen', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('ann', 'auditor', 'A. Ann');
    const reyes = staffed.join('reyes', 'detective', 'R. Reyes');
    await reyes.perform(searchDetections, { plate: '8lvn 362' }, burglary);
    await reyes.perform(searchDetections, { plate: '6MZR274' }, missing);
    const page = await pageOf('ann', 'audit/log');
    await page.getByLabel('Plate', { exact: true }).fill('8LVN-362');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    const looks = page.getByRole('row').filter({ hasText: 'Search the plates that were read' });
    await looks.getByText('Burglary series').waitFor();
    expect(await looks.count()).toBe(1);
    await looks.getByRole('button', { name: 'By reyes' }).click();
    await page.getByText('My neighbour’s car').waitFor();
    expect(await looks.count()).toBe(2);
    expect(await page.getByRole('row').filter({ hasText: 'A. Ann' }).count()).toBe(0);
    await expectUsable(page);
    const arriving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    const saved = readFileSync(await (await arriving).path(), 'utf8');
    expect(saved).toContain('reyes');
    expect(saved).not.toContain('audit.list');

    const detective = await pageOf('reyes', 'audit');
    await detective.getByRole('button', { name: /^Menu/ }).click();
    expect(
      await detective.getByRole('navigation').getByRole('button', { name: 'Audit' }).count(),
    ).toBe(0);
  });

  test('the auditor sees use to ask about for each person, and that the log is whole', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('ann', 'auditor', 'A. Ann');
    const reyes = staffed.join('reyes', 'detective', 'R. Reyes');
    for (let time = 0; time < 6; time += 1) {
      await reyes.perform(searchDetections, { plate: '8LVN362' }, burglary);
    }
    const page = await pageOf('ann', 'audit/use');
    await page.getByRole('button', { name: 'Make the report' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /reyes Same plate/ }).waitFor();
    await page.getByRole('rowheader', { name: 'R. Reyes (reyes)' }).first().waitFor();
    await expectUsable(page);
    await page.getByRole('button', { name: 'State of the log' }).click();
    await page.getByText('no record was changed, removed').waitFor();
    await expectUsable(page);
  });
});
