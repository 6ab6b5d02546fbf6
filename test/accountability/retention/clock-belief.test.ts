import { describe, expect, it } from 'vitest';
import {
  type ClockWitnesses,
  createClockBelief,
} from '../../../src/accountability/retention/clock-belief.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { createTimeCheck } from '../../../src/daemon/time-sure.ts';
import { createHeadquartersTime } from '../../../src/uplink/headquarters-time.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const noon = Date.UTC(2026, 10, 29, 12);

/** A machine whose clock, boots and sources of time a test turns; `start` is a start of the daemon or of a command. */
function machine() {
  const db = openUnitDatabase(temporaryFolder());
  const time = { clockMs: noon, sinceBootMs: 0, bootId: 'first' };
  const said: ClockWitnesses = { satellitesOffsetMs: null, headquartersOffsetMs: null };
  return {
    time,
    said,
    /** Time passes, and the clock with it. */
    passes(ms: number) {
      time.clockMs += ms;
      time.sinceBootMs += ms;
    },
    /** Switched off for so long, and on again. */
    off(ms: number) {
      time.clockMs += ms;
      time.sinceBootMs = 0;
      time.bootId = `${time.bootId} and on`;
    },
    start: (options: { hasWitnesses?: boolean; keeps?: boolean } = {}) =>
      createClockBelief({
        db,
        clock: () => time.clockMs,
        sinceBoot: { bootId: time.bootId, ms: () => time.sinceBootMs },
        witnesses: () => ({ ...said }),
        hasWitnesses: true,
        keeps: true,
        ...options,
      }),
  };
}

describe('a clock that was confirmed', () => {
  it.each([
    ['two hours', 2 * hourMs],
    ['five days', 5 * dayMs],
    ['three years', 1096 * dayMs],
    ['1024 weeks', 7168 * dayMs],
  ])('and is set %s ahead is not believed, and is again once it is right', (_, aheadMs) => {
    const { time, said, passes, start } = machine();
    said.headquartersOffsetMs = 200;
    const belief = start();
    expect(belief.believes()).toBe(true);
    // The link is down from here on.
    said.headquartersOffsetMs = null;
    passes(hourMs);
    time.clockMs += aheadMs;
    expect(belief.believes()).toBe(false);
    expect(belief.now()).toBe(noon + hourMs);
    expect(belief.forAges()).toBe(noon + hourMs);
    expect(belief.health().problem).toMatch(/ahead of the time that has passed/);
    passes(60_000);
    belief.save();
    // The daemon and a command that start now are not deceived either.
    expect(start().believes()).toBe(false);
    expect(start({ keeps: false }).now()).toBe(noon + hourMs + 60_000);
    time.clockMs -= aheadMs;
    expect(belief.believes()).toBe(true);
    expect(belief.health().problem).toBeNull();
  });

  it('may run for months without a word from anyone', () => {
    const { said, passes, start } = machine();
    said.satellitesOffsetMs = 0;
    const belief = start();
    belief.save();
    said.satellitesOffsetMs = null;
    passes(200 * dayMs);
    expect(belief.believes()).toBe(true);
    expect(belief.now()).toBe(noon + 200 * dayMs);
  });
});

describe('what satellites and headquarters say', () => {
  it.each([
    ['both agree', 900, -500, true, true],
    ['headquarters alone agrees', null, 59 * 60_000, true, true],
    ['satellites tell another year, headquarters agrees', -365 * dayMs, 0, false, false],
    ['headquarters tells another year, satellites agree', 0, -1096 * dayMs, false, false],
    ['headquarters is two hours behind', null, -2 * hourMs, false, false],
    ['no number', Number.NaN, null, false, false],
  ])('%s', (_, satellitesOffsetMs, headquartersOffsetMs, believed, confirmed) => {
    const { said, start } = machine();
    Object.assign(said, { satellitesOffsetMs, headquartersOffsetMs });
    const belief = start();
    expect(belief.believes()).toBe(believed);
    expect(belief.isConfirmed()).toBe(confirmed);
    expect(belief.health()).toMatchObject({
      believed,
      satellitesOffsetMs,
      headquartersOffsetMs,
      problem: believed ? null : expect.stringMatching(/headquarters|satellites/),
    });
  });

  it('confirms a clock that was far ahead at the first start and has been set right', () => {
    const { time, said, passes, start } = machine();
    time.clockMs += 1096 * dayMs;
    const belief = start();
    belief.save();
    time.clockMs -= 1096 * dayMs;
    passes(60_000);
    expect(belief.health().problem).toMatch(/1096 days behind/);
    said.headquartersOffsetMs = 0;
    expect(belief.now()).toBe(noon + 60_000);
    belief.save();
    expect(start().now()).toBe(noon + 60_000);
  });
});

