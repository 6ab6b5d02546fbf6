import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { caseNumber, listFile, openFurnishedUnit } from './furnished-unit.ts';

useChromium();

/** What has the focus, by its name; empty if nothing has. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const { activeElement: at, body } = document;
    if (at === body || at === null) return '';
    return at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent.trim() ?? at.textContent.trim();
  })()`);

/** Goes on with Tab until what has this name has the focus, and is seen to have it. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  const isIt = (text: string) => (typeof name === 'string' ? text === name : name.test(text));
  for (let times = 0; times < 150; times += 1) {
    const now = await focused(page);
    passed.push(now.slice(0, 20));
    if (isIt(now)) {
      const outline = await page.evaluate(`(() => {
        const at = document.activeElement;
        return [null, '::after'].some((part) => getComputedStyle(at, part).outlineStyle !== 'none');
      })()`);
      expect([name, outline]).toEqual([name, true]);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not come to ${name}: ${passed.join(', ')}`);
}

const pressed = new Map<Page, number>();

/** How many keys of the screen were pressed since it was asked last: the taps of who uses a finger. */
function taps(page: Page): number {
  const count = pressed.get(page) ?? 0;
  pressed.set(page, 0);
  return count;
}

/** Presses a key where the focus is; what is there, or comes in its place, has the focus again. */
async function strike(page: Page, key = 'Enter'): Promise<void> {
  await page.keyboard.press(key);
  pressed.set(page, (pressed.get(page) ?? 0) + 1);
  await expect.poll(() => focused(page)).not.toBe('');
}

async function press(page: Page, name: string | RegExp, key = 'Enter'): Promise<void> {
  await tabTo(page, name);
  await strike(page, key);
}

async function write(page: Page, label: string | RegExp, text: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.type(text);
}

/** Someone's page, with nothing on it that alerts. */
async function opened(username: string, address: string) {
  const unit = await openFurnishedUnit('vallejo');
  await unit.clear(await unit.pageOf('lee', 'drive'));
  return { unit, page: await unit.pageOf(username, address) };
}

describe.skipIf(!hasChromium)('by keyboard alone, the focus always on something', () => {
  test('a detective searches, opens a read and holds it for the case', async () => {
    const { page } = await opened('reyes', 'search');
    await page.getByLabel('Plate or part of it').waitFor();
    await write(page, 'Plate or part of it', '8LV*');
    await strike(page);
    await page.getByRole('dialog', { name: 'Purpose' }).waitFor();
    await write(page, /^Case number/, caseNumber);
    await write(page, /^Reason/, 'Burglaries of shops on Main Street');
    await strike(page);
    await page.getByRole('heading', { name: /^\d+ reads/ }).waitFor();
    await press(page, /^\d{4}-\d\d-\d\d/);
    await page.getByRole('button', { name: 'Hold it for the case' }).waitFor();
    await press(page, 'Hold it for the case');
    await write(page, 'Why it is kept', 'Evidence in the burglaries');
    await press(page, 'Hold it');
    await page.getByText(`Held for case ${caseNumber}`).waitFor();
    expect(taps(page)).toBe(5);
  });

  test('an administrator approves a hot plate and an account, and imports a list', async () => {
    const { unit, page } = await opened('ada', 'hot-plates');
    await page.getByRole('row', { name: /9FPG536/ }).waitFor();
    await press(page, '9FPG536');
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await press(page, 'Approve');
    await press(page, 'Approve');
    await page.getByText('Alerts.', { exact: true }).waitFor();
    expect(taps(page)).toBe(3);

    await page.goto(`${unit.unit.console.url}#/people`);
    await page.getByRole('button', { name: 'Approve Casey Lane' }).waitFor();
    await press(page, 'Approve Casey Lane');
    await page.getByRole('region', { name: /Temporary password/ }).waitFor();
    await press(page, 'I have passed it on');
    expect(taps(page)).toBe(2);

    await page.goto(`${unit.unit.console.url}#/lists/svs`);
    await page.getByLabel('File of the list').waitFor();
    await tabTo(page, /^File of the list/);
    // The picker that Enter opens is the browser's.
    const file = { name: 'svs.txt', mimeType: 'text/plain', buffer: listFile() };
    await page.getByLabel('File of the list').setInputFiles(file);
    await page.getByRole('button', { name: 'Import 40 entries' }).waitFor();
    await press(page, 'Import 40 entries');
    await page.getByRole('dialog').waitFor();
    await press(page, 'Import');
    await page.getByText('SVS stolen vehicles holds 40 entries.').waitFor();
    expect(taps(page)).toBe(2);
  });

  test('an auditor judges an inquiry, the chief approves a release, an officer reports an error', async () => {
    const { unit, page } = await opened('ann', 'audit/memo/car-7-0001');
    await page.getByText(/0 of \d judged/).waitFor();
    await press(page, 'Within the policy');
    await write(page, /^What you looked into/, 'The case file names the plate.');
    await press(page, /^Record verdict/);
    await page.getByText(/1 of \d judged/).waitFor();
    expect(taps(page)).toBe(2);

    const chief = await unit.pageOf('chief', `releases/${unit.release}`);
    await chief.getByLabel('Why').waitFor();
    await write(chief, 'Why', 'There is a need to know');
    await press(chief, /I considered the California Values Act/, 'Space');
    await press(chief, 'Approve');
    await chief.getByText('Approved', { exact: true }).waitFor();
    expect(taps(chief)).toBe(2);

    const officer = await unit.pageOf('lee', 'inbox/new');
    await officer.getByLabel('What it is about').waitFor();
    await write(officer, /^What it is about/, 'A wrong list');
    await write(officer, /^What happened/, 'The list has a plate of a car that was found.');
    await press(officer, 'Report it');
    await officer
      .getByText(/as number 2/)
      .first()
      .waitFor();
    expect(taps(officer)).toBe(1);
  });
});
