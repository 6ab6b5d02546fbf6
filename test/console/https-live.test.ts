import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { AimCameras } from '../../src/console/aim-operations.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { exampleAlert, exampleConsensus, exampleHit } from '../alerts/sample-alerts.ts';
import { pageAuthority } from '../support/listeners.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Issued, testAuthority } from '../support/test-authority.ts';
import { waitFor } from '../support/wait-for.ts';
import { get } from './ask.ts';
import { hasChromium, newScreen, type Screen, useChromium } from './browser.ts';
import { cutOff } from './page-checks.ts';
import { knowingDevice, pageCertificate, poleName } from './pole.ts';
import { type ConsoleOptions, type RunningConsole, runConsole } from './running-console.ts';
import { fromMenu, plugIn, register } from './security-key.ts';

useChromium(knowingDevice);

/** A camera that sees a plate ten times a second, for whoever looks. */
function camera() {
  const looks = new Set<object>();
  const jpeg = sharp({ create: { width: 320, height: 180, channels: 3, background: '#567' } })
    .jpeg()
    .toBuffer();
  const cameras: AimCameras = {
    has: (head) => head === 'front',
    watch(head, { show }) {
      const showing = setInterval(async () => {
        show({
          ...{ head, takenAtMs: Date.now(), width: 1280, height: 720, skewMs: 3, test: null },
          ...{ colour: null, clear: null, covered: new Uint8Array(await jpeg) },
          plates: [{ box: [1, 2, 100, 50], widthPx: 98, tiltDeg: 1, unread: null }],
          quality: { brightness: 80, clippedShare: 0, sharpness: 120 },
        });
      }, 100);
      looks.add(showing);
      return () => {
        clearInterval(showing);
        looks.delete(showing);
      };
    },
    figures: () => null,
    beginTest: () => undefined,
    endTest: () => undefined,
    settings: { list: async () => [], set: () => Promise.reject(new Error('there are none')) },
  };
  return { cameras, looks };
}

const status = () => ({ heads: [{ id: 'front', state: 'running' }] });

/** A pole whose page is opened by its name from another computer. */
async function openPole(options: ConsoleOptions = {}) {
  const pageFiles = pageCertificate();
  const { certificate, key, renew } = pageFiles;
  const eye = camera();
  const console = await runConsole({
    ...{ listener: 'https', mode: 'fixed', cameras: eye.cameras, status },
    ...options,
    https: { certificate, key, names: [poleName, '127.0.0.1'], ...options.https },
  });
  return { console, renew, looks: eye.looks };
}

/** Types a login as a person does. */
async function fillLogin(page: Page, code?: string): Promise<void> {
  await page.getByLabel('Username').fill('ada');
  await page.getByLabel('Password').fill(goodPassword);
  if (code !== undefined) await page.getByLabel('Code of your second factor').fill(code);
  await page.getByLabel('I have read this notice').check();
}

async function logIn(page: Page, code?: string): Promise<void> {
  await fillLogin(page, code);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await isLive(page);
}

const isLive = (page: Page) =>
  page.locator('.link[data-live="true"]').waitFor({ state: 'attached' });

const alertOf = (plate: string) => exampleAlert(exampleHit({ read: exampleConsensus(plate) }));

/** Tells an alert, and waits until it is on these pages. */
async function alertOn(pages: readonly Page[], { output }: RunningConsole, plate: string) {
  await output.present('raised', alertOf(plate));
  for (const page of pages) {
    await page.locator('.plate.read .plate-text', { hasText: plate }).waitFor();
  }
}

/** Waits for another picture of the camera than the one that is there. */
async function nextPicture(page: Page): Promise<void> {
  await page.getByRole('img', { name: 'What front sees, plates covered' }).waitFor();
  await page.evaluate(`new Promise((done) => {
    const canvas = document.querySelector('.aim-sight canvas');
    const draw = CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (...given) {
      CanvasRenderingContext2D.prototype.drawImage = draw;
      done();
      return draw.apply(this, given);
    };
  })`);
}

/** A laptop with a client certificate of the agency. */
async function certifiedLaptop() {
  const clients = testAuthority(temporaryFolder(), 'clients');
  const laptop = clients.issue('moss-laptop');
  const { console, looks } = await openPole({
    withoutAccounts: true,
    // Playwright shows the certificate in the browser's place, and knows no name of this network.
    https: {
      names: ['127.0.0.1'],
      clientAuthority: clients.certificate,
      revoked: clients.revoke(),
    },
  });
  await console.unit.first();
  const screen = await screenWith(console, laptop);
  return { clients, laptop, console, looks, screen };
}

