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
    for (const name of ['lock', 'menu', 'not-this-plate', 'renewal']) {
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
    // What they import in their turn has come, too.
    for (const name of ['screens/lock', 'menu', 'not-this-plate', 'renewal']) {
      await page.evaluate(`import('/page/${name}.js').then(() => undefined)`);
    }
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

/** Holds what the unit answers at an address, until it is let through. */
async function heldBack(page: Page, address: RegExp) {
  let letThrough: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  const asked = page.waitForRequest(address);
  await page.route(address, async (route) => {
    await held;
    await route.continue();
  });
  return {
    asked,
    /** Lets it through, and waits until the page has done with it. */
    async letThrough() {
      const answered = page.waitForResponse(address);
      letThrough();
      await (await answered).finished();
      await page.evaluate('new Promise((done) => setTimeout(() => setTimeout(done)))');
    },
  };
}

const goTo = (page: Page, address: string) => page.evaluate(`location.hash = '#/${address}'`);

describe.skipIf(!hasChromium)('a question over a screen', () => {
  test('is not asked by a screen that was left while it was being loaded', async () => {
    const desk = await openDesk('vallejo');
    desk.staffed.join('dean', 'detective');
    const page = await desk.pageOf('dean', 'cases');
    await page.getByRole('heading', { name: 'Cases' }).waitFor();
    const script = await heldBack(page, /\/page\/screens\/read\.js$/);
    await goTo(page, 'read/01900000-0000-7000-8000-000000000001');
    await script.asked;
    await page.goBack();
    await page.getByRole('heading', { name: 'Cases' }).waitFor();
    await script.letThrough();
    await page.evaluate("import('/page/screens/read.js').then(() => undefined)");
    await page.evaluate('new Promise((done) => setTimeout(done))');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('for the purpose is not asked by one that was left before the unit answered', async () => {
    const desk = await openDesk('vallejo');
    desk.staffed.join('dean', 'detective');
    const page = await desk.pageOf('dean', 'cases');
    await page.getByRole('heading', { name: 'Cases' }).waitFor();
    const reminders = await heldBack(page, /\/api\/hotplates\/reminders/);
    await goTo(page, 'hot-plates');
    await reminders.asked;
    await goTo(page, 'cases');
    await page.getByRole('heading', { name: 'Cases' }).waitFor();
    await reminders.letThrough();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.unroute(/\/api\/hotplates\/reminders/);
    await goTo(page, 'hot-plates');
    await page.getByRole('dialog', { name: 'Purpose' }).waitFor();
  });

  test('whether words must stand is not asked once their screen was left', async () => {
    const desk = await openDesk('vallejo');
    desk.staffed.join('reyes', 'officer');
    const page = await desk.pageOf('reyes', 'drive');
    await page.getByText('Live').waitFor();
    const hit = await desk.staffed.storeHit();
    const now = Date.now();
    const seen = { firstMs: now - 500, lastMs: now, frames: 4 };
    await desk.unit.console.output.present('raised', exampleAlert(hit, { seen }));
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await page.getByText('Is this the plate on the vehicle?').waitFor();
    await page.getByRole('button', { name: 'Close', expanded: false }).click();
    await page.getByRole('button', { name: 'No action' }).click();
    await page.getByLabel('Notes of the call').fill('Suspect John Smith DOB 1/2/1970');
    await page.getByLabel('CAD or incident number').fill('26-004418');
    const disposition = await heldBack(page, new RegExp(`/api/hits/${hit.id}/disposition`));
    await page.getByRole('button', { name: 'Close: No action' }).click();
    await disposition.asked;
    await goTo(page, 'health');
    await page.getByRole('heading', { name: 'Health' }).waitFor();
    await disposition.letThrough();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.goBack();
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel('Notes of the call').inputValue()).toContain('John Smith');
  });
});
