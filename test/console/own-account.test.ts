import { Secret } from 'otpauth';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { qrRows } from '../../src/accountability/access/qr-code.ts';
import { totpUri } from '../../src/accountability/access/totp.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { totpCode, totpStep } from '../support/totp-code.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';
import { runConsole } from './running-console.ts';

useChromium();

/** A secret as it is shown, in base 32. */
const bytesOf = (secret: string) => Secret.fromBase32(secret.replace(/\s/g, '')).bytes;

/** What an authenticator program shows at a time for a secret: that of the unit, whose clock a test turns. */
const codeAt = (secret: string, ms: number) => totpCode(bytesOf(secret), totpStep(ms));

/** The modules of the code on the page, by its pixels: dark ones are `1`. */
async function drawnCode(page: Page, modules: number): Promise<string[]> {
  const picture = await page.getByRole('img', { name: 'QR code of the secret' }).screenshot();
  const { data, info } = await sharp(picture)
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const quiet = 4;
  const at = (n: number, size: number) =>
    Math.floor(((n + quiet + 0.5) * size) / (modules + 2 * quiet));
  const all = Array.from({ length: modules }, (_, n) => n);
  return all.map((y) =>
    all
      .map((x) =>
        (data[at(y, info.height) * info.width + at(x, info.width)] ?? 0) < 128 ? '1' : '0',
      )
      .join(''),
  );
}

const nextPassword = 'four quiet herons on a fence';

/** Holds the code on the page to the secret below it, as an authenticator program reads both. */
async function expectCodeOf(page: Page, secret: string, unit: string, username: string) {
  const rows = qrRows(totpUri(bytesOf(secret), unit, username));
  expect(await drawnCode(page, rows.length)).toEqual(rows);
}

describe.skipIf(!hasChromium)('my account in Chromium (skipped without /usr/bin/chromium)', () => {
  test('an officer sees their rights, changes the password and sets up a second factor', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    await staffed.enrol('olga', 'officer', { listSources: ['state'] });
    const page = await pageOf('olga', 'me');
    await page.getByText('Verify and close alerts').waitFor();
    await page.getByText('lists of: state').waitFor();
    await page.getByLabel('Present password').fill(goodPassword);
    await page.getByLabel('New password', { exact: true }).fill(nextPassword);
    await page.getByLabel('Repeat the new password').fill('something else entirely');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByRole('alert').getByText('do not match').waitFor();
    await page.getByLabel('Repeat the new password').fill(nextPassword);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('Your password is changed.').waitFor();

    await page.getByRole('button', { name: 'Set up a second factor' }).click();
    const secret = (await page.locator('.one-time').textContent()) ?? '';
    expect(secret.trim()).toMatch(/^([A-Z2-7]{4} )+[A-Z2-7]{1,4}$/);
    await expectUsable(page);
    await expectCodeOf(page, secret, 'car-7', 'olga');
    await page.getByLabel('Code that the app shows').fill(codeAt(secret, staffed.time.ms));
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.getByText('It is set up: each login asks for a code.').waitFor();
    const login = { username: 'olga', password: nextPassword, noticeAcknowledged: true };
    await expect(
      staffed.accountability.people.login(login, 'page 127.0.0.1'),
    ).rejects.toMatchObject({ code: 'second-factor-missing' });
  });

  test('USR-15: who has lost the phone logs in by a recovery code, of which the page shows ten once and counts the rest', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    await page.goto(`${console.url}#/me`);
    await page.getByRole('button', { name: 'Set up a second factor' }).click();
    const secret = (await page.locator('.one-time').textContent()) ?? '';
    await page.getByLabel('Code that the app shows').fill(codeAt(secret, console.unit.nowMs));
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.getByRole('button', { name: 'Make recovery codes' }).click();
    // Each code of the app is good once: the next one.
    const later = codeAt(secret, console.unit.nowMs + 30_000);
    await page.getByLabel('Code of the app that you use now').fill(later);
    await page.getByRole('button', { name: 'Make ten codes' }).click();
    await page.getByRole('button', { name: 'Print them' }).waitFor();
    const codes = await page.locator('.recovery-codes li').allTextContents();
    expect(new Set(codes).size).toBe(10);
    await expectUsable(page);
    // On paper each is in one line beside its number, below whose they are, where, and of which day.
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 680, height: 900 });
    const lines: [number, number][] =
      await page.evaluate(`[...document.querySelectorAll('.recovery-codes li')].map((each) => {
        const range = document.createRange();
        range.selectNodeContents(each);
        const [first, ...more] = range.getClientRects();
        return [more.length, first.left];
      })`);
    expect(lines.map(([more]) => more)).toEqual(Array(10).fill(0));
    for (const [, left] of lines) expect(left).toBeGreaterThan(45);
    await page.getByText(/example-pd \/ unit-1, \d{4}-\d\d-\d\d\./).waitFor();
    expect(await page.getByText('They are shown this once').isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('button', { name: 'I have them' }).click();
    await page.getByText('Recovery codes: 10 left').waitFor();
    expect(await page.content()).not.toContain(codes[0]);

    const other = await (await newScreen()).open(console.url);
    await other.getByLabel('Username').fill('ada');
    await other.getByLabel('Password').fill(goodPassword);
    await other.getByLabel('I have read this notice').check();
    await other.keyboard.press('Enter');
    await other.getByLabel('Code of your second factor').fill(codes[0] ?? '');
    await other.keyboard.press('Enter');
    await other.getByText('Live').waitFor();
    await other.goto(`${console.url}#/me`);
    await other.getByText('Recovery codes: 9 left').waitFor();
  });

  test('USR-15: the app is moved to another phone by a code of the one before', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    await page.goto(`${console.url}#/me`);
    await page.getByRole('button', { name: 'Set up a second factor' }).click();
    const shown = page.locator('.one-time');
    const first = (await shown.textContent()) ?? '';
    await page.getByLabel('Code that the app shows').fill(codeAt(first, console.unit.nowMs));
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.getByText('It is your only second factor').waitFor();
    await page.getByRole('button', { name: 'Use another phone' }).click();
    await page.getByLabel('Code of the app that you use now').fill('000000');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('alert').getByText('is not valid').waitFor();
    // Each code is good once: the next one.
    const later = codeAt(first, console.unit.nowMs + 30_000);
    await page.getByLabel('Code of the app that you use now').fill(later);
    await page.getByRole('button', { name: 'Go on' }).click();
    await shown.waitFor();
    const next = (await shown.textContent()) ?? '';
    expect(next).not.toBe(first);
    await expectUsable(page);
    await page.getByLabel('Code that the app shows').fill(codeAt(next, console.unit.nowMs));
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.getByText('The other phone is set up').waitFor();
  });

  test('where the policy requires a second factor, the first login shows its code', async () => {
    const console = await runConsole({
      alter: (policy) => {
        policy.accounts.secondFactor = 'required';
      },
    });
    const page = await (await newScreen()).open(console.url);
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('Password').fill(goodPassword);
    await page.getByLabel('I have read this notice').check();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Set up your second factor' }).waitFor();
    const secret = (await page.locator('.secret').textContent()) ?? '';
    await expectCodeOf(page, secret, 'unit-1', 'ada');
    await page.getByLabel('Code', { exact: true }).fill(codeAt(secret, console.unit.nowMs));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Live').waitFor();
  });
});
