import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { exampleAlert, exampleMatch } from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';

useChromium();

type Desk = Awaited<ReturnType<typeof openDesk>>;

/** Raises the alert of another vehicle; gives its hit. */
async function raise({ staffed, unit }: Desk, match = exampleMatch()) {
  const hit = await staffed.storeHit({ match });
  const now = Date.now();
  const seen = { firstMs: now - 500, lastMs: now, frames: 4 };
  await unit.console.output.present('raised', exampleAlert(hit, { seen }));
  return hit;
}

const amber = exampleMatch({ entry: { category: 'amber', reason: 'Child taken' } });

async function openPage(role: 'officer' | 'detective', address: string) {
  const desk = await openDesk('vallejo');
  desk.staffed.join('reyes', role);
  const page = await desk.pageOf('reyes', address);
  await page.getByText('Live').waitFor();
  return { desk, page };
}

describe.skipIf(!hasChromium)('what was begun on a screen', () => {
  test('notes of an alert are there after another alert was dealt with, and gone once it is closed', async () => {
    const { desk, page } = await openPage('officer', 'drive');
    await raise(desk);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByRole('button', { name: 'Close', expanded: false }).click();
    await page.getByRole('button', { name: 'Not located' }).click();
    const notes = page.getByLabel('Notes of the call');
    await notes.fill('Lost it in traffic at Main and 4th');
    const urgent = await raise(desk, amber);
    const card = page.locator(`.card[data-alert="${urgent.detectionId}"]`);
    await card.waitFor();
    await card.getByRole('button', { name: 'Verify' }).click();
    await page.getByRole('heading', { name: /AMBER/ }).waitFor();
    expect(await notes.count()).toBe(0);
    await page.goBack();
    await notes.waitFor();
    expect(await notes.inputValue()).toBe('Lost it in traffic at Main and 4th');
    await page.getByRole('button', { name: 'Close: Not located' }).click();
    await page.getByText('Closed.').waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Close', expanded: true }).waitFor();
    expect(await notes.count()).toBe(0);
  });

  test('a report stays as it was typed until it is sent', async () => {
    const { page } = await openPage('officer', 'inbox/new');
    const text = page.getByLabel('What happened');
    await text.fill('The camera reads a sticker.');
    await page.getByRole('button', { name: /^Menu/ }).click();
    await page.getByRole('button', { name: 'My account' }).click();
    await page.getByRole('heading', { name: 'My account' }).waitFor();
    await page.goBack();
    await text.waitFor();
    expect(await text.inputValue()).toBe('The camera reads a sticker.');
    await page.getByLabel('What it is about').fill('Front camera');
    await page.getByRole('button', { name: 'Report it' }).click();
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.getByRole('heading', { name: 'Report 1' }).waitFor();
    await page.goBack();
    await text.waitFor();
    expect(await text.inputValue()).toBe('');
  });

  test('who logs in again after the session ended by itself is where they were', async () => {
    const desk = await openDesk('vallejo');
    desk.staffed.join('reyes', 'officer');
    const { url, cookie } = await desk.entryOf('reyes', 'inbox/new');
    const page = await (await newScreen()).openIn({ url, cookie });
    await page.getByLabel('What happened').waitFor();
    await page.getByText('Live').waitFor();
    const [, token = ''] = cookie.split('=');
    desk.staffed.accountability.people.logout(token, 'page 127.0.0.1');
    await page.getByLabel('Username').fill('reyes');
    await page.getByLabel('Password').fill(goodPassword);
    await page.getByLabel('I have read this notice.').check();
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByLabel('What happened').waitFor();
  });

  test('a question goes with the screen that asked it, and nothing is done', async () => {
    const { page } = await openPage('detective', 'drive');
    await page.evaluate("location.hash = '#/search'");
    await page.getByLabel('Plate or part of it').fill('8LVN362');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('dialog', { name: 'Purpose' }).waitFor();
    await page.goBack();
    await page.locator('.drive').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});
