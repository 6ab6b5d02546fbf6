import type { EntryEnd } from '../../accountability/hotplates/hot-plates.ts';
import type { AlertClass } from '../../alerts/alert.ts';
import type { AlertView } from '../alert-view.ts';

/** By how much the unit's clock is ahead of the browser's, ms. */
let aheadMs = 0;

/** `unitNowMs`: what the unit's clock says now. Small differences are those of the way. */
export function useClock(unitNowMs: number): void {
  const differenceMs = unitNowMs - Date.now();
  aheadMs = Math.abs(differenceMs) < 2000 ? 0 : differenceMs;
}

/** A code of the unit as words: `not_wanted` is "not wanted". */
export const codeWords = (code: string): string => code.replaceAll('_', ' ');

/** "1 read", "2 reads". */
export const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;

/** Now by the unit's clock, ms since the epoch: times of the unit are compared with it alone. */
export const unitNowMs = (): number => Date.now() + aheadMs;

const hour = 3600;
const daySeconds = 24 * hour;

/** "14 h", "3 d", "40 s", never broken over two lines; one unit is enough. */
export function span(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))}\u00a0s`;
  if (seconds < 2 * hour) return `${Math.round(seconds / 60)}\u00a0min`;
  if (seconds < 3 * daySeconds) return `${Math.round(seconds / hour)}\u00a0h`;
  return `${Math.round(seconds / daySeconds)}\u00a0d`;
}

/** Times in the unit's zone; nothing is shown before the unit has said it. */
let clock = clockIn(undefined);

/** `zone`: the unit's, such as America/Los_Angeles. */
export function useZone(zone: string): void {
  clock = clockIn(zone);
}

function clockIn(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
    timeZoneName: 'longOffset',
  });
}

function partsOf(ms: number): (type: Intl.DateTimeFormatPartTypes) => string {
  const parts = clock.formatToParts(ms);
  return (type) => parts.find((each) => each.type === type)?.value ?? '';
}

/** Time of day in the unit's zone, with its offset: "14:03:05 -08:00" */
export function timeOfDay(ms: number): string {
  const part = partsOf(ms);
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('hour')}:${part('minute')}:${part('second')} ${offset}`;
}

/** A day and time in the unit's zone, to the minute: "2026-11-29 14:03" */
export function when(ms: number): string {
  const part = partsOf(ms);
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

/** The same with the zone's offset, as on paper: "2026-11-29 14:03 -08:00" */
export const whenOnPaper = (ms: number): string =>
  `${when(ms)} ${timeOfDay(ms).slice('00:00:00 '.length)}`;

/** "38.10410° N, 122.25660° W" */
export function coordinates({
  latitude,
  longitude,
}: {
  latitude: number | null;
  longitude: number | null;
}): string {
  if (latitude === null || longitude === null) return 'Position unknown';
  const north = `${Math.abs(latitude).toFixed(5)}°\u00a0${latitude < 0 ? 'S' : 'N'}`;
  return `${north}, ${Math.abs(longitude).toFixed(5)}°\u00a0${longitude < 0 ? 'W' : 'E'}`;
}

const qualityNames: Record<string, string> = {
  none: 'no GPS fix',
  'fix-2d': 'GPS 2D',
  'fix-3d': 'GPS 3D',
  differential: 'differential GPS',
  rtk: 'GPS RTK',
  estimated: 'estimated',
  manual: 'entered by hand',
  simulated: 'SIMULATED',
  surveyed: 'surveyed',
};

/** "GPS 3D, 1 s old" */
export function fixWords({
  quality,
  ageMs,
  simulated,
}: {
  quality: string;
  ageMs: number | null;
  simulated: boolean;
}): string {
  const name = qualityNames[simulated ? 'simulated' : quality] ?? quality;
  if (quality === 'surveyed' || typeof ageMs !== 'number') return name;
  const age = span(ageMs / 1000);
  return quality === 'none' ? `${name}, last ${age}\u00a0ago` : `${name}, ${age}\u00a0old`;
}

const points = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'];

/** "NE 47°" */
export function compass(deg: number): string {
  return `${points[Math.round(deg / 45) % 8]}\u00a0${Math.round(deg)}°`;
}

export const classNames: Record<AlertClass, string> = {
  urgent: 'Urgent',
  standard: 'Alert',
  near: 'Compare closely',
  informational: 'Informational',
};

/** Whether a unit is on the air, at headquarters. */
export const unitStates: Record<'online' | 'silent' | 'offline', string> = {
  online: 'On the air',
  silent: 'Not heard',
  offline: 'Off',
};

/** How a unit stands with a hot list of headquarters. */
export const listStandings: Record<
  'current' | 'behind' | 'other' | 'none' | 'not-configured' | 'withdrawn' | 'off',
  string
> = {
  current: 'Newest version',
  behind: 'Earlier version',
  other: 'Not from headquarters',
  none: 'Nothing of it',
  'not-configured': 'Not in its configuration',
  withdrawn: 'Taken back, has nothing of it',
  off: 'Switched off there',
};

/** States of the verification. */
export const standingNames: Record<string, string> = {
  raised: 'Not verified',
  confirmation_in_progress: 'Confirmation in progress',
  visually_verified: 'Verified by eye, status not confirmed',
  status_confirmed: 'Status confirmed, not verified by eye',
  validated: 'Verified',
  exigent: 'Exigent',
  mismatch: 'Not the listed vehicle',
  not_wanted: 'Not wanted',
  disposed: 'Closed',
};

/** "The entry was removed at 14:03:05 -08:00 (recovered)." */
export function entryEndWords({ at, how, outcome }: EntryEnd): string {
  const why = outcome === null ? '' : ` (${codeWords(outcome)})`;
  const time = timeOfDay(Date.parse(at));
  return how === 'expired'
    ? `The entry expired at ${time}.`
    : `The entry was removed at ${time}${why}.`;
}

export const missingNames: Record<string, string> = {
  not_fitted: 'no colour camera is fitted',
  skew: 'the colour frame was taken too late or too early',
  no_frame: 'the colour camera gave no frame',
  source_down: 'the colour camera is down',
};

export const motionNames: Record<string, string> = {
  approaching: 'approaching',
  receding: 'moving away',
  stationary: 'standing',
  unknown: 'motion unknown',
};

/** Shape of each class, so that it is not told by colour alone. */
export const classMarks: Record<AlertClass, string> = {
  urgent: '▲',
  standard: '■',
  near: '≈',
  informational: '●',
};

/** "12 s ago" */
export const ago = (ms: number): string => `${span((unitNowMs() - ms) / 1000)}\u00a0ago`;

/** "Sentence", from "sentence". */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "list 14 h old", and how old it is now where that has changed since it matched. */
export function listAge({ asOfMs, ageS }: AlertView['list']): string {
  const [then, now] = [span(ageS), span((unitNowMs() - asOfMs) / 1000)];
  return then === now ? `list ${now}\u00a0old` : `list ${then}\u00a0old, now ${now}`;
}
