import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { goodPassword, minuteMs } from '../accountability/access/people-under-test.ts';
import { listenerNamed, pageAuthority } from '../support/listeners.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { ask, get, watch } from './ask.ts';
import { runConsole } from './running-console.ts';

const login = { username: 'ada', password: goodPassword, noticeAcknowledged: true };
const listener = 'https';

/** A TLS handshake with a console under test; resolves with the connection, rejects with OpenSSL's error. */
function shakeHands(url: string, version: SecureVersion): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host: '127.0.0.1', port: Number(new URL(url).port), servername: 'localhost' },
      ...{
        ca: readFileSync(pageAuthority().certificate),
        minVersion: version,
        maxVersion: version,
      },
      // Otherwise this side alone would refuse the old ones.
      ciphers: 'DEFAULT:@SECLEVEL=0',
      // Which certificate is shown is the test's to judge.
      rejectUnauthorized: false,
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => resolve(socket));
    onTestFinished(() => void socket.destroy());
  });
}

/** A file of the page as it comes over the wire. */
async function fetchPacked(url: string): Promise<Buffer> {
  const headers = { 'accept-encoding': 'gzip' };
  const asked = listenerNamed('https').request(url, { headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return Buffer.concat(await response.toArray());
}

/** The serial number of the certificate that a console shows now. */
async function shown(url: string): Promise<string> {
  const socket = await shakeHands(url, 'TLSv1.3');
  return socket.getPeerCertificate().serialNumber;
}

test('other computers reach nothing unless it is set', async () => {
  expect((await runConsole()).https).toBeNull();
});

describe('the connection', () => {
  test.each<[SecureVersion, string]>([
    ['TLSv1.1', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.3', 'TLSv1.3'],
  ])('a browser that offers %s gets %s', async (version, expected) => {
    const { url } = await runConsole({ listener });
    const spoken = await shakeHands(url, version).then(
      (socket) => socket.getProtocol(),
      (error: Error & { code?: string }) => error.code,
    );
    expect(spoken).toBe(expected);
  });

  test('plain HTTP at its port is answered with nothing', async () => {
    const { url } = await runConsole({ listener });
    await expect(get(url.replace('https:', 'http:'))).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  test('browsers are told to come by HTTPS alone, and the page may do no more than on the unit', async () => {
    const console = await runConsole({ listener });
    const { headers: own } = await get(console.ownUrl);
    const { headers } = await get(console.url);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect(own['strict-transport-security']).toBeUndefined();
    expect(headers['content-security-policy']).toBe(own['content-security-policy']);
    expect((await watch(console)).headers).toMatchObject({
      'strict-transport-security': 'max-age=31536000',
      'content-security-policy': own['content-security-policy'],
    });
    // For localhost it would hold for the page on the unit as well.
    const { headers: local } = await get(console.url, { host: 'localhost:7443' });
    expect(local['strict-transport-security']).toBeUndefined();
  });
});

test('the page is compressed on its way to another computer, and what the unit answers is not', async () => {
  const console = await runConsole({ listener });
  const { url, ownUrl, cookie } = console;
  const packing = { 'accept-encoding': 'gzip, br' };
  for (const path of ['', 'page/main.js', 'page/style.css', 'page/lit-html/lit-html.js']) {
    const { headers, status } = await get(`${url}${path}`, packing);
    expect([path, status, headers['content-encoding']]).toEqual([path, 200, 'gzip']);
    expect((await get(`${url}${path}`)).headers['content-encoding']).toBeUndefined();
    expect((await get(`${ownUrl}${path}`, packing)).headers['content-encoding']).toBeUndefined();
  }
  const packed = await fetchPacked(`${url}page/main.js`);
  expect(gunzipSync(packed).toString()).toBe((await get(`${url}page/main.js`)).body);
  const answer = await get(`${url}api/status`, { cookie, ...packing });
  expect([answer.status, answer.headers['content-encoding']]).toEqual([200, undefined]);
});

describe('a login from another computer', () => {
  test('USR-14: without a second factor is refused after the right password, and says what to do', async () => {
    const { url, unit } = await runConsole({ listener, withoutAccounts: true });
    await unit.first();
    const wrong = await ask('POST', `${url}api/session`, {}, { ...login, password: 'wrong' });
    expect([wrong.status, wrong.code]).toEqual([401, 'login-refused']);
    const right = await ask('POST', `${url}api/session`, {}, login);
    expect([right.status, right.code, right.cookie]).toEqual([403, 'second-factor-needed', '']);
    expect(right.body).toContain('Set it up on the unit itself');
    expect(unit.records.at(-1)).toMatchObject({
      operation: 'session.login',
      outcome: 'refused',
      from: 'https page 127.0.0.1',
      who: { username: 'ada' },
    });
    const form = JSON.parse((await get(`${url}api/session/form`)).body);
    expect(form).toMatchObject({ isElsewhere: true, needsSecondFactor: true });
  });

  test('USR-14: with it is on record with the listener and the address, and so is each look', async () => {
    const console = await runConsole({ listener });
    const { url, unit } = console;
    const { cookie } = await ask('POST', `${url}api/session`, {}, await console.loginOf('ada'));
    await get(`${url}api/users`, { cookie: cookie.split(';')[0] ?? '' });
    expect(unit.records.slice(-2).map(({ operation, from }) => [operation, from])).toEqual([
      ['session.login', 'https page 127.0.0.1'],
      ['users.list', 'https page 127.0.0.1'],
    ]);
  });

  test('makes no first administrator, and no alert is counted to strangers', async () => {
    const { url, ownUrl, unit } = await runConsole({ listener, withoutAccounts: true });
    const code = unit.people.firstStartCode();
    const person = { username: 'eve', name: 'Eve', organisation: 'x', password: goodPassword };
    const made = await ask('POST', `${url}api/first-administrator`, {}, { ...person, code });
    expect([made.status, made.code]).toEqual([403, 'not-here']);
    const form = async (at: string) => JSON.parse((await get(`${at}api/session/form`)).body);
    expect(await form(url)).not.toHaveProperty('waiting');
    expect(await form(ownUrl)).toMatchObject({ firstStart: true, waiting: { urgent: 0 } });
  });
});

describe('a session', () => {
  test('of the unit itself opens nothing over HTTPS, nor the other way round, and is over once it was tried', async () => {
    const console = await runConsole({ listener });
    const own = await console.cookieOf('ada', listenerNamed('loopback'));
    const status = async (at: string, cookie: string) =>
      (await get(`${at}api/status`, { cookie })).status;
    expect(await status(console.ownUrl, own)).toBe(200);
    expect(await status(console.url, console.cookie)).toBe(200);
    // A cookie under the other name is not even read.
    expect(await status(console.url, own)).toBe(401);
    expect(await status(console.ownUrl, own)).toBe(200);
    expect(await status(console.url, `__Host-${own}`)).toBe(401);
    expect(await status(console.ownUrl, own)).toBe(401);
    expect(await status(console.ownUrl, console.cookie.replace('__Host-', ''))).toBe(401);
    expect(await status(console.url, console.cookie)).toBe(401);
  });

  test('of the command line has no place there', async () => {
    const console = await runConsole({ listener });
    const { people } = console.unit;
    const { token } = await people.login(await console.loginOf('ada'), 'command line pts/1');
    const tries = [
      { authorization: `Bearer ${token}` },
      { 'x-lookout': 'command-line', cookie: console.cookie },
    ];
    for (const headers of tries) {
      const { status, code } = await get(`${console.url}api/users`, headers);
      expect([status, code]).toEqual([403, 'not-here']);
    }
  });

  test('locks itself there also for a car whose own screen need not (CJIS AC-11)', async () => {
    const console = await runConsole({
      listener,
      alter: ({ accounts }) => {
        accounts.conveyanceExempt = true;
      },
    });
    const own = await console.cookieOf('ada', listenerNamed('loopback'));
    console.unit.nowMs += 31 * minuteMs;
    expect((await get(`${console.ownUrl}api/status`, { cookie: own })).status).toBe(200);
    expect((await get(`${console.url}api/status`, { cookie: console.cookie })).status).toBe(423);
  });

  test('has three streams of alerts at most there, and no number of them ends one on the unit', async () => {
    const console = await runConsole({ listener });
    const { url, ownUrl } = console;
    const own = await watch({
      url: ownUrl,
      cookie: await console.cookieOf('ada', listenerNamed('loopback')),
    });
    const cookies = [console.cookie, await console.cookieOf('ada'), await console.cookieOf('ada')];
    const streams = [];
    for (const cookie of cookies) {
      const of = [];
      for (let n = 0; n < 4; n += 1) of.push(await watch({ url, cookie }));
      await of[0]?.ended;
      streams.push(...of.slice(1));
    }
    // Nine are left, and eight is the most of all on other computers.
    await streams[0]?.ended;
    const heard = own.heard.length;
    await waitFor(() => own.heard.length > heard);
    expect([own, ...streams].map(({ isOpen }) => isOpen)).toEqual([
      true,
      false,
      ...Array.from({ length: 8 }, () => true),
    ]);
  });
});

test('a stop waits for no connection whose handshake is not over', async () => {
  const console = await runConsole({ listener });
  const silent = connectPlain(Number(new URL(console.url).port), '127.0.0.1');
  silent.on('error', () => undefined).resume();
  const closed = new Promise((resolve) => silent.on('close', resolve));
  // The one before was let in by then.
  expect((await get(console.url)).status).toBe(200);
  await Promise.all([console[Symbol.asyncDispose](), closed]);
});

test('a page elsewhere is no screen of the car on which an alert is seen', async () => {
  const problem = 'No screen has the alert page open: open it and log in.';
  const outputs = [{ name: 'page', state: 'failed', problem }];
  const console = await runConsole({ listener, status: () => ({ outputs }) });
  const stream = await watch(console);
  await waitFor(() => stream.heard.includes('event: alerts'));
  expect(console.output.health()).toMatchObject({ state: 'failed', problem });
  const { body } = await get(`${console.url}api/status`, { cookie: console.cookie });
  expect(JSON.parse(body)).toMatchObject({ outputs });
});

describe('its certificate', () => {
  /** A console whose files lie in a folder of the test. */
  async function withFiles(names = 'IP:127.0.0.1,DNS:localhost', between?: [number, number]) {
    const folder = temporaryFolder();
    const [certificate, key] = [join(folder, 'page.pem'), join(folder, 'page.key')];
    const put = (options: Parameters<ReturnType<typeof pageAuthority>['issue']>[1]) => {
      const issued = pageAuthority().issue('renewed', options);
      copyFileSync(issued.certificate, certificate);
      copyFileSync(issued.key, key);
    };
    put({ names, ...(between === undefined ? {} : { between }) });
    const console = await runConsole({ listener, https: { certificate, key } });
    return { console, certificate, key, put };
  }

  test('is taken without a restart when it was renewed; a session goes on', async () => {
    const { console, put } = await withFiles();
    const { url, cookie } = console;
    const before = await shown(url);
    put({ names: 'IP:127.0.0.1,DNS:localhost' });
    await waitFor(async () => (await shown(url).catch(() => before)) !== before);
    expect(console.https?.problem).toBeNull();
    expect((await get(`${url}api/status`, { cookie })).status).toBe(200);
  });

  test('stays while the new one has no key that belongs to it, which is a problem', async () => {
    const { console, put, certificate } = await withFiles();
    const before = await shown(console.url);
    copyFileSync(
      pageAuthority().issue('strange', { names: 'DNS:localhost' }).certificate,
      certificate,
    );
    await waitFor(() => console.https?.problem);
    expect(console.https?.problem).toMatch(/^console.https.key: .* does not belong to/);
    expect(await shown(console.url)).toBe(before);
    put({ names: 'IP:127.0.0.1,DNS:localhost' });
    await waitFor(() => console.https?.problem === null);
  });

  test('that is missing is a problem, the unit works without it, and it serves once it is there', async () => {
    const { console, certificate, key } = await withFiles();
    await console[Symbol.asyncDispose]();
    rmSync(certificate);
    const { issue } = pageAuthority();
    const again = await runConsole({ listener, https: { certificate, key } });
    expect(again.https?.problem).toMatch(
      /^console.https.certificate: .*page.pem cannot be read: it does not exist/,
    );
    expect((await get(again.ownUrl)).status).toBe(200);
    await expect(get(again.url)).rejects.toThrow();
    const issued = issue('late', { names: 'IP:127.0.0.1,DNS:localhost' });
    copyFileSync(issued.certificate, certificate);
    copyFileSync(issued.key, key);
    await waitFor(async () => (await get(again.url).catch(() => null))?.status === 200);
  });

  test.each<[string, string, [number, number] | undefined, RegExp]>([
    ['has expired', 'IP:127.0.0.1,DNS:localhost', [-3, -1], /^the certificate expired on /],
    ['is for later', 'IP:127.0.0.1,DNS:localhost', [1, 3], /^the certificate is not valid before /],
    ['lacks a name', 'DNS:localhost', undefined, /is for localhost, not for 127.0.0.1\./],
  ])('that %s is shown and is a problem', async (_, names, between, expected) => {
    const { console } = await withFiles(names, between);
    expect(console.https?.problem).toMatch(expected);
    expect(await shown(console.url)).not.toBe('');
  });
});
