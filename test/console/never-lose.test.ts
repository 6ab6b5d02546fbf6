import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import {
  exampleAlert,
  exampleConsensus,
  exampleHit,
  exampleMatch,
} from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { runConsole } from './running-console.ts';

useChromium();

let vehicles = 0;

/** An alert of another vehicle each time. */
function alertOf(category: 'amber' | 'stolen_vehicle', plate = '7ABC123') {
  vehicles += 1;
  const match = exampleMatch({ entry: { category } });
  const hit = exampleHit({
    id: `019d0000-0000-7000-8000-${String(vehicles).padStart(12, '0')}`,
    detectionId: `vehicle-${vehicles}`,
    match,
    read: exampleConsensus(plate),
  });
  const now = Date.now();
  return exampleAlert(hit, { seen: { firstMs: now - 500, lastMs: now, frames: 4 } });
}

const title = async (page: Page) => (await page.locator('.card h1').textContent())?.trim();
const amber = 'Possible AMBER Alert vehicle';
const stolen = 'Possible stolen vehicle';

/** Waits until the keys of the card act. */
const whenAwake = (page: Page) =>
  page.locator('.card [name="seen"]:not([aria-disabled])').waitFor();

/** Presses the space bar and touches the key of the card the moment it is an urgent one, however busy the computer is. */
const pressAsItChanges = (page: Page) =>
  page.evaluate<void>(`new Promise((done) => {
    const press = () => {
      if (document.querySelector('.card.urgent') === null) return false;
      const space = new KeyboardEvent('keydown', { key: ' ', code: 'Space', bubbles: true, cancelable: true });
      document.body.dispatchEvent(space);
      document.querySelector('.card [name="seen"]')?.click();
      done();
      return true;
    };
    if (press()) return;
    new MutationObserver((_, observer) => {
      if (press()) observer.disconnect();
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  })`);

/** A page of `ada` that hears alerts. */
async function openPage(console: Awaited<ReturnType<typeof runConsole>>) {
  const screen = await newScreen();
  const page = await screen.openIn(console);
  await page.getByText('Live').waitFor();
  return { page, screen };
}

