import type { ListSchedule } from '../../config/sections/lists.ts';

/** What is tried and fails for now is tried again after this, ms. */
const againAfterMs = 5 * 60_000;
/** A folder that is looked into all the time. */
const lookEveryMs = 5_000;

/** How far a schedule has come. */
export interface ScheduleProgress {
  /** When it was last carried out to its end, whatever that was; null: never. */
  doneMs: number | null;
  /** When it was last tried; null: never. */
  triedMs: number | null;
}

/**
 * Whether a schedule is to be carried out now. A run that was missed, as headquarters was off, is made up for once. One that
 * was tried and did not come to its end is tried again every five minutes.
 */
export function isDue(
  { at, everyMin }: Pick<ListSchedule, 'at' | 'everyMin'>,
  { doneMs, triedMs }: ScheduleProgress,
  nowMs: number,
): boolean {
  const isFailing = triedMs !== null && (doneMs === null || triedMs > doneMs);
  // A clock that was set back makes all of it later than now.
  if (isFailing && nowMs - triedMs < againAfterMs && nowMs >= triedMs) return false;
  if (doneMs === null || doneMs > nowMs) return true;
  if (at !== undefined) return doneMs < lastTimeOf(at, nowMs);
  return nowMs - doneMs >= (everyMin === undefined ? lookEveryMs : everyMin * 60_000);
}

/** The last time that it was `at` o'clock, in the zone of the process, which is the agency's. */
export function lastTimeOf(at: string, nowMs: number): number {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const today = new Date(nowMs);
  today.setHours(hours, minutes, 0, 0);
  if (today.getTime() <= nowMs) return today.getTime();
  const yesterday = new Date(nowMs);
  yesterday.setDate(yesterday.getDate() - 1);
  yesterday.setHours(hours, minutes, 0, 0);
  return yesterday.getTime();
}
