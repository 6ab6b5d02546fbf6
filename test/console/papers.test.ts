import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  approveRelease,
  requestRelease,
  verifyRelease,
} from '../../src/accountability/releases/operations.ts';
import { searchDetections } from '../../src/accountability/search/operations.ts';
import { hasChromium, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';

useChromium();

const burglary = { purpose: 'investigation', caseNumber: '26-0042', reason: 'Burglary series' };

/** Presses a key that prints; what the file would be called, and the words that are on the paper. */
async function printed(
  page: Page,
  name: string | RegExp,
): Promise<{ title: string; words: string }> {
  await page.evaluate('window.print = () => { window.printedAs = document.title; }');
  await page.getByRole('button', { name }).click();
  await page.emulateMedia({ media: 'print' });
  const title: string = await page.evaluate('window.printedAs');
  const words: string = await page.evaluate("document.getElementById('page').innerText");
  for (const format of ['Letter', 'A4'] as const) {
    const pdf = await page.pdf({ format, preferCSSPageSize: false });
    const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? [];
    expect(sheets.length, format).toBeGreaterThan(0);
    expect(sheets.length, format).toBeLessThan(12);
  }
  // At the foot of each sheet stands where it is from, and who printed it when.
  const foot: string = await page.evaluate(`['--paper-of', '--paper-by'].map((each) =>
    getComputedStyle(document.documentElement).getPropertyValue(each)).join(' | ')`);
  expect(foot).toMatch(
    /^"test-pd \/ car-7 · .+" \| "Printed \d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d by [AC]\. \w+"$/,
  );
  // Nothing runs over the edge of a Letter page within its margins.
  await page.setViewportSize({ width: 680, height: 900 });
  const over: string[] =
    await page.evaluate(`[...document.querySelectorAll('.printed *')].filter((each) =>
    each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.textContent.slice(0, 40))`);
  expect(over).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ media: 'screen' });
  return { title, words };
}

