import { isoTime, systemClock } from './clock.ts';
import { timeZoneName } from './time-zone.ts';

// Times as people write and read them, in the unit's zone: the zone of this process (`time-zone.ts`).

/** What a person wrote: a whole day, or a moment, for which both ends are the same. Times in ms since the epoch. */
export interface WrittenTime {
  startMs: number;
  /** The first moment that is no longer part of it. */
  endMs: number;
  isDay: boolean;
}

const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const day = String.raw`(?:(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})|(?<dd>\d{1,2}) (?<name>[A-Za-z]{3,9}) (?<yy>\d{4}))`;
const clock = String.raw`(?<h>\d{2}):(?<min>\d{2})(?::(?<s>\d{2})(?:\.(?<part>\d{1,9}))?)?`;
const zone = String.raw`(?<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)`;
const pattern = new RegExp(`^${day}(?:[Tt ]${clock}(?: ?${zone})?)?$`);
/** A day by its distance from today, with or without a time of day; a moment by its distance from now. */
const distantDay =
  /^(?:(?<word>today|yesterday|tomorrow)|(?<count>\d{1,4}) (?<unit>day|week)s? ago)(?<time> .*)?$/i;
const distantMoment = /^(?:now|(?<count>\d{1,5}) (?<unit>minute|hour)s? ago)$/i;

const minuteMs = 60_000;
/** Further than any zone is from UTC, and than any zone ever moved its clocks. */
const aroundMs = 36 * 60 * minuteMs;

/** Fields of a wall clock; `month` from 1. */
interface Fields {
  year: number;
  month: number;
  dayOfMonth: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
}

/**
 * Reads a day or a time as a person writes it: `2026-11-28`, `2026-11-28 14:03`, `2026-11-28T22:03:05Z`,
 * `2026-11-28 14:03:05 -08:00`, `28 Nov 2026 24:00`. A day is that whole day in the unit's zone, of 23, 24 or 25 hours. A
 * time without zone is in the unit's zone. Also by its distance from now: `today`, `yesterday 14:03`, `3 days ago`,
 * `2 hours ago`, `now`. What can be read in two ways, or never was, is refused: `unclear` says in words what to write.
 */
export function readTime(
  text: string,
  nowMs: number = systemClock(),
): WrittenTime | { unclear: string } {
  const plain = text.trim().replace(/\s+/g, ' ');
  const near = distantMoment.exec(plain)?.groups;
  if (near) {
    const unitMs = (near.unit?.toLowerCase() === 'hour' ? 60 : 1) * minuteMs;
    return moment(Math.floor(nowMs - Number(near.count ?? 0) * unitMs));
  }
  const parts = pattern.exec(onDay(plain, nowMs))?.groups;
  const fields = parts && fieldsOf(parts);
  if (!parts || !fields) return { unclear: notATime() };
  const { year, month, dayOfMonth } = fields;
  const dayText = `${year}-${two(month)}-${two(dayOfMonth)}`;
  if (!isInCalendar(fields))
    return { unclear: `names a day that no calendar has; ${howToWrite()}` };
  if (parts.h === undefined) return wholeDay(fields, dayText);
  if (!isOnClock(fields)) return { unclear: `names a time that no clock shows; ${howToWrite()}` };
  const wallMs = utcOf(fields);
  if (parts.zone !== undefined) {
    const offset = offsetIn(parts.zone);
    return offset === null
      ? { unclear: `has an offset that no zone has; ${howToWrite()}` }
      : moment(wallMs - offset);
  }
  const [first, second] = instantsOf(wallMs);
  const said = `${dayText} ${two(fields.hour)}:${two(fields.minute)}`;
  if (first === undefined) {
    return {
      unclear: `${said} was left out in ${timeZoneName()}, where the clocks went forward; write another time, or one with its offset, like ${dayText}T10:00Z`,
    };
  }
  if (second !== undefined) {
    return {
      unclear: `${said} was twice in ${timeZoneName()}, where the clocks went back; write ${said} ${offsetText(first)} or ${said} ${offsetText(second)}`,
    };
  }
  return moment(first);
}

