import type { LayoutConfig } from '../config/sections/hotlist.ts';

type DateFormat = LayoutConfig['dateFormats'][number];

const dayPatterns: Record<Exclude<DateFormat, 'iso'>, RegExp> = {
  'yyyy-MM-dd': /^(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})$/,
  'MM/dd/yyyy': /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})$/,
  'dd/MM/yyyy': /^(?<d>\d{1,2})\/(?<m>\d{1,2})\/(?<y>\d{4})$/,
  yyyyMMdd: /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/,
  MMddyyyy: /^(?<m>\d{2})(?<d>\d{2})(?<y>\d{4})$/,
};
const isoTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads a date in the first of `formats` that fits. A date without a time is a day in this unit's time zone:
 * its first moment, or its last with `endOfDay` (an entry that expires on a day is good for that day).
 * Returns ms since the epoch, or null when no format fits or the calendar has no such day.
 */
export function parseDate(
  text: string,
  formats: readonly DateFormat[],
  endOfDay: boolean,
): number | null {
  for (const format of formats) {
    if (format === 'iso') {
      const ms = isoTime.test(text) ? Date.parse(text) : Number.NaN;
      if (!Number.isNaN(ms)) return ms;
      continue;
    }
    const parts = dayPatterns[format].exec(text)?.groups;
    if (parts === undefined) continue;
    const [year, month, day] = [Number(parts.y), Number(parts.m), Number(parts.d)];
    const first = new Date(year, month - 1, day);
    // JavaScript rolls 30 February over into March; the calendar does not.
    if (first.getMonth() !== month - 1 || first.getDate() !== day || year < 1900) continue;
    return endOfDay ? new Date(year, month - 1, day + 1).getTime() - 1 : first.getTime();
  }
  return null;
}
