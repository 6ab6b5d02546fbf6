import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ListSource } from '../../src/accountability/gate/operation.ts';
import { goodPassword, minuteMs } from '../accountability/access/people-under-test.ts';
import { exampleAlert, exampleHit, exampleMatch } from '../alerts/sample-alerts.ts';
import { listeners } from '../support/listeners.ts';
import { waitFor } from '../support/wait-for.ts';
import { ask, get, watch } from './ask.ts';
import { runConsole } from './running-console.ts';

describe.each(listeners)('through the listener %s', (listener) => {
  test('nothing but the way in is served without a session', async () => {
    const { url } = await runConsole({ listener });
    expect((await get(url)).body).toContain('login.js');
    for (const path of ['api/status', 'api/events', 'api/session', 'api/operations', 'api/users']) {
      expect((await get(url + path)).status).toBe(401);
    }
    expect((await get(`${url}api/live/x/plate.jpg`)).status).toBe(401);
    expect((await get(`${url}page/index.html`)).status).toBe(404);
    expect((await get(`${url}page/../console.ts`)).status).toBe(404);
    expect(JSON.parse((await get(`${url}api/session/form`)).body)).toMatchObject({
      agency: 'example-pd',
      unit: 'unit-1',
      firstStart: false,
    });
  });

  test('a login gives a strict cookie that scripts cannot read, and ends the session before it', async () => {
    const { url, unit, listener: through, loginOf } = await runConsole({ listener });
    const login = async (headers = {}) =>
      ask('POST', `${url}api/session`, headers, await loginOf('ada'));
    const first = await login();
    expect(first.status).toBe(201);
    expect(first.cookie).toMatch(/HttpOnly/);
    expect(first.cookie).toMatch(/SameSite=Strict/);
    expect(first.cookie).toContain(`${through.cookiePrefix}lookout-unit-1=`);
    expect(first.cookie.includes('; Secure')).toBe(through.scheme === 'https');
    expect(first.body).not.toContain('token');
    const cookie = first.cookie.split(';')[0] ?? '';
    expect((await get(`${url}api/status`, { cookie })).status).toBe(200);
    expect((await get(url, { cookie })).body).toContain('main.js');

    const second = await login({ cookie });
    expect((await get(`${url}api/status`, { cookie })).status).toBe(401);
    const next = second.cookie.split(';')[0] ?? '';
    expect(next).not.toBe(cookie);
    expect((await ask('DELETE', `${url}api/session`, { cookie: next })).status).toBe(204);
    expect((await get(`${url}api/status`, { cookie: next })).status).toBe(401);
    expect(unit.records.at(-1)).toMatchObject({
      operation: 'session.logout',
      from: `${through.client} 127.0.0.1`,
    });
  });

  test('an open page does not keep a session from locking; a person at it does', async () => {
    const { url, unit, cookie } = await runConsole({ listener });
    for (let n = 0; n < 3; n += 1) {
      unit.nowMs += 20 * minuteMs;
      expect((await ask('POST', `${url}api/session/activity`, { cookie })).status).toBe(204);
    }
    for (let n = 0; n < 3; n += 1) {
      unit.nowMs += 9 * minuteMs;
      expect((await get(`${url}api/status`, { cookie })).status).toBe(200);
    }
    unit.nowMs += 4 * minuteMs;
    expect((await get(`${url}api/status`, { cookie })).status).toBe(423);
    expect(JSON.parse((await get(`${url}api/session`, { cookie })).body)).toMatchObject({
      locked: true,
    });
    const unlock = (password: string) =>
      ask('POST', `${url}api/session/unlock`, { cookie }, { password });
    expect((await unlock('wrong')).status).toBe(401);
    expect((await unlock(goodPassword)).status).toBe(200);
    expect((await get(`${url}api/status`, { cookie })).status).toBe(200);
  });

  test('a session is renewed on the page: its cookie lasts to the new end (CJIS AC-11)', async () => {
    const { url, unit, cookie, loginOf } = await runConsole({ listener });
    const renew = async (password: string) => {
      const { secondFactor = '' } = await loginOf('ada');
      return ask('POST', `${url}api/session/renew`, { cookie }, { password, secondFactor });
    };
    expect((await renew('wrong')).status).toBe(403);
    unit.nowMs += 29 * minuteMs;
    const { status, cookie: renewed, body } = await renew(goodPassword);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ endsAtMs: unit.nowMs + 12 * 60 * minuteMs });
    expect(renewed).toContain(cookie);
    expect(Number(/Max-Age=(\d+)/.exec(renewed)?.[1])).toBeGreaterThan(12 * 3600);
    expect((await get(`${url}api/status`, { cookie: renewed.split(';')[0] ?? '' })).status).toBe(
      200,
    );
  });

  test('a head whose recording is over watches nothing; open alerts are counted', async () => {
    const heads = [{ state: 'running' }, { state: 'finished' }, { state: 'slowed' }];
    const { url, cookie } = await runConsole({
      listener,
      status: () => ({ heads, undisposed: 3 }),
    });
    const { body } = await get(`${url}api/status`, { cookie });
    expect(JSON.parse(body)).toMatchObject({ watching: 2, undisposed: 3 });
  });

  test('live alerts and their pictures are audited under who saw them', async () => {
    const console = await runConsole({ listener });
    const { url, unit, cookie, output } = console;
    const jpeg = new TextEncoder().encode('jpeg bytes');
    const plate = { jpeg, width: 1, height: 1, takenAtMs: 0 };
    const alert = exampleAlert();
    const { detectionId } = alert.hit;
    const stream = await watch(console);
    await waitFor(() => stream.heard.includes('event: alerts'));
    await output.present('raised', { ...alert, images: { ...alert.images, plate } });
    await get(`${url}api/live/${detectionId}/plate.jpg`, { cookie });
    const told = unit.records.map(({ operation, object, who }) => [
      operation,
      object,
      who.username,
    ]);
    expect(told.slice(-3)).toEqual([
      ['alerts.watch', null, 'ada'],
      ['alerts.show', `alert ${detectionId}`, 'ada'],
      ['alerts.image', `alert ${detectionId} plate`, 'ada'],
    ]);
    // Who comes later is shown what is there already: which alerts is on record, not only how many.
    await watch(console);
    expect(unit.records.at(-1)).toMatchObject({
      operation: 'alerts.watch',
      query: { alerts: [detectionId] },
      results: 1,
    });
  });

  test('the page keeps to the rights to lists that every operation asks for (USR-9)', async () => {
    const console = await runConsole({ listener, profile: 'barstow' });
    const { url, unit, output } = console;
    const jpeg = new TextEncoder().encode('jpeg bytes');
    const plate = { jpeg, width: 1, height: 1, takenAtMs: 0 };
    const images = { ...exampleAlert().images, plate };
    const { secondFactor } = await console.loginOf('ada');
    const ada = (await unit.login('ada', goodPassword, secondFactor)).token;
    const watchAs = async (username: string, listSources: ListSource[]) => {
      await unit.join(ada, { username, role: 'officer', listSources });
      const cookie = await console.cookieOf(username);
      return { cookie, stream: await watch({ url, cookie }) };
    };
    const without = await watchAs('reyes', []);
    const entitled = await watchAs('moss', ['state']);
    await waitFor(() => entitled.stream.heard.includes('event: alerts'));

    // Known to two lists, of which neither person may see the federal one.
    const federal = exampleMatch({ list: { id: 'ncic', name: 'NCIC extract' } });
    const hit = exampleHit({ match: federal });
    const other = exampleHit({ id: '019d0000-0000-7000-8000-0000000000b2' });
    const alert = exampleAlert(hit, { others: [other], images });
    await output.present('raised', alert);
    const words = /7ABC123|Honda|driveway|26-004417|stolen|State vehicle list|NCIC|-117\.017/i;
    await waitFor(() => without.stream.heard.includes('event: alert\n'));
    await waitFor(() => entitled.stream.heard.includes('event: alert\n'));
    expect(without.stream.heard).not.toMatch(words);
    expect(without.stream.heard).toContain('"title":"Alert of a list that you may not see"');
    expect(without.stream.heard).toContain('"class":"standard"');
    expect(without.stream.heard).toContain(`"shortId":"${hit.id.slice(-6)}"`);
    expect(entitled.stream.heard).toContain('7ABC123');
    expect(entitled.stream.heard).toContain(`"shortId":"${other.id.slice(-6)}"`);
    expect(entitled.stream.heard).not.toContain('NCIC');

    // Who looks later is told no more, and the picture shows the plate.
    const later = await watch({ url, cookie: without.cookie });
    await waitFor(() => later.heard.includes('event: alerts\n'));
    expect(later.heard).not.toMatch(words);
    const picture = `${url}api/live/${hit.detectionId}/plate.jpg`;
    expect((await get(picture, { cookie: entitled.cookie })).body).toBe('jpeg bytes');
    const refused = await get(picture, { cookie: without.cookie });
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([403, 'source-not-permitted']);

    const shown = unit.records
      .filter(({ operation }) => operation === 'alerts.show')
      .map(({ who, results, note }) => [who.username, results, note?.includes('withheld')]);
    expect(shown).toEqual([
      ['reyes', 0, true],
      ['moss', 1, false],
      ['reyes', 0, true],
    ]);
  });

  test('while the audit log cannot be written no alert is shown, only that there is one', async () => {
    const console = await runConsole({ listener });
    const { url, unit, cookie, output } = console;
    const stream = await watch(console);
    await waitFor(() => stream.heard.includes('event: alerts'));
    unit.auditIsBroken = true;
    await output.present('raised', exampleAlert());
    await waitFor(() => /"ids":\["[^\]]+\],"alerts":\[\]/.test(stream.heard));
    expect(stream.heard).not.toContain('7ABC123');
    // The session is not locked, and no page may say so.
    expect(stream.heard).not.toContain('event: hidden');
    expect((await get(`${url}api/live/x/plate.jpg`, { cookie })).status).toBe(503);
  });

  test('once the audit log takes records again, only what it lacked is noted, once a session', async () => {
    const console = await runConsole({ listener });
    const { unit, output } = console;
    const first = exampleAlert();
    const other = exampleAlert(
      exampleHit({
        id: '019d0000-0000-7000-8000-0000000000b2',
        detectionId: '019d0000-0000-7000-8000-0000000000d2',
      }),
    );
    const own = await watch(console);
    const second = await watch({ url: console.url, cookie: await console.cookieOf('ada') });
    await waitFor(() => second.heard.includes('event: alerts'));
    await output.present('raised', first);
    await waitFor(() => second.heard.includes(first.hit.detectionId));
    unit.auditIsBroken = true;
    await output.present('raised', other);
    await waitFor(() => second.heard.includes(other.hit.detectionId));
    const before = unit.records.length;
    unit.auditIsBroken = false;
    await waitFor(
      () => [own, second].every(({ heard }) => heard.includes(`"hitId":"${other.hit.id}"`)),
      { what: 'the alert on both pages', timeoutMs: 20_000 },
    );
    const noted = unit.records.slice(before).map(({ operation, object }) => [operation, object]);
    const shown = ['alerts.show', `alert ${other.hit.detectionId}`];
    expect(noted).toEqual([shown, shown]);
  });

  test('a foreign host name or site is refused even with a session', async () => {
    const { url, cookie, listener: through } = await runConsole({ listener });
    const status = async (headers: Record<string, string>) =>
      (await get(`${url}api/status`, { cookie, ...headers })).status;
    expect(await status({ host: 'evil.example' })).toBe(421);
    expect(await status({ host: '127.0.0.1.evil.example:7440' })).toBe(421);
    expect(await status({ host: 'localhost:9999' })).toBe(200);
    expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await status({ origin: 'http://evil.example' })).toBe(403);
    expect(await status({ origin: 'null' })).toBe(403);
    // The other listener is a foreign site as well.
    const { host } = new URL(url);
    const [own, other] = through.scheme === 'https' ? ['https', 'http'] : ['http', 'https'];
    expect(await status({ origin: `${own}://${host}` })).toBe(200);
    expect(await status({ origin: `${other}://${host}` })).toBe(403);
  });

  test('a status that is not as expected is shown as far as it can be', async () => {
    const status = {
      heads: [{ id: 'front', state: 'running', health: 'odd' }],
      position: 7,
      hotlists: [{ id: 'svs', name: 'Stolen vehicles', ageS: 60 }],
      secret: 'not shown',
    };
    const console = await runConsole({ listener, status: () => status });
    const { body } = await get(`${console.url}api/status`, { cookie: console.cookie });
    expect(JSON.parse(body)).toEqual({
      heads: [{ id: 'front', state: 'running' }],
      hotlists: [{ id: 'svs', name: 'Reported: Stolen vehicles', ageS: 60 }],
      watching: 1,
      run: { boot: expect.any(String), nowMs: expect.any(Number), page: expect.any(String) },
      ...(console.listener.scheme === 'https'
        ? {}
        : { motion: { moving: false, isSpeedKnown: false, passenger: false } }),
    });
  });

  test('pictures of an alert come from memory under its id', async () => {
    const console = await runConsole({ listener });
    const { cookie } = console;
    const jpeg = new TextEncoder().encode('jpeg bytes');
    const plate = { jpeg, width: 1, height: 1, takenAtMs: 0 };
    const alert = exampleAlert();
    await console.output.present('raised', { ...alert, images: { ...alert.images, plate } });
    const path = `${console.url}api/live/${alert.hit.detectionId}`;
    expect((await get(`${path}/plate.jpg`, { cookie })).body).toBe('jpeg bytes');
    expect((await get(`${path}/overview.jpg`, { cookie })).status).toBe(404);
    expect((await get(`${path}/etc.jpg`, { cookie })).status).toBe(400);
  });
});

