import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';
import { startUnitConsole } from './unit-console.ts';

useChromium();

const versionOf = (page: Page) =>
  page.evaluate<string>(`document.querySelector('meta[name="page-version"]').content`);

/** A page of the version before, which the unit gave out once. */
async function openOldPage(address: string) {
  const desk = await openDesk('vallejo');
  desk.staffed.join('reyes', 'officer');
  const { url, cookie } = await desk.entryOf('reyes', address);
  const screen = await newScreen();
  await screen.context.route(
    ({ pathname }) => pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/(page-version" content=")[^"]+/, '$1older');
      await route.fulfill({ response, body });
    },
    { times: 1 },
  );
  const page = await screen.openIn({ url, cookie });
  return page;
}

describe.skipIf(!hasChromium)('a page that stays open while the unit is restarted', () => {
  test('loads itself again after an update where nobody works at it', async () => {
    const page = await openOldPage('drive');
    await expect.poll(() => versionOf(page).catch(() => 'older')).not.toBe('older');
    await page.getByText('Live').waitFor();
  });

  test('says that it is old where somebody has typed, and waits for them', async () => {
    const page = await openOldPage('inbox/new');
    await page.getByLabel('What happened').fill('The camera reads a sticker.');
    const again = page.getByRole('button', { name: 'Load it again' });
    await again.waitFor();
    expect(await page.getByLabel('What happened').inputValue()).toBe('The camera reads a sticker.');
    await again.click();
    await expect.poll(() => versionOf(page).catch(() => 'older')).not.toBe('older');
    await page.getByLabel('What happened').waitFor();
    expect(await again.count()).toBe(0);
  });

  test('shows what the person may do under the policy that is in force after a restart', async () => {
    const port = await freePort();
    const desk = await openDesk('vallejo', { port });
    desk.staffed.join('reyes', 'officer');
    const page = await desk.pageOf('reyes', 'drive');
    await page.getByRole('button', { name: /^Menu/ }).click();
    await page.getByRole('button', { name: 'My account' }).waitFor();
    expect(await page.getByRole('button', { name: 'People' }).count()).toBe(0);
    await page.getByText('Live').waitFor();
    await desk.unit[Symbol.asyncDispose]();
    const { roles } = desk.staffed.accountability.policy.policy;
    roles.officer = [...(roles.officer ?? []), 'accounts.read'];
    await startUnitConsole(desk.staffed, undefined, port);
    await page.getByRole('button', { name: 'People' }).waitFor();
  });

  test('goes by the unit’s clock also where no alerts are shown', async () => {
    const desk = await openDesk('vallejo');
    desk.staffed.join('lea', 'records_clerk');
    const { url, cookie } = await desk.entryOf('lea', 'releases');
    const screen = await newScreen();
    await screen.context.addInitScript(`{
      const real = Date.now;
      Date.now = () => real() + 11.9 * 3_600_000;
    }`);
    const page = await screen.openIn({ url, cookie });
    await page.getByRole('heading', { name: 'Releases' }).waitFor();
    await page.getByText('Connected').waitFor();
    await expect.poll(() => page.getByText('Your session ends in').count()).toBe(0);
  });
});