/** What a person wrote, with the day that it names by its distance from today. */
function onDay(text: string, nowMs: number): string {
  const named = distantDay.exec(text)?.groups;
  if (!named) return text;
  const { word, count = '0', unit, time = '' } = named;
  const back =
    word === undefined
      ? Number(count) * (unit?.toLowerCase() === 'week' ? 7 : 1)
      : { today: 0, yesterday: 1, tomorrow: -1 }[word.toLowerCase() as 'today'];
  const now = new Date(nowMs);
  // At noon, which every day has.
  const noon = new Date(now.getFullYear(), now.getMonth(), now.getDate() - back, 12);
  return `${localDay(noon.getTime())}${time}`;
}

/** A time as people read it: `2026-11-28 14:03:05 -08:00`, in the unit's zone. */
export function localTime(at: number | string): string {
  const ms = typeof at === 'string' ? Date.parse(at) : at;
  const date = new Date(ms);
  return `${localDay(ms)} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${offsetText(ms)}`;
}

const shownTime = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d/g;
const edge = String.raw`\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)?(?: [+-]\d\d:\d\d)?`;
const shownSpan = new RegExp(`(${edge}|the first record) to (${edge}|now), [A-Z][\\w/+-]*`, 'g');

/** A text for people with each time and span in it in UTC in place of the unit's zone. */
export function textInUtc(text: string): string {
  const inUtc = (written: string): string => {
    const read = readTime(written);
    return 'unclear' in read ? written : utcTime(read.startMs);
  };
  return text
    .replace(shownSpan, (_, from: string, to: string) => `${inUtc(from)} to ${inUtc(to)}`)
    .replace(shownTime, inUtc);
}

/** `2026-11-28 22:03:05 +00:00` */
function utcTime(ms: number): string {
  const [day, time = ''] = new Date(ms).toISOString().split('T');
  return `${day} ${time.slice(0, 8)} +00:00`;
}

