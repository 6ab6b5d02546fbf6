import type { Layout } from '../config/sections/hotlist.ts';

type DateFormat = Layout['dateFormats'][number];

/** The day at the beginning of a cell; a month in letters may stand before it, as SQL Server writes it. */
const days: Record<Exclude<DateFormat, 'serial'>, RegExp> = {
  'yyyy-MM-dd': /^(?<y>\d{4})(?<mark>[-/.])(?<m>\d{1,2})\k<mark>(?<d>\d{1,2})/,
  iso: /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})(?=[T ])/,
  'MM/dd/yyyy': /^(?<m>\d{1,2})[/-](?<d>\d{1,2})[/-](?<y>\d{4}|\d{2})/,
  'dd/MM/yyyy': /^(?<d>\d{1,2})[/-](?<m>\d{1,2})[/-](?<y>\d{4}|\d{2})/,
  'dd-MMM-yyyy':
    /^(?:(?<d>\d{1,2})[-/ ]?(?<m>[A-Z]{3,10})[-/ ]?(?<y>\d{4}|\d{2})|(?<m>[A-Z]{3,10})\.?[- ](?<d>\d{1,2})(?:[- ]|, ?)(?<y>\d{4}))/i,
  yyyyMMdd: /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})/,
  MMddyyyy: /^(?<m>\d{2})(?<d>\d{2})(?<y>\d{4})/,
};
/** What may follow the day. DB2 and Oracle write dots between the numbers, others nothing. */
const clocks: readonly RegExp[] = [
  /^(?:[T ]+|-(?=\d\d\.))(?<h>\d{1,2})(?<mark>[:.])(?<min>\d{2})(?:\k<mark>(?<s>\d{2})(?:[.,](?<part>\d+))?)? *(?:(?<half>[AP])\.?M\.?)? *(?<zone>Z|[+-]\d{2}:?\d{2})?$/i,
  /^[T ]*(?<h>\d{2})(?<min>\d{2})(?<s>\d{2})?(?<zone>Z)?$/i,
];
const months = 'JAN|ENE FEB MAR APR|ABR MAY JUN JUL AUG|AGO SEP OCT NOV DEC|DIC'
  .split(' ')
  .map((names) => names.split('|'));

/** Words and numbers that mean "no date": NCIC writes NONEXP for an entry that does not expire. */
const noDate =
  /^(?:NON[- ]?EXP(?:IRING)?|NO ?EXP(?:IRATION|IRY)?|DOES NOT EXPIRE|NEVER|UNTIL CANCELL?ED|UFN|OPEN|ONGOING|TBD|NONE?|N\/?A|NULL|NIL|NA[NT]|\\N|INDEF(?:INITE)?|PERM(?:ANENT)?|UNK(?:NOWN)?|9{4,}|99\D99\D(?:99)+|9999-12-31.*|99991231.*|(?:12.31|31.12).9999|2958465)$/i;
/** No letter, and no digit but zeros: "00/00/0000", "__/__/____", "?". */
const emptyDate = /^[^\p{L}1-9]*$/u;
/** The days that programs count from, and write where they have no date. */
const zeroDays: ReadonlySet<string> = new Set(
  '1-1-1 1601-1-1 1753-1-1 1899-12-30 1899-12-31 1900-1-0 1900-1-1 1969-12-31 1970-1-1'.split(' '),
);

/** Whether a cell means "no date". */
export function saysNoDate(text: string): boolean {
  return emptyDate.test(text) || noDate.test(text.replace(/^[(<[{]+(.*?)[)>\]}]+$/, '$1'));
}

/**
 * Reads a date in the first matching format of `formats`, with or without a time of day and an offset from UTC. A date
 * without a time, or with midnight, is a day in this unit's time zone: its first moment, or its last with `endOfDay` (an entry that expires
 * on a day is valid on that day). A two-digit year is the one nearest to `nowMs`. `serial` is a spreadsheet's day number.
 * Returns ms since the epoch; `none` for a day that a program writes where it has no date; null if no format matches or
 * the calendar has no such day.
 */
export function parseDate(
  text: string,
  formats: readonly DateFormat[],
  endOfDay: boolean,
  nowMs: number,
): number | 'none' | null {
  for (const format of formats) {
    const ms =
      format === 'serial' ? serialDay(text, endOfDay) : dayIn(text, days[format], endOfDay, nowMs);
    if (ms !== null) return ms;
  }
  return null;
}

function dayIn(
  text: string,
  format: RegExp,
  endOfDay: boolean,
  nowMs: number,
): number | 'none' | null {
  const found = format.exec(text);
  if (found === null) return null;
  const { y = '', m = '', d = '' } = found.groups ?? {};
  const rest = text.slice(found[0].length);
  const clock = clocks.map((pattern) => pattern.exec(rest)?.groups).find((each) => each);
  if (rest !== '' && clock === undefined) return null;
  const year = yearOf(y, nowMs);
  const named = months.findIndex((names) => names.includes(m.slice(0, 3).toUpperCase()));
  const month = named >= 0 ? named : Number(m) - 1;
  const dayOfMonth = Number(d);
  if (zeroDays.has(`${year}-${month + 1}-${dayOfMonth}`)) return 'none';
  const first = new Date(year, month, dayOfMonth);
  // JavaScript converts 30 February to a day in March; such a date is refused.
  if (first.getMonth() !== month || first.getDate() !== dayOfMonth || year < 1900) return null;
  const time = clock === undefined ? 0 : timeOn([year, month, dayOfMonth], clock);
  // Databases write a day as its midnight.
  const isDay = clock === undefined || (time === first.getTime() && clock.zone === undefined);
  if (!isDay) return time;
  return endOfDay ? lastMoment(year, month, dayOfMonth) : first.getTime();
}

function timeOn(
  day: [year: number, month: number, dayOfMonth: number],
  { h, min, s = '0', part = '', half, zone }: Record<string, string | undefined>,
): number | null {
  const hours = hoursOf(Number(h), half?.toUpperCase());
  const [minutes, seconds] = [Number(min), Number(s)];
  if (hours === null || minutes > 59 || seconds > 60) return null;
  const ms = Number(part.slice(0, 3).padEnd(3, '0'));
  // 24:00 is the end of the day.
  if (hours > 24 || (hours === 24 && minutes + seconds + ms > 0)) return null;
  if (zone === undefined) return new Date(...day, hours, minutes, seconds, ms).getTime();
  const [, sign, offsetH = 0, offsetMin = 0] = /([+-])(\d{2}):?(\d{2})/.exec(zone) ?? [];
  const offset = (Number(offsetH) * 60 + Number(offsetMin)) * (sign === '-' ? -1 : 1);
  return Date.UTC(...day, hours, minutes - offset, seconds, ms);
}

/** The last moment of a day in this unit's time zone. */
function lastMoment(year: number, month: number, dayOfMonth: number): number {
  return new Date(year, month, dayOfMonth + 1).getTime() - 1;
}

function hoursOf(hours: number, half: string | undefined): number | null {
  if (half === undefined) return hours;
  if (hours < 1 || hours > 12) return null;
  return (hours % 12) + (half === 'P' ? 12 : 0);
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
