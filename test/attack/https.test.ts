import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { dayMs } from '../accountability/access/people-under-test.ts';
import { exampleAlert } from '../alerts/sample-alerts.ts';
import { ask, get, watch } from '../console/ask.ts';
import { listenerNamed } from '../support/listeners.ts';
import { waitFor } from '../support/wait-for.ts';
import { attack, places, type UnitUnderAttack } from './unit-under-attack.ts';

const { settings } = listenerNamed('https');
// Each login that is tried costs a third of a second of the processor.
const limits = { requestsPerMin: 60, loginsPerMin: 4 };
const limited = { ...settings, https: { ...(settings.https as object), ...limits } };

/** How often each status came. */
function counted(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

// One place for all, as its people's passwords take their time: each test comes from an address of its own.
describe.each(places)('too much from other computers, at a %s', (place) => {
  let unit: UnitUnderAttack;
  let ownUrl: string;
  beforeAll(async () => {
    unit = await attack({ console: limited }, 'https', place);
    ownUrl = unit.console.url;
    for (const name of ['victim', 'reed', 'moss']) unit.account(name, 'alpr_administrator');
  });
  afterAll(() => unit[Symbol.asyncDispose]());

  const turnedAway = () => ({ connections: 0, requests: 0, ...unit.console.https?.turnedAway });
  const form = (localAddress: string) => unit.ask({ path: '/api/session/form', localAddress });

  /** Opens connections from an address each, and says nothing on them, until the test ends. */
  function openMany(count: number, addressOf: (n: number) => string): Socket[] {
    const port = Number(new URL(unit.url).port);
    const sockets = Array.from({ length: count }, (_, n) =>
      connect({ port, host: '127.0.0.1', localAddress: addressOf(n) }),
    );
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    for (const socket of sockets) socket.on('error', () => undefined).resume();
    return sockets;
  }

  test('of 300 wrong logins as many are tried as the limit allows, and nobody there is held up', async () => {
    const { people } = unit.accountability;
    const runs = people.passwordRuns;
    const before = turnedAway();
    const guess = (password: string) => {
      const login = { username: 'victim', password, noticeAcknowledged: true };
      return unit.asPage(null, 'POST', '/api/session', login, '127.0.3.1');
    };
    const statuses: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      const tries = Array.from({ length: 20 }, (_, m) => guess(`guess ${n}.${m}`));
      statuses.push(...(await Promise.all(tries)).map(({ status }) => status));
    }
    expect(statuses).toHaveLength(300);
    expect(counted(statuses)).toEqual({ 401: 4, 429: 296 });
    expect(people.passwordRuns - runs).toBe(4);
    expect(turnedAway()).toEqual({ ...before, requests: before.requests + 296 });
    const { code, headers } = await guess(unit.credentials('victim').password);
    expect(code).toBe('too-many-requests');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    const own = await ask('POST', `${ownUrl}api/session`, {}, unit.credentials('reed'));
    expect(own.status).toBe(201);
  });

  test('the first step of a login by a security key is tried no oftener', async () => {
    const { people } = unit.accountability;
    const runs = people.passwordRuns;
    const statuses: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      const answer = await unit.ask({
        ...{ method: 'POST', path: '/api/session/login-key', localAddress: '127.0.3.2' },
        headers: { host: 'localhost', 'x-lookout': 'page', 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'ada', password: `guess ${n}` }),
      });
      statuses.push(answer.status);
    }
    expect(counted(statuses)).toEqual({ 401: 4, 429: 11 });
    expect(people.passwordRuns - runs).toBeLessThanOrEqual(4);
  });

  test('requests have a limit for each address, and nothing is looked up beyond it', async () => {
    const { audit } = unit.accountability;
    const looks = () => audit.read({ operation: 'users.list' }, { limit: 200 }).length;
    const token = await unit.login('moss');
    const before = looks();
    const statuses: number[] = [];
    for (let n = 0; n < 70; n += 1) {
      const answer = await unit.asPage(token, 'GET', '/api/users', undefined, '127.0.3.3');
      statuses.push(answer.status);
    }
    expect(counted(statuses)).toEqual({ 200: 60, 429: 10 });
    expect(looks() - before).toBe(60);
    expect((await get(`${ownUrl}api/session/form`)).status).toBe(200);
  });

  test('a clock that was ahead shuts nobody out when it is put right', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * dayMs });
    onTestFinished(() => void vi.useRealTimers());
    for (let n = 0; n < 60; n += 1) await form('127.0.3.4');
    vi.useRealTimers();
    const { status, headers } = await form('127.0.3.4');
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  test('one address that holds all it may have does not keep another out', async () => {
    const sockets = openMany(30, () => '127.0.2.1');
    await waitFor(() => sockets.filter(({ closed }) => closed).length >= 6);
    expect((await form('127.0.3.5')).status).toBe(200);
  });

  test('500 open connections from many addresses keep no alert from a page there', async () => {
    const { people } = unit.accountability;
    const { token } = await people.login(unit.credentials('moss'), 'page 127.0.0.1');
    const cookie = `lookout-${unit.config.unit.id}=${token}`;
    const own = await watch({ url: ownUrl, cookie });
    await waitFor(() => own.heard.includes('event: alerts'));
    const before = turnedAway();
    const sockets = openMany(500, (n) => `127.0.1.${1 + (n % 50)}`);
    await Promise.all(sockets.map((socket) => once(socket, 'connect').catch(() => undefined)));
    await unit.console.output.present('raised', exampleAlert());
    await waitFor(() => own.heard.includes('event: alert\n'));
    expect(own.heard).toContain('7ABC123');
    expect((await get(`${ownUrl}api/status`, { cookie })).status).toBe(200);
    await waitFor(() => turnedAway().connections > before.connections);
    // Most are turned away at once, the others when they have said nothing for some seconds.
    await waitFor(() => sockets.every(({ closed }) => closed), { timeoutMs: 40_000 });
  });
});
