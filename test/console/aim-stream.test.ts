import cookies from '@fastify/cookie';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import type { AimLine } from '../../src/console/aim-line.ts';
import type { AimCameras } from '../../src/console/aim-operations.ts';
import { createAim } from '../../src/console/aim-stream.ts';
import type { PreviewFrame } from '../../src/vision/head/preview-frame.ts';
import type { PreviewWatcher } from '../../src/vision/head/preview-watch.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { openStaffedUnit } from '../support/staffed-unit.ts';
import { waitFor } from '../support/wait-for.ts';
import { startUnitConsole } from './unit-console.ts';

const frame: PreviewFrame = {
  ...{ head: 'front', takenAtMs: 1, width: 1280, height: 720, skewMs: 3, test: null, colour: null },
  covered: Uint8Array.of(1, 1),
  clear: Uint8Array.of(2, 2),
  plates: [{ box: [1, 2, 100, 50], widthPx: 98, tiltDeg: 1, unread: null }],
  quality: { brightness: 80, clippedShare: 0, sharpness: 120 },
};

/** A unit with one camera, and what it shows to those who look. */
async function openUnit() {
  const watchers = new Set<PreviewWatcher>();
  const cameras: AimCameras = {
    has: (head) => head === 'front',
    watch(_, watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    figures: () => null,
    beginTest: () => undefined,
    endTest: () => undefined,
    settings: { list: async () => [], set: () => Promise.reject(new Error('none')) },
  };
  const staffed = await openStaffedUnit('vallejo', { at: new Date().toISOString() });
  staffed.join('tess', 'maintenance', 'Tess Rivera');
  const { console } = await startUnitConsole(staffed, undefined, 0, cameras);
  const { people, audit } = staffed.accountability;

  const loginOf = async (username: string): Promise<string> => {
    const login = { username, password: goodPassword, noticeAcknowledged: true };
    const { token } = await people.login(login, 'page 127.0.0.1');
    return `lookout-${staffed.config.unit.id}=${token}`;
  };
  const post = (cookie: string, path: string, body: unknown, signal?: AbortSignal) =>
    fetch(`${console.url}api/${path}`, {
      method: 'POST',
      headers: { cookie, 'x-lookout': 'page', 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  /** Looks, and keeps each line that comes. */
  const look = async (cookie: string, path: string, body: unknown = {}) => {
    const leaving = new AbortController();
    onTestFinished(() => leaving.abort());
    const answer = await post(cookie, path, body, leaving.signal);
    const lines: AimLine[] = [];
    void (async () => {
      let text = '';
      for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const parts = (text + part).split('\n');
        text = parts.pop() ?? '';
        lines.push(...parts.map((each) => JSON.parse(each)));
      }
    })().catch(() => undefined);
    return { status: answer.status, lines, leave: () => leaving.abort() };
  };
  return { watchers, cameras, staffed, audit, loginOf, post, look };
}

test('a look is recorded once, shows covered plates, and ends with the page', async () => {
  const { watchers, audit, loginOf, look } = await openUnit();
  const { status, lines, leave } = await look(await loginOf('tess'), 'cameras/front/aim');
  expect(status).toBe(200);
  expect([...watchers].map(({ isClear }) => isClear)).toEqual([false]);
  for (const watcher of watchers) {
    watcher.show({ ...frame, clear: null });
    watcher.show({ ...frame, clear: null });
  }
  await waitFor(() => lines.length === 2);
  expect(lines[0]).toMatchObject({ type: 'frame', isClear: false, jpeg: 'AQE=', width: 1280 });
  expect(JSON.stringify(lines)).not.toContain('AgI=');
  leave();
  await waitFor(() => watchers.size === 0);
  expect(audit.read({ operation: 'cameras.aim' }, { limit: 10 })).toMatchObject([
    { outcome: 'done', object: 'camera front', who: { username: 'tess' } },
  ]);
});

test('who may see no plate gets no picture with one, and nobody without a purpose', async () => {
  const { watchers, loginOf, look } = await openUnit();
  const technician = await look(await loginOf('tess'), 'cameras/front/aim-clear');
  expect(technician.status).toBe(403);
  const administrator = await loginOf('ada');
  expect((await look(administrator, 'cameras/front/aim-clear')).status).toBe(400);
  expect(watchers.size).toBe(0);
  const inquiry = { purpose: 'audit', caseNumber: '26-0042', reason: 'aiming of the front camera' };
  const { status, lines } = await look(administrator, 'cameras/front/aim-clear', { inquiry });
  expect(status).toBe(200);
  for (const watcher of watchers) watcher.show({ ...frame, covered: null });
  await waitFor(() => lines.length === 1);
  expect(lines[0]).toMatchObject({ isClear: true, jpeg: 'AgI=' });
});

test.each([
  ['session/lock', 'locked'],
  ['session', 'ended'],
])('a look ends with its session: %s', async (path, why) => {
  const { watchers, loginOf, look, post, staffed } = await openUnit();
  const cookie = await loginOf('tess');
  const { lines } = await look(cookie, 'cameras/front/aim');
  if (path === 'session') {
    staffed.accountability.people.logout(cookie.split('=')[1] ?? '', 'page 127.0.0.1');
  } else await post(cookie, path, { input: {} });
  // Also a frame that comes at this very moment is shown no more.
  for (const watcher of watchers) watcher.show({ ...frame, clear: null });
  await waitFor(() => lines.length > 0);
  expect(lines).toEqual([{ type: 'over', why }]);
  expect(watchers.size).toBe(0);
});

test('a camera that there is not, a fifth look of one browser and a seventh of all are refused in words', async () => {
  const { loginOf, look, post } = await openUnit();
  const cookie = await loginOf('tess');
  const refused = async (path: string) => {
    const answer = await post(cookie, path, {});
    return { status: answer.status, ...((await answer.json()) as { code: string; error: string }) };
  };
  const none = await refused('cameras/rear/aim');
  expect([none.status, none.error]).toEqual([404, 'There is no such camera.']);
  const refusedOf = async (who: string) => {
    const answer = await post(who, 'cameras/front/aim', {});
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };
  const looks = async (who: string, count: number) => {
    for (let n = 0; n < count; n += 1) await look(who, 'cameras/front/aim');
  };
  await looks(cookie, 4);
  expect(await refusedOf(cookie)).toEqual([429, 'too-many-looks']);
  await looks(await loginOf('tess'), 2);
  expect(await refusedOf(await loginOf('tess'))).toEqual([429, 'too-many-looks']);
});

test('a look ends by itself: nobody may be there any more', async () => {
  const { staffed, cameras, watchers, loginOf } = await openUnit();
  const { people, audit } = staffed.accountability;
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(cookies);
  const cookieName = `lookout-${staffed.config.unit.id}`;
  const deps = { cameras, people, audit, onAuditFailure: () => undefined };
  createAim({ ...deps, longestMs: 50 }).routes({
    ...{
      app,
      cookieName,
      headersFor: () => ({}),
      scheme: 'http',
      isRemote: false,
      url: '',
      namedUrl: null,
      problem: null,
    },
    start: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  });
  const answer = await app.inject({
    ...{ method: 'POST', url: '/api/cameras/front/aim', payload: {} },
    headers: { cookie: await loginOf('tess') },
  });
  expect(answer.body).toBe('{"type":"over","why":"time"}\n');
  expect(watchers.size).toBe(0);
});
