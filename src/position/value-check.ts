import { dayMs } from '../platform/clock.ts';
import type { Epoch, Solution } from './epochs.ts';
import type { FixQuality } from './fix.ts';

/** GPS counts weeks modulo 1024; a receiver that has lost count tells a date that many days off. */
const weekCycleMs = 1024 * 7 * dayMs;
/** How far a date that is whole cycles off may differ from the clock besides. */
const cycleToleranceMs = dayMs;
/** No unit ran before this, so a receiver that tells an earlier date is wrong. */
const firstUnitMs = Date.UTC(2026, 0, 1);
/** Years that a date may have: of a live receiver, and of a recording. */
const years = { received: { from: 2020, to: 2100 }, fixed: { from: 2000, to: 2100 } };

/** 0°, 0° is where receivers and programs are that know no place; it is in the Atlantic, 600 km from any road. */
const nowhereDeg = 0.01;
const fewestSatellites = 3;
const mostSatellites = 100;
/** From this HDOP on the place may be off by hundreds of metres; 99.9 stands for none. */
const uselessHdop = 50;
const fastestMps = 100;
const altitudesM = { from: -1000, to: 10_000 };

const bySatellites = new Set<FixQuality>(['fix-2d', 'fix-3d', 'differential', 'rtk']);

/** What the check found since the start. */
export interface ValueFindings {
  /** Fixes that cannot be true; each counts as no fix. */
  refusedFixes: number;
  /** Single values that cannot be true; each was left out of its fix. */
  omittedValues: number;
  /** By how many times 1024 weeks the receiver's date is corrected now; 0 if it is right. */
  weekCycles: number;
  /** What is wrong with the newest moments, and what to do; null if nothing is. */
  problem: string | null;
}

/** An epoch whose values may be used, and whether its time may be compared with the clock. */
export interface CheckedEpoch {
  epoch: Epoch;
  /** The date is the receiver's own, not corrected by the clock. */
  tellsDate: boolean;
}

/** Checks epochs in the order in which they come. */
export interface ValueCheck {
  check(epoch: Epoch): CheckedEpoch;
  findings(): ValueFindings;
}

/**
 * Refuses fixes that cannot be true, and leaves single impossible values out, so that a place, a time or a speed that no
 * vehicle has is never stored or sent.
 *
 * @param options.timeBy as in `createFixKeeper`. Only a live receiver's date is compared with the clock.
 * @param options.isClockSure whether another source than the receiver confirms the clock.
 */
export function createValueCheck(options: {
  timeBy: 'received' | 'fixed';
  isClockSure: () => boolean;
}): ValueCheck {
  const { timeBy, isClockSure } = options;
  let key: Epoch['key'] | null = null;
  let before = new Set<string>();
  let doubts = new Set<string>();
  let refusedFixes = 0;
  let omittedValues = 0;
  let weekCycles = 0;

  /** Every sentence of a moment reports it again: each doubt counts once. */
  function doubt(what: string): boolean {
    if (doubts.has(what)) return false;
    doubts.add(what);
    return true;
  }

  function checkDate({ fixedAtMs, receivedAtMs }: Epoch): number | null {
    if (fixedAtMs === null) return null;
    const cycles = timeBy === 'received' ? cyclesOff(fixedAtMs, receivedAtMs, isClockSure()) : 0;
    weekCycles = cycles;
    const date = fixedAtMs - cycles * weekCycleMs;
    const year = new Date(date).getUTCFullYear();
    if (year >= years[timeBy].from && year <= years[timeBy].to) return date;
    if (doubt('its date')) omittedValues += 1;
    return null;
  }

  return {
    check(epoch) {
      if (epoch.key !== key) {
        key = epoch.key;
        before = doubts;
        doubts = new Set();
      }
      if (epoch.solution === null) return { epoch, tellsDate: false };
      const { solution, refused, omitted } = judge(epoch.solution);
      if (refused !== null && doubt(refused)) refusedFixes += 1;
      for (const what of omitted) if (doubt(what)) omittedValues += 1;
      const fixedAtMs = checkDate(epoch);
      return {
        epoch: { ...epoch, solution, fixedAtMs },
        tellsDate: fixedAtMs !== null && fixedAtMs === epoch.fixedAtMs,
      };
    },
    findings() {
      const all = [...new Set([...before, ...doubts])];
      const cannotBe =
        all.length === 0
          ? null
          : `the receiver sends values that cannot be true, which are not used: ${all.join(', ')}; check its antenna, its view of the sky and its settings`;
      const rollover =
        weekCycles === 0
          ? null
          : `the receiver's date is ${Math.abs(weekCycles)} × 1024 weeks ${weekCycles < 0 ? 'behind' : 'ahead'} and is corrected by the clock; update its firmware or replace it`;
      return {
        refusedFixes,
        omittedValues,
        weekCycles,
        problem: [rollover, cannotBe].filter((each) => each !== null).join('; ') || null,
      };
    },
  };
}

