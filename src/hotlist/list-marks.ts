import type { Layout } from '../config/sections/hotlist.ts';
import type { ListRow } from './list-row.ts';
import { parseDate } from './parse-date.ts';

/** A line of a list file that is not a vehicle: its header or trailer. */
export interface Mark {
  kind: 'leading' | 'trailing';
  /** Number of rows that the file states. */
  count: number | null;
  /** When the file says that it was made, ms since the epoch. */
  asOfMs: number | null;
}

/** First and last lines of many lists. */
const usualLeading = /^(?:HDR|HEADER|FILE ?HEADER)(?:\b|\d)/i;
const usualTrailing =
  /^(?:EOF|END(?: OF (?:FILE|LIST|DATA|REPORT|EXTRACT))?|(?:TRL|TRAILER|FTR|FOOTER|FILE ?TRAILER)(?:\b.*|\d.*)|(?:TOTAL|COUNT)\b.*\d.*|(?:NUMBER OF )?(?:RECORDS?|ROWS?|ENTRIES|LINES?)\b.*\d.*|\(?[\d,]+ (?:RECORDS?|ROWS?|ENTRIES|LINES?|VEHICLES?|PLATES?)\b.*)$/i;

/** Recognises header and trailer lines: those of the layout, and the usual ones. */
export function createMarks({ leader, trailer, skipLines }: Layout) {
  let isLed = false;
  return {
    /** A line that the layout says is a header or trailer, or null. */
    configured(row: ListRow, isFirst: boolean): Mark | null {
      const { raw } = row;
      if (row.row <= skipLines) return { kind: 'leading', count: null, asOfMs: null };
      if (leader !== undefined && isFirst && !isLed && raw.startsWith(leader.startsWith)) {
        isLed = true;
        return { kind: 'leading', count: null, asOfMs: timeIn(raw, leader.asOf) };
      }
      if (trailer !== undefined && raw.startsWith(trailer.startsWith)) {
        const { count } = trailer;
        const text = count === undefined ? '' : raw.slice(count.start, count.start + count.length);
        return { kind: 'trailing', count: wholeNumber(text) ?? onlyNumber(raw), asOfMs: null };
      }
      return null;
    },
    /** A line that looks like a usual header or trailer, or null. Call it only for the first and the last row. */
    usual({ raw }: ListRow): Mark | null {
      const text = raw.replaceAll('"', '').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
      if (usualLeading.test(text)) return { kind: 'leading', count: null, asOfMs: null };
      if (!usualTrailing.test(text)) return null;
      return { kind: 'trailing', count: onlyNumber(text), asOfMs: null };
    },
  };
}

/**
 * What a line is that programs write between the vehicles, or null: it has neither letter nor digit, numbers a page, or
 * is the line of the names (`names`) once more. Not one with damaged characters, which may have been a vehicle's.
 */
export function besideOf(raw: string, names: string | null): string | null {
  if (/[\p{Cc}\uFFFD]/u.test(raw.replace(/\s/g, ''))) return null;
  const text = raw.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  // Single signs may stand for characters of a plate, many make a line.
  if (text === '' && !/\?|(?<!\*)\*{1,2}(?!\*)/.test(raw)) return 'no letter and no digit';
  if (raw.trim() === names?.trim()) return 'the names of the columns again';
  if (/^page \d+(?: of \d+)?$/i.test(text)) return 'the number of a page';
  return /^"?sep=.?"?$/i.test(raw.trim()) ? 'which character stands between the cells' : null;
}

/** The number in a line that has just one; thousands may be parted by commas. */
function onlyNumber(text: string): number | null {
  const [number, ...others] = text.match(/\d[\d,]*/g) ?? [];
  return number === undefined || others.length > 0 ? null : wholeNumber(number.replaceAll(',', ''));
}

function wholeNumber(text: string): number | null {
  return /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : null;
}

function timeIn(raw: string, place: NonNullable<Layout['leader']>['asOf']): number | null {
  if (place === undefined) return null;
  const text = raw.slice(place.start, place.start + place.length).trim();
  const ms = parseDate(text, [place.format], false, Date.now());
  return ms === 'none' ? null : ms;
}