describe.skipIf(!hasChromium)('papers in Chromium (skipped without /usr/bin/chromium)', () => {
  test('a choice and what was typed are on paper whole, however narrow their field is on the screen', async () => {
    const { pageOf } = await openDesk('vallejo');
    for (const address of ['lost-unit', 'new-account', 'inbox/new']) {
      const page = await pageOf('ada', address);
      await page.locator('main :is(select, textarea)').first().waitFor();
      const written = page.locator('main textarea').first();
      if ((await written.count()) > 0)
        await written.fill('It was stolen from the yard.\n'.repeat(9));
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 680, height: 900 });
      const cut: string[] = await page.evaluate(`(() => {
        const pen = document.createElement('canvas').getContext('2d');
        const cut = [];
        for (const each of document.querySelectorAll('main :is(select, textarea)')) {
          const style = getComputedStyle(each);
          pen.font = style.fontSize + ' ' + style.fontFamily;
          const room = each.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
          for (const option of each.options ?? []) {
            each.value = option.value;
            if (pen.measureText(option.label).width > room + 1) cut.push(option.label);
          }
          if (each.scrollHeight > each.clientHeight + 1 && each.options === undefined) cut.push(each.name);
        }
        return cut;
      })()`);
      expect([address, cut]).toEqual([address, []]);
      await page.close();
    }
  });

  test('a memorandum goes on paper alone, in words, with lines to sign (V 426.8)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('ann', 'auditor', 'A. Ann');
    const reyes = staffed.join('reyes', 'detective', 'R. Reyes');
    await reyes.perform(searchDetections, { plate: '8LVN362' }, burglary);
    const page = await pageOf('ann', 'audit/samples');
    await page.getByRole('button', { name: 'Draw', exact: true }).click();
    await page.getByRole('heading', { name: 'Memorandum car-7-0001' }).waitFor();
    const { title, words } = await printed(page, 'Print, or save as PDF');
    expect(title).toBe('memorandum-car-7-0001');
    expect(words).toContain('To: Chief of Police');
    expect(words).toContain('Search the plates that were read');
    expect(words).toContain('Reviewed by the Chief of Police: ____');
    expect(words).not.toMatch(/Your verdict|Record verdict|Menu|All samples/);
    // Afterwards the screen is the screen again.
    await page.getByText('0 of 1 judged').waitFor();
  });

  test('figures, the report of use and the policy go on paper alone', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('ann', 'auditor', 'A. Ann');
    await staffed.passes(true);
    const page = await pageOf('ann', 'figures');
    await page.getByRole('region', { name: 'Figures of each month' }).waitFor();
    const figures = await printed(page, 'Print, or save as PDF');
    expect(figures.title).toBe('alpr-figures');
    expect(figures.words).toContain('figures for the public');
    expect(figures.words).toMatch(/Made\s+\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d/);
    expect(figures.words).not.toContain('Save for the website');
    const policy = await pageOf('ann', 'policy');
    await policy.getByText('Vallejo Police Department').waitFor();
    const { words } = await printed(policy, 'Print, or save as PDF');
    expect(words).toContain('Longest time for plates that were read');
    expect(words).not.toContain('Word, or section of the policy');
    expect(words).toContain('test-pd / car-7, as of 20');
    const use = await pageOf('ann', 'audit/use');
    // A screen that is no paper is printed black on white as well, without what only a screen has.
    await use.getByRole('button', { name: 'Make the report' }).waitFor();
    await use.emulateMedia({ media: 'print' });
    expect(await use.locator('.top').isVisible()).toBe(false);
    expect(await use.getByRole('button', { name: /Menu|Make the report/ }).count()).toBe(0);
    expect(
      await use.evaluate(`[document.documentElement, document.body].map((each) =>
        getComputedStyle(each).backgroundColor)`),
    ).toEqual(Array(2).fill('rgb(255, 255, 255)'));
    // Nor does anything scroll on paper, which would cut it off.
    const scrolling =
      await use.evaluate(`[...document.querySelectorAll('#page, main, .table-frame')]
      .filter((each) => getComputedStyle(each).overflow !== 'visible').length`);
    expect(scrolling).toBe(0);
    await use.emulateMedia({ media: 'screen' });
    await use.getByRole('button', { name: 'Make the report' }).click();
    const report = await printed(use, 'Print, or save as PDF');
    expect(report.words).toContain('By person');
    // The heads of columns come with the first row on to the next sheet.
    await use.emulateMedia({ media: 'print' });
    expect(
      await use.evaluate(
        "getComputedStyle(document.querySelector('.printed tbody tr')).breakBefore",
      ),
    ).toBe('avoid');
    expect(report.words).not.toContain('Make the report');
  });

  test('the answer to another agency is a letter, which only paper shows (REL-2)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    const chief = staffed.join('chief', 'chief', 'C. Roe');
    const olga = staffed.join('olga', 'officer', 'O. Olga');
    const { id, number } = await olga.perform(requestRelease, {
      agency: 'Benicia Police',
      person: 'Det. Lee',
      purpose: 'homicide of 12 November',
      data: 'reads of 8LVN362',
      reference: 'letter of 20 November',
      kind: 'law_enforcement',
      covers: { plates: ['8LVN362'], spans: [{ from: '2026-11-01', to: '2026-11-20' }] },
    });
    await olga.perform(verifyRelease, { id, how: 'Called back over the published number' });
    const why = 'There is a need to know.';
    await chief.perform(approveRelease, { id, why, valuesActConsidered: true });
    const page = await pageOf('chief', `releases/${number}`);
    await page.getByText('Called back over').waitFor();
    expect(await page.getByText('To: Benicia Police').isVisible()).toBe(false);
    const { title, words } = await printed(page, 'Print the answer');
    expect(title).toBe(`answer-${number}`);
    expect(words).toContain('To: Benicia Police, Det. Lee');
    expect(words).toContain('Your request is approved.');
    expect(words).toContain('8LVN362');
    // Why it was approved, and how it was verified, is the agency's own note.
    expect(words).not.toMatch(/need to know|Called back/);
  });
});
