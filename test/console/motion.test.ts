import { expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { runConsole } from './running-console.ts';
import { askAsPage } from './screen.ts';

const minuteMs = 60_000;

/** The console of a car whose receiver tells what the test says, on a clock that the test turns. */
async function car(mode: 'mobile' | 'fixed' = 'mobile') {
  const at = { ms: 1_000_000, kmh: null as number | null };
  const console = await runConsole({
    mode,
    steady: () => at.ms,
    status: () => ({ position: { speedMps: at.kmh === null ? null : at.kmh / 3.6 } }),
  });
  const { url } = console;
  const ask = (method: string, path: string, cookie = console.cookie) =>
    askAsPage(url, { method, path, cookie, body: {} });
  const motion = async (cookie = console.cookie) =>
    (await ask('GET', 'api/status', cookie)).body.motion;
  /** What the page is told at a speed. */
  const driven = async (kmh: number | null) => {
    at.kmh = kmh;
    return (await motion()).moving;
  };
  return { console, at, ask, motion, driven };
}

test('PRA-12: a car moves above 8 km/h, and stands again below 4 km/h', async () => {
  const { driven } = await car();
  const speeds = [0, 5, 7.9, 8.1, 5, 4.1, 3.9, 5, 7.9, 60];
  const moving: boolean[] = [];
  for (const kmh of speeds) moving.push(await driven(kmh));
  expect(moving).toEqual([false, false, false, true, true, true, false, false, false, true]);
});

test('without a speed the last state holds for two minutes; then the car counts as standing', async () => {
  const { at, driven, motion } = await car();
  expect(await driven(null)).toBe(false);
  expect(await driven(50)).toBe(true);
  at.ms += 2 * minuteMs;
  expect(await driven(null)).toBe(true);
  expect(await motion()).toMatchObject({ isSpeedKnown: false });
  at.ms += 1000;
  expect(await driven(null)).toBe(false);
  expect(await driven(50)).toBe(true);
});

test('a pole or a desk neither moves nor has a passenger', async () => {
  const { at, ask, motion } = await car('fixed');
  at.kmh = 50;
  expect(await motion()).toBeUndefined();
  const { status, body } = await ask('POST', 'api/passenger');
  expect([status, body.code]).toEqual([409, 'not-a-car']);
});

test('PRA-12: the passenger’s switch is on record, of one session alone, and ends by hand', async () => {
  const { console, ask, motion, driven } = await car();
  await driven(50);
  expect((await ask('POST', 'api/passenger')).body).toMatchObject({
    passenger: true,
    moving: true,
  });
  expect(console.unit.records.at(-1)).toMatchObject({
    operation: 'passenger.begin',
    outcome: 'done',
    who: { username: 'ada' },
  });
  const from = 'page 127.0.0.1';
  const { token } = await console.unit.login('ada', goodPassword, undefined, from);
  expect(await motion(`lookout-unit-1=${token}`)).toMatchObject({ passenger: false, moving: true });
  expect((await ask('POST', 'api/passenger/end')).body).toMatchObject({ passenger: false });
  expect(console.unit.records.at(-1)).toMatchObject({
    operation: 'passenger.end',
    outcome: 'done',
  });
});

test('the passenger’s switch ends when the car has stood for ten minutes, and with the session', async () => {
  const { console, at, ask, motion, driven } = await car();
  await driven(50);
  await ask('POST', 'api/passenger');
  at.ms += 60 * minuteMs;
  await driven(50);
  expect(await motion()).toMatchObject({ passenger: true });
  await driven(0);
  at.ms += 10 * minuteMs - 1;
  await driven(0);
  expect(await motion()).toMatchObject({ passenger: true });
  at.ms += 1;
  await driven(0);
  expect(await motion()).toMatchObject({ passenger: false });
  expect(console.unit.records.at(-1)).toMatchObject({
    operation: 'passenger.end',
    from: 'unit',
    who: { username: 'ada' },
    note: 'ended: the car has stood for ten minutes',
  });

  await ask('POST', 'api/passenger');
  await ask('DELETE', 'api/session');
  const from = 'page 127.0.0.1';
  const { token } = await console.unit.login('ada', goodPassword, undefined, from);
  expect(await motion(`lookout-unit-1=${token}`)).toMatchObject({ passenger: false });
  expect(console.unit.records.at(-1)?.note).toBe('ended: the session is over');
});
