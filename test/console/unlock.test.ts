import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { exampleAlert } from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, quickPicture, useChromium } from './browser.ts';
import { expectUsable } from './desk-page.ts';
import { lightOf } from './night-light.ts';
import { cutOff, faultsOf, smallInCar } from './page-checks.ts';
import { runConsole } from './running-console.ts';

useChromium();

const pin = '930586';
const minuteMs = 60_000;

/** Touches keys of the pad, and then its last one. */
async function touch(page: Page, digits: string, deed: string): Promise<void> {
  const pad = page.getByRole('group', { name: 'Digits' });
  for (const digit of digits) await pad.getByRole('button', { name: digit, exact: true }).click();
  await pad.getByRole('button', { name: deed }).click();
}

async function fromMenu(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Menu/ }).click();
  await page
    .getByRole('navigation', { name: 'Menu' })
    .getByRole('button', { name, exact: true })
    .click();
}

const isOpen = (page: Page) => page.getByRole('button', { name: /^Menu/ }).waitFor();

describe.skipIf(!hasChromium)('the lock in Chromium (skipped without /usr/bin/chromium)', () => {
  test('USR-13: a PIN that was set by touch opens the lock by touch; after three wrong ones the password does', async () => {
    const console = await runConsole({ profile: 'napa' });
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    await page.goto(`${console.url}#/me`);
    await page.getByRole('button', { name: 'Set a PIN' }).click();
    await touch(page, '123456', 'Next');
    await touch(page, '123456', 'Set it');
    await page.getByText('This PIN counts up or down').waitFor();
    await expectUsable(page);
    await touch(page, pin, 'Next');
    await touch(page, '930587', 'Set it');
    await page.getByText('The two PINs do not match').waitFor();
    await touch(page, pin, 'Next');
    await touch(page, pin, 'Set it');
    await page.getByText('Your PIN is set.').waitFor();

    await fromMenu(page, 'Lock');
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    for (const [width, height] of [
      [800, 480],
      [1024, 600],
      [1280, 800],
    ] as const) {
      await page.setViewportSize({ width, height });
      const found = [width, await cutOff(page), await smallInCar(page, 'body')];
      expect(found).toEqual([width, [], []]);
    }
    await touch(page, '999999', 'Unlock');
    await page.getByText('This PIN is wrong. 2 tries are left').waitFor();
    await touch(page, pin, 'Unlock');
    await isOpen(page);

    await fromMenu(page, 'Lock');
    for (const left of ['2 tries are left', 'One try is left', 'it was the last try']) {
      await touch(page, '999999', 'Unlock');
      await page.getByText(left).waitFor();
    }
    await page.getByLabel('Password').fill(goodPassword);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await isOpen(page);
    expect(
      console.unit.records.filter(({ operation }) => operation === 'session.unlock'),
    ).toHaveLength(2);
  });

  test('over an alert that nobody has answered the pad lies beside what is needed of it', async () => {
    const console = await runConsole({
      profile: 'napa',
      alter: (policy) => {
        policy.accounts.conveyanceExempt = false;
      },
    });
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    await page.goto(`${console.url}#/me`);
    await page.getByRole('button', { name: 'Set a PIN' }).click();
    await touch(page, pin, 'Next');
    await touch(page, pin, 'Set it');
    await page.getByText('Your PIN is set.').waitFor();
    await console.output.present('raised', exampleAlert());
    await page.locator('.card').waitFor();
    console.unit.nowMs += 31 * minuteMs;
    await page.getByText('Alerts wait: ■ 1 standard').waitFor();
    await page.setViewportSize({ width: 800, height: 480 });
    expect(await page.locator('.card .strip').isVisible()).toBe(true);
    expect([await cutOff(page), await smallInCar(page, 'main')]).toEqual([[], []]);
    await touch(page, pin, 'Unlock');
    await page.locator('.card [name="seen"]').waitFor();
  });

  test('login and lock of a car have keys for a finger, by day, at dusk and by night; those of a pole need no more than a desk', async () => {
    const console = await runConsole();
    const login = await (await newScreen()).open(console.url);
    await login.getByLabel('Username').waitFor();
    const lock = await (await newScreen()).openIn(console);
    await lock.getByText('Live').waitFor();
    await fromMenu(lock, 'Lock');
    await lock.getByRole('heading', { name: 'Locked' }).waitFor();
    for (const page of [login, lock]) {
      for (const [width, height] of [
        [800, 480],
        [1024, 600],
        [1280, 800],
      ] as const) {
        await page.setViewportSize({ width, height });
        for (const theme of ['day', 'dusk', 'night']) {
          await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
          expect([width, theme, await smallInCar(page, 'body')]).toEqual([width, theme, []]);
        }
        expect([width, (await lightOf(await quickPicture(page))).bright < 0.03]).toEqual([
          width,
          true,
        ]);
      }
      expect(await faultsOf(page)).toEqual([]);
    }
    // On the screen of a laptop in a car the login is in sight as a whole.
    await login.setViewportSize({ width: 1024, height: 600 });
    const key = await login.getByRole('button', { name: 'Log in' }).boundingBox();
    expect((key?.y ?? 600) + (key?.height ?? 0)).toBeLessThanOrEqual(600);
    const pole = await runConsole({ mode: 'fixed' });
    const small = await (await newScreen()).open(pole.url);
    await small.getByLabel('Username').waitFor();
    expect(await small.evaluate('document.body.dataset.surface')).toBe('desk');
  });

  test('a session that the unit could not lock is said to be open, and is locked when the unit answers', async () => {
    const console = await runConsole();
    const screen = await newScreen();
    const page = await screen.openIn(console);
    await page.getByText('Live').waitFor();
    await page.route('**/api/session/lock', (route) => route.abort());
    await fromMenu(page, 'Lock');
    await page
      .getByText('your session is not locked at the unit: Lookout does not answer')
      .waitFor();
    // The page is covered all the same, and opens by nothing less than the password.
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByText('The username or password is wrong').waitFor();
    await page.unroute('**/api/session/lock');
    await page.locator('.lock-fault').waitFor({ state: 'detached' });
    expect(
      console.unit.people.session(console.cookie.split('=')[1] ?? '', 'page 127.0.0.1').locked,
    ).toBe(true);
    await page.getByLabel('Password').fill(goodPassword);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await isOpen(page);
  });

  test('USR-13, CJIS AC-11: a car whose profile exempts it stays open while nobody touches it; a pole, a desk and the strictest lock', async () => {
    for (const [profile, mode, locks] of [
      ['napa', 'mobile', false],
      ['napa', 'fixed', true],
      ['strict', 'mobile', true],
    ] as const) {
      const console = await runConsole({ profile, mode });
      const page = await (await newScreen()).openIn(console);
      await page.getByText('Live').waitFor();
      await console.output.present('raised', exampleAlert());
      await page.locator('.card').waitFor();
      console.unit.nowMs += 61 * minuteMs;
      await console.output.present('amended', exampleAlert());
      if (locks) {
        await page.getByText('Alerts wait:').waitFor();
        continue;
      }
      await page.getByText('Amended').waitFor();
      expect(await page.locator('.lock').count()).toBe(0);
      await page.locator('.card [name="seen"]').click();
      await page.getByText('No new alerts').waitFor();
    }
  });
});