/**
 * By how many cycles of 1024 weeks a receiver's date is off: 0 unless it differs from the clock by whole cycles, and the
 * clock is known to be the right one of both. A receiver tells no date before the first unit; so if it does and the clock
 * does not, the receiver is wrong even when nothing else confirms the clock.
 */
function cyclesOff(fixedAtMs: number, clockMs: number, isClockSure: boolean): number {
  const offsetMs = fixedAtMs - clockMs;
  const cycles = Math.round(offsetMs / weekCycleMs);
  if (cycles === 0 || Math.abs(offsetMs - cycles * weekCycleMs) > cycleToleranceMs) return 0;
  const isReceiverWrong = isClockSure || (fixedAtMs < firstUnitMs && clockMs >= firstUnitMs);
  return isReceiverWrong ? cycles : 0;
}

/** The solution without impossible values, or null if its place cannot be true; and what was doubted, in words. */
function judge(solution: Solution): {
  solution: Solution | null;
  refused: string | null;
  omitted: string[];
} {
  const refused = whyRefused(solution);
  if (refused !== null) return { solution: null, refused, omitted: [] };
  const { hdop, satellites, speedMps, altitudeM } = solution;
  const omitted: string[] = [];
  const unless = (isWrong: boolean, what: string): boolean => {
    if (isWrong) omitted.push(what);
    return !isWrong;
  };
  const moves = unless(speedMps !== null && !within(speedMps, 0, fastestMps), 'its speed');
  return {
    solution: {
      ...solution,
      hdop: unless(hdop !== null && !(hdop > 0 && hdop < uselessHdop), 'its HDOP') ? hdop : null,
      satellites: unless(
        satellites !== null &&
          !(Number.isInteger(satellites) && within(satellites, 0, mostSatellites)),
        'its number of satellites',
      )
        ? satellites
        : null,
      // A receiver measures both together.
      speedMps: moves ? speedMps : null,
      courseDeg: moves ? solution.courseDeg : null,
      altitudeM: unless(
        altitudeM !== null && !within(altitudeM, altitudesM.from, altitudesM.to),
        'its altitude',
      )
        ? altitudeM
        : null,
    },
    refused: null,
    omitted,
  };
}

/** An estimate goes on without satellites, so only its place can be wrong. */
function whyRefused(solution: Solution): string | null {
  const { latitude, longitude, quality, satellites, hdop } = solution;
  if (!within(latitude, -90, 90) || !within(longitude, -180, 180)) return 'its place';
  if (Math.abs(latitude) < nowhereDeg && Math.abs(longitude) < nowhereDeg) return 'a fix at 0°, 0°';
  if (!bySatellites.has(quality)) return null;
  if (satellites !== null && satellites < fewestSatellites) {
    return `a fix from fewer than ${fewestSatellites} satellites`;
  }
  return hdop !== null && hdop >= uselessHdop
    ? `a fix with an HDOP of ${uselessHdop} or more`
    : null;
}

/** False for what is no number. */
function within(value: number, from: number, to: number): boolean {
  return value >= from && value <= to;
}
