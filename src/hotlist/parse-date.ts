import type { Layout } from '../config/sections/hotlist.ts';

type DateFormat = Layout['dateFormats'][number];

const day: Record<Exclude<DateFormat, 'iso' | 'serial'>, string> = {
  'yyyy-MM-dd': String.raw`(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})`,
  'MM/dd/yyyy': String.raw`(?<m>\d{1,2})[/-](?<d>\d{1,2})[/-](?<y>\d{4}|\d{2})`,
  'dd/MM/yyyy': String.raw`(?<d>\d{1,2})[/-](?<m>\d{1,2})[/-](?<y>\d{4}|\d{2})`,
  'dd-MMM-yyyy': String.raw`(?<d>\d{1,2})[- ](?<m>[A-Z]{3,9})[- ](?<y>\d{4}|\d{2})`,
  yyyyMMdd: String.raw`(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})`,
  MMddyyyy: String.raw`(?<m>\d{2})(?<d>\d{2})(?<y>\d{4})`,
};
const timeOfDay = String.raw`(?:[T ]+(?<h>\d{1,2}):(?<min>\d{2})(?::(?<s>\d{2})(?:\.\d+)?)?\s*(?<half>[AP]M)?)?`;
const patterns = Object.fromEntries(
  Object.entries(day).map(([format, text]) => [format, new RegExp(`^${text}${timeOfDay}$`, 'i')]),
) as Record<keyof typeof day, RegExp>;
const isoTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Words and zeros that mean "no date": NCIC writes NONEXP for an entry that does not expire. */
const noDate =
  /^(?:0+|0000-00-00|00\/00\/0{2,4}|NON-?EXP|NONE?|NEVER|N\/?A|NULL|NIL|INDEF(?:INITE)?|PERM(?:ANENT)?|-+|UNK(?:NOWN)?|9999-12-31.*|99991231|12\/31\/9999)$/i;

/** Whether a cell means "no date". */
export function saysNoDate(text: string): boolean {
  return text === '' || noDate.test(text);
}

/**
 * Reads a date in the first matching format of `formats`, with or without a time of day. A date without a time is a day
 * in this unit's time zone: its first moment, or its last with `endOfDay` (an entry that expires on a day is valid on
 * that day). A two-digit year is the one nearest to `nowMs`. `serial` is a spreadsheet's day number. Returns ms since
 * the epoch, or null if no format matches or the calendar has no such day.
 */
export function parseDate(
  text: string,
  formats: readonly DateFormat[],
  endOfDay: boolean,
  nowMs: number,
): number | null {
  for (const format of formats) {
    const ms =
      format === 'iso'
        ? isoTime.test(text)
          ? Date.parse(text)
          : null
        : format === 'serial'
          ? serialDay(text, endOfDay)
          : dayIn(patterns[format].exec(text)?.groups, endOfDay, nowMs);
    if (ms !== null && !Number.isNaN(ms)) return ms;
  }
  return null;
}

function dayIn(
  parts: Record<string, string> | undefined,
  endOfDay: boolean,
  nowMs: number,
): number | null {
  if (parts === undefined) return null;
  const year = yearOf(parts.y ?? '', nowMs);
  const named = months.indexOf((parts.m ?? '').slice(0, 3).toUpperCase());
  const month = named >= 0 ? named : Number(parts.m) - 1;
  const dayOfMonth = Number(parts.d);
  const first = new Date(year, month, dayOfMonth);
  // JavaScript converts 30 February to a day in March; such a date is refused.
  if (first.getMonth() !== month || first.getDate() !== dayOfMonth || year < 1900) return null;
  if (parts.h === undefined)
    return endOfDay ? lastMoment(year, month, dayOfMonth) : first.getTime();
  const hours = hoursOf(Number(parts.h), parts.half?.toUpperCase());
  const minutes = Number(parts.min);
  const seconds = Number(parts.s ?? 0);
  if (hours === null || hours > 23 || minutes > 59 || seconds > 59) return null;
  return new Date(year, month, dayOfMonth, hours, minutes, seconds).getTime();
}

/** The last moment of a day in this unit's time zone. */
function lastMoment(year: number, month: number, dayOfMonth: number): number {
  return new Date(year, month, dayOfMonth + 1).getTime() - 1;
}

function hoursOf(hours: number, half: string | undefined): number | null {
  if (half === undefined) return hours;
  if (hours < 1 || hours > 12) return null;
  return (hours % 12) + (half === 'PM' ? 12 : 0);
}

/** A two-digit year is within 20 years after now, or else before. */
function yearOf(text: string, nowMs: number): number {
  if (text.length !== 2) return Number(text);
  const thisYear = new Date(nowMs).getFullYear();
  const year = Math.floor(thisYear / 100) * 100 + Number(text);
  return year > thisYear + 20 ? year - 100 : year;
}

/** Days since 30 December 1899, as spreadsheets count them; only those from 1982 to 2064. */
function serialDay(text: string, endOfDay: boolean): number | null {
  if (!/^\d{5}(?:\.\d+)?$/.test(text)) return null;
  const days = Number(text);
  if (days < 30_000 || days > 60_000) return null;
  const whole = Math.floor(days);
  const seconds = Math.round((days - whole) * 86_400);
  if (seconds === 0 && endOfDay) return lastMoment(1899, 11, 30 + whole);
  return new Date(1899, 11, 30 + whole, 0, 0, seconds).getTime();
}