test('the command line logs in by a bearer token and never by a cookie', async () => {
  const { url, loginOf } = await runConsole();
  const header = { 'x-lookout': 'command-line' };
  const { cookie, body } = await ask('POST', `${url}api/session`, header, await loginOf('ada'));
  expect(cookie).toBe('');
  const { token } = JSON.parse(body) as { token: string };
  const authorization = `Bearer ${token}`;
  expect((await get(`${url}api/users`, { authorization })).status).toBe(200);
  const answer = await ask(
    'POST',
    `${url}api/inquiries`,
    { ...header, authorization },
    {
      input: { purpose: 'audit', caseNumber: '26-0042', reason: 'yearly audit' },
    },
  );
  expect(JSON.parse(answer.body)).toMatchObject({ purpose: 'audit', caseNumber: '26-0042' });
  expect((await get(`${url}api/users`, { cookie: `lookout-unit-1=${token}` })).status).toBe(401);
});

test('a port in use is reported with what to do, and had when it is free', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const console = await runConsole({ port });
  expect(console.output.health()).toMatchObject({ state: 'failed' });
  expect(console.output.health().problem).toMatch(/set console.port to another/);
  await new Promise((resolve) => holder.close(resolve));
  await waitFor(async () => (await get(console.url).catch(() => null))?.status === 200);
});

test('a car without an open screen has no visible alert and says so; a pole needs none', async () => {
  const car = await runConsole();
  expect(car.output.health()).toMatchObject({ state: 'failed' });
  expect(car.output.health().problem).toMatch(/No screen has the alert page open/);
  const pole = await runConsole({ mode: 'fixed' });
  expect(pole.output.health()).toEqual({ state: 'ok', problem: null });
});

test('that no screen is open is not told on the page that is open', async () => {
  const problem = 'No screen has the alert page open: open it and log in.';
  const outputs = [{ name: 'page', state: 'failed', problem }];
  const console = await runConsole({ status: () => ({ outputs }) });
  const shown = async (cookie: string) =>
    JSON.parse((await get(`${console.url}api/status`, { cookie })).body).outputs;
  expect(await shown(console.cookie)).toEqual([{ name: 'page', state: 'ok', problem: null }]);
});