describe('after the machine was off', () => {
  it('for a night, its clock is believed; for a weekend, only when it is confirmed', () => {
    const { said, off, start } = machine();
    said.satellitesOffsetMs = 0;
    start().save();
    said.satellitesOffsetMs = null;
    off(14 * hourMs);
    expect(start().believes()).toBe(true);
    off(60 * hourMs);
    const belief = start();
    expect(belief.believes()).toBe(false);
    // How long it was off is not known, so that a list of unknown age does not alert.
    expect(belief.forAges()).toBe(noon + 74 * hourMs);
    said.satellitesOffsetMs = 40;
    expect(belief.believes()).toBe(true);
  });

  it('night after night without a word, the clock does not walk away', () => {
    const { off, start } = machine();
    start().save();
    off(20 * hourMs);
    start().save();
    off(20 * hourMs);
    expect(start().believes()).toBe(false);
  });

  it('where nothing can ever confirm it, its clock may be a week ahead, and no more', () => {
    const { off, start } = machine();
    const alone = { hasWitnesses: false };
    start(alone).save();
    for (let weeks = 0; weeks < 3; weeks += 1) {
      off(6 * dayMs);
      const belief = start(alone);
      expect(belief.believes()).toBe(true);
      belief.save();
    }
    off(8 * dayMs);
    const belief = start(alone);
    expect(belief.believes()).toBe(false);
    belief.accept();
    expect(belief.believes()).toBe(true);
  });

  it('where nothing can ever confirm it, a jump while it runs is not believed', () => {
    const { time, start } = machine();
    const belief = start({ hasWitnesses: false });
    expect(belief.believes()).toBe(true);
    time.clockMs += 2 * hourMs;
    expect(belief.believes()).toBe(false);
  });

  it('a clock without a battery, back in 2020, deletes nothing early and is said', () => {
    const { time, said, off, start } = machine();
    said.headquartersOffsetMs = 0;
    start().save();
    said.headquartersOffsetMs = null;
    off(0);
    time.clockMs = Date.UTC(2020, 0, 1);
    const belief = start();
    expect(belief.now()).toBe(noon);
    expect(belief.health().problem).toMatch(/behind the time that this unit has seen/);
    time.clockMs = noon + 3 * hourMs;
    expect(belief.believes()).toBe(true);
  });
});

it('another process that accepts the clock is heard', () => {
  const { time, start } = machine();
  const daemon = start({ hasWitnesses: false });
  daemon.save();
  time.clockMs += 30 * dayMs;
  expect(daemon.believes()).toBe(false);
  start({ hasWitnesses: false, keeps: false }).accept();
  daemon.save();
  expect(daemon.believes()).toBe(true);
});

describe('headquarters’ time', () => {
  const id = '0197c0de-0000-7000-8000-000000000001';

  it('is that of an answer to what was just sent, and then goes on by itself', () => {
    let clockMs = noon;
    let sinceBootMs = 0;
    const time = createHeadquartersTime(
      () => clockMs,
      () => sinceBootMs,
    );
    expect(time.offsetMs()).toBeNull();
    time.asked(id);
    sinceBootMs += 400;
    clockMs += 400;
    time.heard({ ids: [id], at: new Date(noon + 200).toISOString() });
    expect(time.offsetMs()).toBe(0);
    sinceBootMs += 5000;
    clockMs += 5000 + dayMs;
    expect(time.offsetMs()).toBe(-dayMs);
  });

  it('is not that of a message which may have waited at the broker', () => {
    let sinceBootMs = 0;
    const time = createHeadquartersTime(
      () => noon,
      () => sinceBootMs,
    );
    const at = new Date(noon - dayMs).toISOString();
    time.heard({ ids: [id], at });
    time.asked(id);
    sinceBootMs += 61_000;
    time.heard({ ids: [id], at });
    time.asked(id);
    time.heard({ ids: [id] });
    time.heard({ ids: [], at });
    expect(time.offsetMs()).toBeNull();
  });
});

it('a recorded drive that is played tells no time', () => {
  const check = createTimeCheck();
  const health = (source: 'replay' | 'nmea') =>
    ({ health: () => ({ source, clockOffsetMs: 5 }) }) as Parameters<typeof check.askPosition>[0];
  check.askPosition(health('replay'));
  expect(check.witnesses().satellitesOffsetMs).toBeNull();
  check.askPosition(health('nmea'));
  expect(check.witnesses().satellitesOffsetMs).toBe(5);
});

describe('the time of day that is sure', () => {
  it('is that of the satellites, else of headquarters, however far the clock is off', () => {
    const { time, said, start } = machine();
    const belief = start();
    said.headquartersOffsetMs = -3 * hourMs;
    expect(belief.sure()).toBe(noon - 3 * hourMs);
    said.satellitesOffsetMs = -3 * hourMs + 200;
    expect(belief.sure()).toBe(noon - 3 * hourMs + 200);
    time.clockMs += dayMs;
    said.satellitesOffsetMs = null;
    said.headquartersOffsetMs = -3 * hourMs - dayMs;
    expect(belief.sure()).toBe(noon - 3 * hourMs);
  });

  it('is not known while satellites and headquarters contradict each other', () => {
    const { said, start } = machine();
    said.satellitesOffsetMs = 0;
    said.headquartersOffsetMs = 5 * hourMs;
    expect(start().sure()).toBeNull();
    said.satellitesOffsetMs = Number.NaN;
    said.headquartersOffsetMs = null;
    expect(start().sure()).toBeNull();
  });

  it('goes on by the time that passes once it was told, and not by a clock that is set', () => {
    const { time, said, passes, start } = machine();
    said.satellitesOffsetMs = 50 * 60_000;
    const belief = start();
    expect(belief.sure()).toBe(noon + 50 * 60_000);
    said.satellitesOffsetMs = null;
    passes(hourMs);
    time.clockMs -= 5 * hourMs;
    expect(belief.sure()).toBe(noon + hourMs + 50 * 60_000);
  });

  it('is not known after a start of the machine until it is told; where nobody ever tells it, the clock counts', () => {
    const { said, off, start } = machine();
    said.satellitesOffsetMs = 0;
    start().save();
    said.satellitesOffsetMs = null;
    off(hourMs);
    expect(start().sure()).toBeNull();
    said.satellitesOffsetMs = 0;
    expect(start().sure()).toBe(noon + hourMs);
    const alone = machine();
    expect(alone.start({ hasWitnesses: false }).sure()).toBe(noon);
  });
});