function screenWith({ url }: RunningConsole, { certificate, key }: Issued): Promise<Screen> {
  const { origin } = new URL(url);
  return newScreen({
    clientCertificates: [{ origin, certPath: certificate, keyPath: key }],
    // To the browser Playwright shows a certificate of its own.
    ignoreHTTPSErrors: true,
  });
}

describe.skipIf(!hasChromium)('over HTTPS, in a browser that knows the authority', () => {
  test('USR-15: a security key is registered under the pole’s name, unlocks, and stands for the code at the next login', async () => {
    const { console } = await openPole();
    const screen = await newScreen();
    const page = await screen.open(console.url);
    await plugIn(page);
    await logIn(page, (await console.loginOf('ada')).secondFactor);
    await page.goto(`${console.url}#/me`);
    await register(page, 'blue key');
    await page.getByText(`for ${poleName}, registered`).waitFor();
    await fromMenu(page, 'Lock');
    await page.getByRole('button', { name: 'Use a security key' }).click();
    await isLive(page);
    await fromMenu(page, 'Log out');
    await page.getByLabel('Username').waitFor();
    await fillLogin(page);
    await page.getByRole('button', { name: 'Log in with a security key' }).click();
    await isLive(page);
    expect(console.unit.records.at(-1)?.from).toBe('https page 127.0.0.1');

    // By its address the same page says where keys work, at the login as on the screen of the account.
    const { port } = new URL(console.url);
    const byAddress = await (await newScreen()).open(`https://127.0.0.1:${port}/`);
    await byAddress.getByRole('link', { name: console.url }).waitFor();
    expect(await byAddress.getByRole('button', { name: /security key/ }).count()).toBe(0);
    await fillLogin(byAddress, (await console.loginOf('ada')).secondFactor);
    await byAddress.getByRole('button', { name: 'Log in', exact: true }).click();
    await isLive(byAddress);
    await fromMenu(byAddress, 'Lock');
    await byAddress.getByRole('link', { name: console.url }).waitFor();
    await byAddress.setViewportSize({ width: 390, height: 844 });
    expect(await cutOff(byAddress)).toEqual([]);
    expect(screen.complaints).toEqual([]);
  });

  test('a page without a name says so, and what would give it one', async () => {
    const { console } = await openPole({ https: { names: ['127.0.0.1'] } });
    const page = await (await newScreen()).open(console.url);
    await page.getByText('have one put into its certificate').waitFor();
    await logIn(page, (await console.loginOf('ada')).secondFactor);
    await page.goto(`${console.url}#/me`);
    await page.getByText('The page has no name yet').waitFor();
  });

  test.each(['a second factor', 'a client certificate'])(
    'alerts and the picture of a camera are live by %s; a log-out in one page ends all at once',
    async (how) => {
      const byCode = how === 'a second factor';
      const { console, looks, screen } = byCode
        ? { ...(await openPole()), screen: await newScreen() }
        : await certifiedLaptop();
      const page = await screen.open(console.url);
      await logIn(page, byCode ? (await console.loginOf('ada')).secondFactor : undefined);
      await alertOn([page], console, '8LVN362');
      await page.locator('.card [name="seen"]').click();
      const aiming = await screen.open(`${console.url}#/aim`);
      await nextPicture(aiming);
      await nextPicture(aiming);
      await fromMenu(page, 'Log out');
      await page.getByLabel('Username').waitFor();
      await aiming.getByLabel('Username').waitFor();
      await waitFor(() => looks.size === 0);
    },
  );

  test('an account that is closed while its pages are open is out at once, and sees nothing more', async () => {
    const { console, looks } = await openPole();
    const screen = await newScreen();
    const page = await screen.open(console.url);
    await logIn(page, (await console.loginOf('ada')).secondFactor);
    const aiming = await screen.open(`${console.url}#/aim`);
    await nextPicture(aiming);
    // As headquarters orders it, which is no request of any page.
    console.unit.people.revoke({ username: 'ada', reason: 'left the agency' });
    await page.getByLabel('Username').waitFor();
    await aiming.getByLabel('Username').waitFor();
    await waitFor(() => looks.size === 0);
    await console.output.present('raised', alertOf('8LVN362'));
    expect(await page.locator('.card').count()).toBe(0);
  });

  test('a renewed certificate is taken while pages are open: alerts and picture go on by themselves', async () => {
    const { console, renew } = await openPole();
    const screen = await newScreen();
    const page = await screen.open(console.url);
    await logIn(page, (await console.loginOf('ada')).secondFactor);
    const aiming = await screen.open(`${console.url}#/aim`);
    await nextPicture(aiming);
    const closed = aiming.waitForEvent('requestfailed', (request) =>
      request.url().endsWith('/aim'),
    );
    renew();
    await closed;
    await nextPicture(aiming);
    await isLive(page);
    await alertOn([page], console, '8LVN362');
    expect(console.https?.problem).toBeNull();
  });

  test('a client certificate that is revoked cuts off its open pages, which say why', async () => {
    const { clients, laptop, console, looks, screen } = await certifiedLaptop();
    const page = await screen.open(console.url);
    await logIn(page);
    const aiming = await screen.open(`${console.url}#/aim`);
    await waitFor(() => looks.size === 1);
    await alertOn([page], console, '8LVN362');
    clients.revoke(laptop);
    for (const each of [page, aiming]) {
      await each.getByText('Your client certificate was revoked.').waitFor();
      expect(await each.locator('.card').count()).toBe(0);
    }
    expect(looks.size).toBe(0);
  });

  test('who has used up the requests of a minute still hears alerts, and is told why a key does nothing', async () => {
    const { console } = await openPole({ https: { requestsPerMin: 400 } });
    const screen = await newScreen();
    const page = await screen.open(console.url);
    await logIn(page, (await console.loginOf('ada')).secondFactor);
    await page.evaluate(`(async () => {
      for (;;) if ((await fetch('/api/status')).status === 429) return;
    })()`);
    await alertOn([page], console, '8LVN362');
    await page.locator('.card [name="seen"]').click();
    await page.getByText(/Too many requests; wait \d+ seconds/).waitFor();
    await console.output.present('amended', alertOf('9ABC123'));
    await page.locator('.plate.read .plate-text', { hasText: '9ABC123' }).waitFor();
  });

  test('six connections to a host: with nine pages and four cameras open every key still acts', async () => {
    const { console, looks } = await openPole();
    const screen = await newScreen();
    const first = await screen.open(console.url);
    await logIn(first, (await console.loginOf('ada')).secondFactor);
    const pages = [first];
    while (pages.length < 9) pages.push(await screen.open(console.url));
    for (const page of pages) await isLive(page);
    for (let count = 1; count <= 4; count += 1) {
      await screen.open(`${console.url}#/aim`);
      await waitFor(() => looks.size === count);
    }
    const fifth = await screen.open(`${console.url}#/aim`);
    await fifth.getByText('Too many screens look at cameras now').waitFor();
    await alertOn(pages, console, '8LVN362');
    await first.locator('.card [name="seen"]').click();
    for (const page of pages) {
      await page.locator('.card [name="seen"]').waitFor({ state: 'detached' });
    }
  });

  test('a first load takes so few requests that a device may load the page six times a minute', async () => {
    const { console } = await openPole();
    const screen = await newScreen();
    const page = await screen.open(console.url);
    await logIn(page, (await console.loginOf('ada')).secondFactor);
    const { requestsPerMin } = console.config.https;
    expect(requestsPerMin).toBeGreaterThan(1000);
    expect(screen.requests.length).toBeLessThan(900 / 6);
  });
});

describe('addresses', () => {
  test('it listens on all of them, IPv6 as well; who comes by IPv4 is on record as that', async () => {
    const { certificate, key } = pageAuthority().issue('both', {
      names: 'DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1',
    });
    const names = ['127.0.0.1', '0:0:0:0:0:0:0:1'];
    const console = await runConsole({
      listener: 'https',
      https: { host: '::', certificate, key, names },
    });
    const { port } = new URL(console.url);
    for (const host of ['127.0.0.1', '[::1]']) {
      expect((await get(`https://${host}:${port}/`)).status).toBe(200);
    }
    const elsewhere = await get(console.url, { host: 'fe80--1.example.org' });
    expect([elsewhere.status, elsewhere.body]).toEqual([
      421,
      'This unit has no such name. It has: 127.0.0.1, ::1\n',
    ]);
    await get(`https://127.0.0.1:${port}/api/users`, { cookie: console.cookie });
    expect(console.unit.records.at(-1)?.from).toBe('https page 127.0.0.1');
  });
});
