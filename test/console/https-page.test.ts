import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { exampleAlert } from '../alerts/sample-alerts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testAuthority } from '../support/test-authority.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { cutOff } from './page-checks.ts';
import { type RunningConsole, runConsole } from './running-console.ts';

useChromium();

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const laptop = { viewport: { width: 1280, height: 800 } };

/** Types a login as a person does; gives the page when it is live. */
async function logIn(page: Page, code: string | null): Promise<void> {
  await page.getByLabel('Username').fill('ada');
  await page.getByLabel('Password').fill(goodPassword);
  if (code !== null) await page.getByLabel('Code of your second factor').fill(code);
  await page.getByLabel('I have read this notice').check();
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Raises an alert with a picture and waits until both are on the page. */
async function alertOn(page: Page, { output }: RunningConsole): Promise<void> {
  const create = { width: 240, height: 120, channels: 3, background: '#246' } as const;
  const jpeg = new Uint8Array(await sharp({ create }).jpeg().toBuffer());
  const plate = { jpeg, width: 240, height: 120, takenAtMs: 1000 };
  const alert = exampleAlert();
  await output.present('raised', { ...alert, images: { ...alert.images, plate } });
  await page.locator('.card').getByText('Stolen').first().waitFor();
  await page.waitForFunction(
    `[...document.querySelectorAll('.card img')].some(({ complete, naturalWidth }) => complete && naturalWidth === 240)`,
  );
}

describe.skipIf(!hasChromium)('in Chromium, from another computer', () => {
  test.each([
    ['a phone', phone],
    ['a laptop', laptop],
  ])('%s logs in with the second factor; alerts are live, with pictures', async (_, device) => {
    const console = await runConsole({ listener: 'https' });
    const { secondFactor = '' } = await console.loginOf('ada');
    const screen = await newScreen({ ...device, ignoreHTTPSErrors: true });
    const page = await screen.open(console.url);
    await logIn(page, secondFactor);
    await page.locator('.link[data-live="true"]').waitFor({ state: 'attached' });
    await alertOn(page, console);
    expect(await cutOff(page)).toEqual([]);
    expect(screen.complaints).toEqual([]);
    const strange = screen.requests.filter((url) => !url.startsWith(console.url));
    expect(strange).toEqual([]);
    const [cookie] = await screen.context.cookies();
    expect(cookie).toMatchObject({
      name: '__Host-lookout-unit-1',
      ...{ secure: true, httpOnly: true, sameSite: 'Strict', path: '/' },
    });
  });

  test('an account without a second factor is told what to do', async () => {
    const console = await runConsole({ listener: 'https', withoutAccounts: true });
    await console.unit.first();
    const page = await (await newScreen({ ...phone, ignoreHTTPSErrors: true })).open(console.url);
    await logIn(page, '123456');
    await page.getByText('Set it up on the unit itself, logged in there').waitFor();
    expect(await cutOff(page)).toEqual([]);
  });

  test('on a unit without accounts the first is not made from here', async () => {
    const console = await runConsole({ listener: 'https', withoutAccounts: true });
    const page = await (await newScreen({ ...phone, ignoreHTTPSErrors: true })).open(console.url);
    await page.getByText('The first one is made on the computer that runs Lookout').waitFor();
    expect(await page.locator('input').count()).toBe(0);
  });

  test('a laptop with a client certificate logs in by name and password', async () => {
    const clients = testAuthority(temporaryFolder(), 'clients');
    const { certificate, key } = clients.issue('moss-laptop');
    const console = await runConsole({
      listener: 'https',
      withoutAccounts: true,
      https: { clientAuthority: clients.certificate },
    });
    await console.unit.first();
    const { origin } = new URL(console.url);
    const screen = await newScreen({
      ...laptop,
      ignoreHTTPSErrors: true,
      clientCertificates: [{ origin, certPath: certificate, keyPath: key }],
    });
    const page = await screen.open(console.url);
    await page.getByLabel('Username').waitFor();
    expect(await page.getByLabel('Code of your second factor').count()).toBe(0);
    await logIn(page, null);
    await page.locator('.link[data-live="true"]').waitFor({ state: 'attached' });
    await alertOn(page, console);
    const shown = console.unit.records.filter(({ operation }) => operation === 'alerts.show');
    expect(shown.at(-1)?.from).toBe('certified https page 127.0.0.1 CN=moss-laptop');
  });
});
