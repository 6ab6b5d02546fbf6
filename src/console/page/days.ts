import { unitNowMs, when } from './words.ts';

const hourMs = 3_600_000;

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A day in words, with its year where that is another one than now: "29 December". `at`: ms, or "2026-12-29". */
export function dayWords(at: number | string): string {
  const [year = '', month = '', day = ''] = (typeof at === 'number' ? when(at) : at)
    .slice(0, 10)
    .split('-');
  const words = `${Number(day)} ${monthNames[Number(month) - 1] ?? month}`;
  return year === when(unitNowMs()).slice(0, 4) ? words : `${words} ${year}`;
}

/** The last day of what ends at a time: one that ends at midnight ends with the day before. */
export const lastDayWords = (endMs: number): string => dayWords(endMs - 1);

/** The begin of a time's day in the unit's zone. */
export function midnightBefore(ms: number): number {
  const [hours = 0, minutes = 0] = when(ms).slice(11).split(':').map(Number);
  const midnight = Math.floor(ms / 60_000) * 60_000 - (hours * 60 + minutes) * 60_000;
  // The clock was set since: the day before, or an hour into this one.
  const [lateH = 0, lateMin = 0] = when(midnight).slice(11).split(':').map(Number);
  const lateMs = (lateH * 60 + lateMin) * 60_000;
  return lateMs < 12 * hourMs ? midnight - lateMs : midnight + 24 * hourMs - lateMs;
}
