import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { exampleAlert } from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';
import { runConsole } from './running-console.ts';

useChromium();

const late = /\/page\/(screens\/lock|not-this-plate|renewal)\.js$/;
const plate = exampleAlert().hit.read.plate;

async function lockByMenu(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Menu/ }).click();
  const menu = page.getByRole('navigation', { name: 'Menu' });
  await menu.getByRole('button', { name: 'Lock', exact: true }).click();
}

describe.skipIf(!hasChromium)('what the page loads after Drive stands', () => {
  test('is there when the unit stops a moment later: the alert stays, and the lock covers it with its form', async () => {
    const console = await runConsole();
    const screen = await newScreen();
    const loaded: Promise<unknown>[] = [];
    for (const name of ['lock', 'not-this-plate', 'renewal']) {
      loaded.push(
        screen.context.waitForEvent('response', {
          predicate: (response) => response.url().endsWith(`/${name}.js`) && response.ok(),
        }),
      );
    }
    const page = await screen.openIn(console);
    await page.getByText('Live').waitFor();
    await console.output.present('raised', exampleAlert());
    await page.locator('.card').waitFor();
    await Promise.all(loaded);
    await console[Symbol.asyncDispose]();
    await page.getByText('No connection to Lookout').waitFor();
    expect(await page.locator('.card').textContent()).toContain(plate);
    await lockByMenu(page);
    await page.getByLabel('Password').waitFor();
    expect(await page.locator('#page').textContent()).not.toContain(plate);
    await page.getByText('your session is not locked at the unit').waitFor();
  });

  test('is not waited for where the unit stops before: the lock covers the page, and its form comes with the unit', async () => {
    const console = await runConsole();
    const screen = await newScreen();
    await screen.context.route(late, (route) => route.abort());
    const page = await screen.openIn(console);
    await page.getByText('Live').waitFor();
    await console.output.present('raised', exampleAlert());
    await page.locator('.card').waitFor();
    await page.getByRole('button', { name: 'Verify' }).waitFor();
    await lockByMenu(page);
    await page.getByText('The form to unlock comes when the unit answers').waitFor();
    expect(await page.locator('#page').textContent()).not.toContain(plate);
    await screen.context.unroute(late);
    await page.getByLabel('Password').fill(goodPassword);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.locator('.card').waitFor();
  });
});

describe.skipIf(!hasChromium)('a question for the purpose', () => {
  test('is not asked by a screen that was left while it was being loaded', async () => {
    const desk = await openDesk('vallejo');
    desk.staffed.join('dean', 'detective');
    const { url, cookie } = await desk.entryOf('dean', 'cases');
    const screen = await newScreen();
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await screen.context.route(/\/page\/screens\/read\.js$/, async (route) => {
      await held;
      await route.continue();
    });
    const page = await screen.openIn({ url, cookie });
    await page.getByRole('heading', { name: 'Cases' }).waitFor();
    const asked = page.waitForRequest(/\/page\/screens\/read\.js$/);
    await page.evaluate("location.hash = '#/read/01900000-0000-7000-8000-000000000001'");
    await asked;
    await page.goBack();
    await page.getByRole('heading', { name: 'Cases' }).waitFor();
    const answered = page.waitForResponse(/\/page\/screens\/read\.js$/);
    release();
    await answered;
    await page.evaluate("import('/page/screens/read.js').then(() => undefined)");
    await page.evaluate('new Promise((done) => setTimeout(done))');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});
