import { statSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createAccessCode } from '../../src/console/access-code.ts';
import { openSessions } from '../../src/console/sessions.ts';
import { exampleAlert } from '../alerts/example.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { openingUrl, runConsole } from './running-console.ts';

/** GET with headers of our own choice, Host among them. */
function get(url: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; cookie: string; body: string }>((resolve, reject) => {
    request(url, { headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          cookie: response.headers['set-cookie']?.[0] ?? '',
          body,
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}

test('nothing but the way in is served without a session', async () => {
  const { url } = await runConsole();
  expect((await get(url)).body).toContain('one-time code');
  for (const path of ['api/status', 'api/events', 'api/alerts/x/plate.jpg']) {
    expect((await get(url + path)).status).toBe(401);
  }
  expect((await get(`${url}page/index.html`)).status).toBe(404);
  expect((await get(`${url}page/../console.ts`)).status).toBe(404);
});

test('a code opens once, with a strict cookie that scripts cannot read', async () => {
  const console = await runConsole();
  const opening = openingUrl(console);
  const first = await get(opening);
  expect(first.status).toBe(200);
  expect(first.cookie).toMatch(/HttpOnly/);
  expect(first.cookie).toMatch(/SameSite=Strict/);
  expect(console.code).toBeNull();
  expect((await get(opening)).status).toBe(403);

  const cookie = first.cookie.split(';')[0] ?? '';
  expect((await get(`${console.url}api/status`, { cookie })).status).toBe(200);
  const forged = `${cookie.slice(0, -2)}xx`;
  expect((await get(`${console.url}api/status`, { cookie: forged })).status).toBe(401);

  const second = console.newCode();
  expect((await get(`${console.url}?code=${second.toLowerCase()}`)).status).toBe(200);
});

test('wrong codes are slowed down, and the right one then waits too', async () => {
  const console = await runConsole();
  for (let n = 0; n < 5; n += 1) {
    expect((await get(`${console.url}?code=AAAA-AAA${n}`)).status).toBe(403);
  }
  expect((await get(openingUrl(console))).status).toBe(429);
  expect(console.code).not.toBeNull();
});

test('a minute later the right code opens', () => {
  let now = 0;
  const code = createAccessCode(() => now);
  for (let n = 0; n < 5; n += 1) expect(code.redeem('nope')).toBe('wrong');
  expect(code.redeem(code.current ?? '')).toBe('wait');
  now = 60_001;
  expect(code.redeem(code.current ?? '')).toBe('right');
});

test('sessions outlast a restart but neither their time nor their key', async () => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  const token = (await openSessions(folder)).open(0);
  const restarted = await openSessions(folder);
  expect(restarted.isOpen(token, 13 * 3_600_000)).toBe(true);
  expect(restarted.isOpen(token, 15 * 3_600_000)).toBe(false);
  expect(restarted.isOpen(token.replace(/^\d+/, '99999999999'), 0)).toBe(false);
  expect((await openSessions(other)).isOpen(token, 0)).toBe(false);
  expect(statSync(join(folder, 'console.key')).mode & 0o777).toBe(0o600);
});

test('a foreign host name or site is refused even with a session', async () => {
  const console = await runConsole();
  const { cookie: set } = await get(openingUrl(console));
  const cookie = set.split(';')[0] ?? '';
  const status = async (headers: Record<string, string>) =>
    (await get(`${console.url}api/status`, { cookie, ...headers })).status;
  expect(await status({ host: 'evil.example' })).toBe(421);
  expect(await status({ host: '127.0.0.1.evil.example:7440' })).toBe(421);
  expect(await status({ host: 'localhost:9999' })).toBe(200);
  expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await status({ 'sec-fetch-site': 'same-site' })).toBe(403);
});

test('a port in use is reported with what to do, and had when it is free', async () => {
  const port = await freePort();
  const holder = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await waitFor(() => holder.listening);
  const console = await runConsole({ port });
  expect(console.output.health()).toMatchObject({ state: 'failed' });
  expect(console.output.health().problem).toMatch(/set console.port to another/);
  await new Promise((resolve) => holder.close(resolve));
  await waitFor(async () => (await get(console.url).catch(() => null))?.status === 401);
});

test('a car without an open screen has no visible alert and says so; a pole needs none', async () => {
  const car = await runConsole();
  expect(car.output.health()).toMatchObject({ state: 'failed' });
  expect(car.output.health().problem).toMatch(/No screen has the alert page open/);
  const pole = await runConsole({ mode: 'fixed' });
  expect(pole.output.health()).toEqual({ state: 'ok', problem: null });
});

test('a status that is not as expected is shown as far as it can be', async () => {
  const status = {
    heads: [{ id: 'front', state: 'running', health: 'odd' }],
    position: 7,
    hotlists: [{ id: 'svs', name: 'Stolen vehicles', ageS: 60 }],
    secret: 'not shown',
  };
  const console = await runConsole({ status: () => status });
  const { cookie } = await get(openingUrl(console));
  const { body } = await get(`${console.url}api/status`, { cookie: cookie.split(';')[0] ?? '' });
  expect(JSON.parse(body)).toEqual({
    heads: [{ id: 'front', state: 'running' }],
    hotlists: [{ id: 'svs', name: 'Reported: Stolen vehicles', ageS: 60 }],
  });
});

test('pictures of an alert come from memory under its id', async () => {
  const console = await runConsole();
  const { cookie: set } = await get(openingUrl(console));
  const cookie = set.split(';')[0] ?? '';
  const jpeg = new TextEncoder().encode('jpeg bytes');
  const plate = { jpeg, width: 1, height: 1, takenAtMs: 0 };
  const alert = exampleAlert();
  await console.output.tell('raised', { ...alert, images: { ...alert.images, plate } });
  const path = `${console.url}api/alerts/${alert.hit.detectionId}`;
  expect((await get(`${path}/plate.jpg`, { cookie })).body).toBe('jpeg bytes');
  expect((await get(`${path}/overview.jpg`, { cookie })).status).toBe(404);
  expect((await get(`${path}/etc.jpg`, { cookie })).status).toBe(404);
});
