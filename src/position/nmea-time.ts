import { dayMs } from '../platform/clock.ts';
/** A day of the calendar, UTC: ms since the epoch at its midnight. */
export type CalendarDate = number;

/** `hhmmss` with or without a fraction, as ms since midnight; null if empty. Throws if invalid. */
export function timeOfDay(field: string | undefined): number | null {
  if (field === undefined || field === '') return null;
  const parts = /^(\d\d)(\d\d)(\d\d)(\.\d*)?$/.exec(field);
  if (parts === null) throw new Error('time');
  const [, hours, minutes, seconds, fraction] = parts;
  // 60 is a leap second.
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) throw new Error('time');
  const ms = fraction === undefined || fraction === '.' ? 0 : Math.round(Number(fraction) * 1000);
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + ms;
}

/**
 * `ddmmyy` or `ddmmyyyy`; null if empty, and for years up to 1980, in which GPS started, because receivers send them before
 * they have the time. Two digits from 80 up mean the last century. Throws if invalid.
 */
export function dateOfDigits(field: string | undefined): CalendarDate | null {
  if (field === undefined || /^0*$/.test(field)) return null;
  const parts = /^(\d\d)(\d\d)(\d\d|\d{4})$/.exec(field);
  if (parts === null) throw new Error('date');
  const [day, month] = [Number(parts[1]), Number(parts[2])];
  const shortYear = Number(parts[3]);
  const year = parts[3]?.length === 4 ? shortYear : shortYear + (shortYear >= 80 ? 1900 : 2000);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) throw new Error('date');
  return year <= 1980 ? null : date.getTime();
}

/** Adds the date to times of day: from the last sentence that had one, rolled over at midnight. */
export interface Calendar {
  /** A time with its date, from RMC or ZDA. */
  anchor(date: CalendarDate, timeMs: number): void;
  /** ms since the epoch; null until a date arrived. */
  dated(timeMs: number): number | null;
}

export function createCalendar(): Calendar {
  let lastMs: number | null = null;
  return {
    anchor(date, timeMs) {
      lastMs = date + timeMs;
    },
    dated(timeMs) {
      if (lastMs === null) return null;
      const sameDay = lastMs - (lastMs % dayMs) + timeMs;
      const nearest = [sameDay, sameDay + dayMs, sameDay - dayMs].reduce((best, candidate) =>
        Math.abs(candidate - (lastMs ?? 0)) < Math.abs(best - (lastMs ?? 0)) ? candidate : best,
      );
      lastMs = Math.max(lastMs, nearest);
      return nearest;
    },
  };
}
