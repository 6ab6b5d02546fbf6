import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { dayMs, goodPassword } from '../accountability/access/people-under-test.ts';
import { exampleAlert } from '../alerts/sample-alerts.ts';
import { ask, get, watch } from '../console/ask.ts';
import { runConsole } from '../console/running-console.ts';
import { listenerNamed } from '../support/listeners.ts';
import { waitFor } from '../support/wait-for.ts';

const listener = 'https';
/** As a unit has them without a setting. */
const limits = { requestsPerMin: 900, loginsPerMin: 10 };
const login = { password: goodPassword, noticeAcknowledged: true };

/** How often each status came. */
function counted(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('too much from other computers', () => {
  test('of 1,000 wrong logins ten are tried, and nobody on the unit is held up', async () => {
    const console = await runConsole({ listener, https: limits });
    const { url, ownUrl, unit } = console;
    const { secondFactor } = await console.loginOf('ada');
    const { token } = await unit.login('ada', goodPassword, secondFactor);
    await unit.join(token, { username: 'reed' });
    const runs = unit.people.passwordRuns;
    const guess = (password: string) =>
      ask('POST', `${url}api/session`, {}, { ...login, username: 'ada', password });
    const statuses: number[] = [];
    for (let n = 0; n < 50; n += 1) {
      const tries = Array.from({ length: 20 }, (_, m) => guess(`guess ${n}.${m}`));
      statuses.push(...(await Promise.all(tries)).map(({ status }) => status));
    }
    expect(statuses).toHaveLength(1000);
    expect(counted(statuses)).toEqual({ 401: 10, 429: 990 });
    expect(unit.people.passwordRuns - runs).toBe(10);
    expect(console.https?.turnedAway).toEqual({ connections: 0, requests: 990 });
    const { code, headers } = await guess(goodPassword);
    expect(code).toBe('too-many-requests');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    const own = await ask('POST', `${ownUrl}api/session`, {}, { ...login, username: 'reed' });
    expect(own.status).toBe(201);
  });

  test('the first step of a login by a security key is tried no oftener', async () => {
    const { url, unit } = await runConsole({ listener, https: limits });
    const runs = unit.people.passwordRuns;
    const statuses: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      const guess = { username: 'ada', password: `guess ${n}` };
      const path = `${url}api/session/login-key`;
      statuses.push((await ask('POST', path, { host: 'localhost' }, guess)).status);
    }
    expect(counted(statuses)).toEqual({ 401: 10, 429: 5 });
    expect(unit.people.passwordRuns - runs).toBeLessThanOrEqual(10);
  });

  test('requests have a limit for each address, and nothing is looked up beyond it', async () => {
    const console = await runConsole({ listener, https: { ...limits, requestsPerMin: 60 } });
    const { url, cookie, unit } = console;
    const statuses: number[] = [];
    for (let n = 0; n < 70; n += 1)
      statuses.push((await get(`${url}api/users`, { cookie })).status);
    expect(counted(statuses)).toEqual({ 200: 60, 429: 10 });
    expect(unit.records.filter(({ operation }) => operation === 'users.list')).toHaveLength(60);
    expect((await get(`${console.ownUrl}api/session/form`)).status).toBe(200);
  });

  test('a clock that was ahead shuts nobody out when it is put right', async () => {
    const console = await runConsole({ listener, https: { ...limits, requestsPerMin: 60 } });
    const form = () => get(`${console.url}api/session/form`);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * dayMs });
    onTestFinished(() => void vi.useRealTimers());
    for (let n = 0; n < 60; n += 1) await form();
    vi.useRealTimers();
    const { status, headers } = await form();
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  test('500 open connections from many addresses keep no alert from the page on the unit', async () => {
    const console = await runConsole({ listener });
    const { url, ownUrl } = console;
    const cookie = await console.cookieOf('ada', listenerNamed('loopback'));
    const own = await watch({ url: ownUrl, cookie });
    await waitFor(() => own.heard.includes('event: alerts'));
    const sockets: Socket[] = [];
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    for (let n = 0; n < 500; n += 1) {
      const socket = connect({
        port: Number(new URL(url).port),
        host: '127.0.0.1',
        localAddress: `127.0.1.${1 + (n % 50)}`,
      });
      socket.on('error', () => undefined);
      socket.resume();
      sockets.push(socket);
    }
    await Promise.all(sockets.map((socket) => once(socket, 'connect').catch(() => undefined)));
    await console.output.present('raised', exampleAlert());
    await waitFor(() => own.heard.includes('event: alert\n'));
    expect(own.heard).toContain('7ABC123');
    expect((await get(`${ownUrl}api/status`, { cookie })).status).toBe(200);
    await waitFor(() => (console.https?.turnedAway.connections ?? 0) > 0);
    // Most are turned away at once, the others when they have said nothing for some seconds.
    await waitFor(() => sockets.every(({ closed }) => closed), { timeoutMs: 40_000 });
  });

  test('one address that holds all it may have does not keep another out', async () => {
    const console = await runConsole({ listener });
    const { url } = console;
    const sockets = Array.from({ length: 30 }, () =>
      connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress: '127.0.2.1' }),
    );
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    for (const socket of sockets) socket.on('error', () => undefined).resume();
    await waitFor(() => sockets.filter(({ closed }) => closed).length >= 6);
    expect((await get(`${url}api/session/form`)).status).toBe(200);
  });
});
