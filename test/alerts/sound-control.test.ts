import { expect, onTestFinished, test } from 'vitest';
import type { Alert, AlertOutput } from '../../src/alerts/alert.ts';
import { createAlertDesk } from '../../src/alerts/alert-desk.ts';
import { createRepeats } from '../../src/alerts/repeats.ts';
import { createSoundControl } from '../../src/alerts/sound-control.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createLog } from '../../src/platform/log.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  exampleAlert,
  exampleDirection,
  exampleFix,
  exampleHit,
  exampleMatch,
  exampleReport,
  startMs,
} from './sample-alerts.ts';

const minuteMs = 60_000;
const reyes = { name: 'Test reyes (reyes)', session: 's-1' };

/** The control of a sound that works, on clocks that the test turns. */
function openControl() {
  const heard: string[] = [];
  const output: AlertOutput = {
    name: 'sound',
    async start() {},
    async present(event, alert) {
      heard.push(`${event} ${alert.class}`);
    },
    async test() {
      heard.push('test');
    },
    health: () => ({ state: 'ok', problem: null }),
    async [Symbol.asyncDispose]() {},
  };
  const ended = new Set<string>();
  const unit = { wallMs: startMs, steadyMs: 1000 };
  const control = createSoundControl({
    outputs: [output],
    isHeld: (session) => !ended.has(session),
    clock: () => unit.wallMs,
    steady: () => unit.steadyMs,
  });
  const config = configSchema.parse({});
  const desk = createAlertDesk({
    ...{ config: config.alerts, hotlist: config.hotlist, unit: config.unit, outputs: [output] },
    log: createLog({ level: 'silent' }),
    isMuted: control.isMuted,
  });
  onTestFinished(() => desk[Symbol.asyncDispose]());
  let vehicles = 0;
  return {
    ...{ control, heard, unit, ended },
    raise(category: 'amber' | 'stolen_vehicle') {
      vehicles += 1;
      const of = {
        report: exampleReport({ id: `vehicle-${vehicles}` }),
        matches: [exampleMatch({ entry: { id: `e-${vehicles}`, category } })],
        fix: exampleFix(),
        direction: exampleDirection,
        matchedAtMs: startMs,
      };
      desk.announce(desk.decide(of), of);
    },
  };
}

test('PRA-8: a mute silences all alerts but urgent ones, says until when and by whom, and is taken back', () => {
  const { control, heard, raise } = openControl();
  expect(control.mute(15, reyes)).toEqual({
    state: 'muted',
    discreet: false,
    mutedUntilMs: startMs + 15 * minuteMs,
    by: reyes.name,
    problem: null,
  });
  raise('stolen_vehicle');
  raise('amber');
  expect(heard).toEqual(['raised urgent']);
  expect(control.unmute()).toMatchObject({ state: 'on', mutedUntilMs: null, by: null });
  raise('stolen_vehicle');
  expect(heard).toEqual(['raised urgent', 'raised standard']);
});

test('PRA-8: a mute ends by itself, whatever the clock does, and with the session of who muted', () => {
  const { control, unit, ended } = openControl();
  control.mute(15, reyes);
  unit.wallMs -= 3 * 60 * minuteMs;
  unit.steadyMs += 14 * minuteMs;
  expect(control.isMuted('standard')).toBe(true);
  expect(control.status().mutedUntilMs).toBe(unit.wallMs + minuteMs);
  unit.steadyMs += minuteMs;
  expect(control.isMuted('standard')).toBe(false);
  expect(control.status().state).toBe('on');

  control.mute(15, reyes);
  ended.add(reyes.session);
  expect(control.isMuted('standard')).toBe(false);
  expect(control.status()).toMatchObject({ state: 'on', by: null });
});

test('a unit that makes no sound says so: in words for a sound that is off, in a file, or failing', () => {
  const withHealth = (state: 'ok' | 'off' | 'failed' | 'fallback', problem: string | null) =>
    createSoundControl({
      outputs: [{ name: 'sound', health: () => ({ state, problem }) } as unknown as AlertOutput],
      isHeld: () => true,
    });
  expect(withHealth('ok', null).status().state).toBe('on');
  expect(withHealth('failed', 'No device.').status()).toMatchObject({
    state: 'none',
    problem: 'No device.',
  });
  expect(withHealth('fallback', 'No device.').status().state).toBe('fallback');
  expect(withHealth('off', null).status()).toMatchObject({
    state: 'none',
    problem: expect.stringMatching(/alerts\.sound\.enabled/),
  });
  expect(withHealth('fallback', 'No device.').mute(5, reyes)).toMatchObject({
    state: 'fallback',
    by: reyes.name,
  });
});

const urgent = (id: string): Alert =>
  exampleAlert(
    exampleHit({ detectionId: id, match: exampleMatch({ entry: { category: 'amber' } }) }),
  );

/** Repeats a few milliseconds apart, and what they sounded. */
function openRepeats() {
  const sounded: string[] = [];
  const seen = new Set<string>();
  const repeats = createRepeats({
    everyMs: 5,
    times: 3,
    isUnseen: ({ hit }) => !seen.has(hit.detectionId),
    sound: ({ hit }) => void sounded.push(hit.detectionId),
  });
  onTestFinished(() => repeats.close());
  const of = (id: string) => sounded.filter((each) => each === id);
  /** Another alert has sounded three times since now: time enough for more of the others. */
  const aWhile = async (id: string) => {
    repeats.note('raised', urgent(id));
    await waitFor(() => of(id).length === 3);
  };
  return { repeats, seen, of, aWhile };
}

test('PRA-8: an urgent alert that nobody has seen sounds three more times, and no more', async () => {
  const { repeats, of, aWhile } = openRepeats();
  repeats.note('raised', urgent('one'));
  await waitFor(() => of('one').length === 3);
  await aWhile('other');
  expect(of('one')).toHaveLength(3);
  // News of it is told anew.
  repeats.note('amended', urgent('one'));
  await waitFor(() => of('one').length === 6);
});

test('PRA-8: one that is seen, withdrawn or no longer urgent sounds no more', async () => {
  const { repeats, seen, of, aWhile } = openRepeats();
  for (const id of ['seen', 'withdrawn', 'softer', 'standard']) {
    repeats.note('raised', id === 'standard' ? exampleAlert() : urgent(id));
  }
  seen.add('seen');
  repeats.note('withdrawn', urgent('withdrawn'));
  repeats.note('amended', exampleAlert(exampleHit({ detectionId: 'softer' })));
  await aWhile('other');
  for (const id of ['seen', 'withdrawn', 'softer', 'standard']) expect(of(id)).toEqual([]);
});

test('ALT-9: the voice is held back before a passenger until it is let again, or the session of who asked is over', () => {
  const ended = new Set<string>();
  const control = createSoundControl({ outputs: [], isHeld: (session) => !ended.has(session) });
  expect(control.isHushed()).toBe(false);
  expect(control.hush('one').discreet).toBe(true);
  expect(control.unhush().discreet).toBe(false);
  control.hush('one');
  expect(control.isHushed()).toBe(true);
  ended.add('one');
  expect(control.status().discreet).toBe(false);
});