/** The day of a time in the unit's zone: `2026-11-28`. */
export function localDay(at: number | string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A day such as `2026-11-28` in the unit's zone: its first moment, and the first that is no longer part of it, ms. */
export function boundsOfDay(day: string): { startMs: number; endMs: number } {
  const [year = 0, month = 1, dayOfMonth = 1] = day.split('-').map(Number);
  return {
    startMs: new Date(year, month - 1, dayOfMonth).getTime(),
    endMs: new Date(year, month - 1, dayOfMonth + 1).getTime(),
  };
}

/** The month of a time in the unit's zone: `2026-11`. */
export function monthOf(at: number): string {
  return localDay(at).slice(0, 7);
}

/** A span of time as the unit understood it. ISO times in UTC; null: open at that end. */
export interface NamedSpan {
  from: string | null;
  to: string | null;
  zone: string;
  /** `28 Nov 2026 00:00 to 28 Nov 2026 24:00, America/Los_Angeles` */
  text: string;
}

/** Names a span, so that a person sees what their days were taken for. ISO times; left out: open at that end. */
export function namedSpan(
  from: string | null | undefined,
  to: string | null | undefined,
): NamedSpan {
  const zone = timeZoneName();
  const start = from == null ? 'the first record' : spanEdge(Date.parse(from), false);
  const end = to == null ? 'now' : spanEdge(Date.parse(to), true);
  return { from: from ?? null, to: to ?? null, zone, text: `${start} to ${end}, ${zone}` };
}

/** The span of what a person wrote, in words, with its zone; empty if nothing was written, or something unclear. */
export function writtenSpan(from: string | undefined, to: string | undefined): string {
  const [start, end] = [from, to].map((text) => (text === undefined ? null : readTime(text)));
  if (!start && !end) return '';
  if ((start && 'unclear' in start) || (end && 'unclear' in end)) return '';
  return namedSpan(start && isoTime(start.startMs), end && isoTime(end.endMs)).text;
}

/** `28 Nov 2026 00:00`; an end at midnight is the day before at 24:00. */
function spanEdge(ms: number, isEnd: boolean): string {
  // The last millisecond of a day stands for its end.
  const isLast = isEnd && isMidnight(ms + 1);
  if (isLast || (isEnd && isMidnight(ms))) return `${dayWords(ms - (isLast ? 0 : 1))} 24:00`;
  const date = new Date(ms);
  const seconds = date.getSeconds() === 0 ? '' : `:${two(date.getSeconds())}`;
  const isTwice = instantsOf(ms + offsetMs(ms)).length > 1;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}${seconds}`;
  return `${dayWords(ms)} ${time}${isTwice ? ` ${offsetText(ms)}` : ''}`;
}

function dayWords(ms: number): string {
  const date = new Date(ms);
  const month = monthNames[date.getMonth()]?.slice(0, 3) ?? '';
  return `${date.getDate()} ${month.charAt(0).toUpperCase()}${month.slice(1)} ${date.getFullYear()}`;
}

function isMidnight(ms: number): boolean {
  const date = new Date(ms);
  return ms === new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Says of what a person wrote that it is no time, and how to write one. */
export function notATime(): string {
  return `is not a time; ${howToWrite()}`;
}

function howToWrite(): string {
  return (
    `write a day like 2026-11-28, or a time like 2026-11-28 14:03, both in ${timeZoneName()}, ` +
    'or a time with its offset, like 2026-11-28T22:03Z; today, yesterday, 3 days ago and 2 hours ago are understood, too'
  );
}

function fieldsOf(parts: Record<string, string>): Fields | null {
  const { y, yy, m, name = '', d, dd, h = '0', min = '0', s = '0', part = '' } = parts;
  const named = name === '' ? Number(m) : monthNamed(name);
  if (named === 0) return null;
  return {
    year: Number(y ?? yy),
    month: named,
    dayOfMonth: Number(d ?? dd),
    hour: Number(h),
    minute: Number(min),
    second: Number(s),
    ms: Number(part.padEnd(3, '0').slice(0, 3)),
  };
}

/** The number of the month with this name, or with these first three letters; 0 if there is none. */
function monthNamed(name: string): number {
  const word = name.toLowerCase();
  return monthNames.findIndex((full) => [full, full.slice(0, 3)].includes(word)) + 1;
}

function isInCalendar({ year, month, dayOfMonth }: Fields): boolean {
  const date = new Date(Date.UTC(year, month - 1, dayOfMonth));
  // Before 1900 zones had no agreed offsets.
  return year >= 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth;
}

/** 24:00 is the end of a day. */
function isOnClock({ hour, minute, second, ms }: Fields): boolean {
  if (hour === 24) return minute === 0 && second === 0 && ms === 0;
  return hour < 24 && minute < 60 && second < 60;
}

function wholeDay({ year, month, dayOfMonth }: Fields, text: string): ReturnType<typeof readTime> {
  const start = new Date(year, month - 1, dayOfMonth);
  // Pacific/Apia went from 29 to 31 December 2011.
  if (start.getDate() !== dayOfMonth) {
    return { unclear: `${text} was left out in ${timeZoneName()}; write another day` };
  }
  return { ...boundsOfDay(text), isDay: true };
}

const moment = (ms: number): WrittenTime => ({ startMs: ms, endMs: ms, isDay: false });

/** Every instant at which the clocks of the zone show a wall time: none in a gap, two where they went back. */
function instantsOf(wallMs: number): number[] {
  const offsets = new Set([
    offsetMs(wallMs - aroundMs),
    offsetMs(wallMs),
    offsetMs(wallMs + aroundMs),
  ]);
  return [...offsets]
    .map((offset) => ({ ms: wallMs - offset, offset }))
    .filter(({ ms, offset }) => offsetMs(ms) === offset)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
}

function utcOf({ year, month, dayOfMonth, hour, minute, second, ms }: Fields): number {
  return Date.UTC(year, month - 1, dayOfMonth, hour, minute, second, ms);
}

/** How far the zone is ahead of UTC at a time, ms. */
function offsetMs(ms: number): number {
  return -new Date(ms).getTimezoneOffset() * minuteMs;
}

/** `-08:00` */
function offsetText(ms: number): string {
  const minutes = Math.round(offsetMs(ms) / minuteMs);
  const [sign, size] = minutes < 0 ? ['-', -minutes] : ['+', minutes];
  return `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The offset that a person wrote, ms; null if it is further from UTC than any zone (Kiribati: 14 hours). */
function offsetIn(text: string): number | null {
  if (text === 'Z' || text === 'UTC') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', '') || '0');
  if (hours * 60 + minutes > 14 * 60 || minutes > 59) return null;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minuteMs;
}

const two = (value: number): string => String(value).padStart(2, '0');