describe.skipIf(!hasChromium)('no alert is lost (skipped without /usr/bin/chromium)', () => {
  test('a key that is pressed as the card changes does nothing to the new one', async () => {
    const console = await runConsole();
    const { page } = await openPage(console);
    await console.output.present('raised', alertOf('stolen_vehicle'));
    await page.locator('.card').waitFor();
    // The card may change once it is two seconds old.
    await whenAwake(page);
    const pressed = pressAsItChanges(page);
    await console.output.present('raised', alertOf('amber'));
    await pressed;
    await whenAwake(page);
    expect(await title(page)).toBe(amber);
    // The same press does it once the keys of this card act.
    await pressAsItChanges(page);
    await page.locator('.card.standard').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.card.urgent').waitFor();
  });

  test('the newest takes the screen; what waits is told with class, plate and age', async () => {
    const console = await runConsole();
    const { page } = await openPage(console);
    await console.output.present('raised', alertOf('stolen_vehicle'));
    await page.locator('.card').waitFor();
    await console.output.present('raised', alertOf('stolen_vehicle', '8ZZZ999'));
    await page.locator('.plate.read .plate-text', { hasText: '8ZZZ999' }).waitFor();
    const tile = page.getByRole('complementary', { name: 'Alerts that wait' }).getByRole('button');
    expect((await tile.textContent())?.replaceAll(/\s+/g, ' ')).toMatch(
      /■ 7ABC123 Possible stolen vehicle, \d+ s ago/,
    );
    await tile.click();
    await page.locator('.plate.read .plate-text', { hasText: '7ABC123' }).waitFor();
  });

  test('a finger on the screen holds the card', async () => {
    const console = await runConsole();
    const { page } = await openPage(console);
    await console.output.present('raised', alertOf('stolen_vehicle'));
    await page.locator('.card').waitFor();
    await page.locator('.strip').hover();
    await page.mouse.down();
    await console.output.present('raised', alertOf('amber'));
    await page.getByText(`Next: ${amber}`).waitFor();
    // The clock of the card goes on past the two seconds while it is held.
    await page.locator('.strip-age', { hasText: '3' }).waitFor();
    expect(await title(page)).toBe(stolen);
    await page.mouse.up();
    await page.locator('.card.urgent').waitFor();
  });

  test('forty alerts and a reload: the first, which is urgent, is there', async () => {
    const console = await runConsole();
    const { page } = await openPage(console);
    await console.output.present('raised', alertOf('amber', '1AMB111'));
    for (let n = 0; n < 40; n += 1)
      await console.output.present('raised', alertOf('stolen_vehicle'));
    await page.getByText('40 more').waitFor();
    await page.reload();
    await page.locator('.card.urgent').waitFor();
    expect(await page.locator('.plate.read .plate-text').textContent()).toBe('1AMB111');
  });

  test('the locked page and the login form count what waits, by class, and nothing more', async () => {
    const console = await runConsole();
    const { page } = await openPage(console);
    await console.output.present('raised', alertOf('amber'));
    await page.locator('.card').waitFor();
    await page.getByRole('button', { name: /^Menu/ }).click();
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByText('Alerts wait: ▲ 1 urgent').waitFor();
    await console.output.present('raised', alertOf('stolen_vehicle'));
    await page.getByText('Alerts wait: ▲ 1 urgent, ■ 1 standard').waitFor();
    expect(await page.content()).not.toMatch(/7ABC123|Possible|AMBER|Honda/);
    await page.getByLabel('Password').fill(goodPassword);
    await page.keyboard.press('Enter');
    await page.locator('.card.urgent').waitFor();
    console.unit.people.revoke({ username: 'ada', reason: 'left the department' });
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.getByText('Alerts wait: ▲ 1 urgent, ■ 1 standard').waitFor();
    expect(await page.content()).not.toMatch(/7ABC123|Possible|AMBER|Honda/);
  });

  test('a silent car, a blind camera and a lost position are said on the alert itself', async () => {
    const status = {
      heads: [{ id: 'front', state: 'failed', problem: 'No frame for 5 s: check its cable.' }],
      position: { state: 'searching', quality: 'none', fixAgeMs: null, problem: 'No fix.' },
      outputs: [{ name: 'sound', state: 'fallback', problem: 'No device.' }],
    };
    const console = await runConsole({ status: () => status });
    const { page } = await openPage(console);
    await console.output.present('raised', alertOf('stolen_vehicle'));
    await page.locator('.card').waitFor();
    for (const text of ['NO SOUND', '0/1', 'No fix']) {
      await page.locator('.chip.bad, .chip.doubt', { hasText: text }).waitFor();
    }
  });

  test('Space belongs to the control that has the focus', async () => {
    const console = await runConsole();
    const { page } = await openPage(console);
    await console.output.present('raised', alertOf('stolen_vehicle'));
    await whenAwake(page);
    await page.getByRole('button', { name: /^Menu/ }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('navigation', { name: 'Menu' }).waitFor();
    expect(await title(page)).toBe(stolen);
  });

  test('a reader of the screen hears a new alert once, its plate letter by letter', async () => {
    const console = await runConsole();
    const { page } = await openPage(console);
    await page.evaluate(`
      globalThis.said = [];
      new MutationObserver(() => said.push(document.getElementById('said').textContent))
        .observe(document.getElementById('said'), { childList: true, characterData: true, subtree: true });
    `);
    await console.output.present('raised', alertOf('amber', '8LVN362'));
    await page.locator('.strip-age', { hasText: /[3-9]/ }).waitFor();
    expect(await page.evaluate('said')).toEqual([
      'Urgent. Possible AMBER Alert vehicle. 8 L V N 3 6 2.',
    ]);
  });

  test('before a session ends it can be renewed in place, and the alert stays', async () => {
    const console = await runConsole({
      alter: (policy) => {
        policy.accounts.reloginH = 0.2;
      },
    });
    const { page } = await openPage(console);
    await console.output.present('raised', alertOf('amber'));
    await page.locator('.card').waitFor();
    await page.getByText(/Your session ends in/).waitFor();
    await page.getByLabel('Your password').fill('wrong');
    await page.getByRole('button', { name: 'Stay logged in' }).click();
    await page.getByText('The username or password is wrong').waitFor();
    await page.getByLabel('Your password').fill(goodPassword);
    await page.getByRole('button', { name: 'Stay logged in' }).click();
    await page.getByText('You stay logged in.').waitFor();
    expect(await title(page)).toBe(amber);
  });
});
