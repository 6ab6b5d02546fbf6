import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isoTime } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { Problem } from '../platform/problem.ts';
import { type EntryRow, entryColumns } from './tables.ts';

/**
 * The columns of a file of entries, in their order: what a list of headquarters holds, whatever the file looked like that it
 * was imported from. Plate and id come first, since they say which entry a line is about.
 */
const columns = [
  ['plate', 'plate'],
  ['entry_id', 'id'],
  ['state', 'state'],
  ['plate_type', 'plateType'],
  ['category', 'category'],
  ['reason', 'reason'],
  ['make', 'make'],
  ['model', 'model'],
  ['colour', 'colour'],
  ['year', 'year'],
  ['case_number', 'caseNumber'],
  ['entered_by', 'enteredBy'],
  ['approved_by', 'approvedBy'],
  ['entry_date', 'entryDateMs'],
  ['expires', 'expiresMs'],
] as const satisfies readonly (readonly [string, keyof EntryRow])[];

/** The first line of a file of entries. */
export const entriesHeader = columns.map(([name]) => name).join(',');

/** A file of entries. */
export interface EntriesFile {
  sha256: string;
  bytes: number;
  entries: number;
}

const pieceLength = 256 * 1024;

/**
 * Writes the entries in use of a list to a file, ordered by plate and id: the same entries always make the same bytes.
 * After a power cut the file is whole or not there. Throws a Problem if the list has no entries in use.
 */
export function writeEntriesFile(db: Database, listId: string, file: string): EntriesFile {
  const active = db
    .prepare<[string], { id: number; entries: number }>(
      "SELECT id, entries FROM generation WHERE list_id = ? AND state = 'active'",
    )
    .get(listId);
  if (active === undefined) throw new Problem(`hot list "${listId}" has no entries in use`);
  const rows = db.prepare<[number], EntryRow>(
    `SELECT ${entryColumns} FROM entry WHERE generation = ? ORDER BY plate, entry.id`,
  );
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.part`;
  const hash = createHash('sha256');
  const descriptor = openSync(part, 'w', 0o600);
  let bytes = 0;
  let entries = 0;
  const write = (text: string): void => {
    const piece = Buffer.from(text);
    hash.update(piece);
    bytes += piece.length;
    for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at);
  };
  try {
    let text = `${entriesHeader}\n`;
    for (const row of rows.iterate(active.id)) {
      text += `${lineOf(row)}\n`;
      entries += 1;
      if (text.length < pieceLength) continue;
      write(text);
      text = '';
    }
    write(text);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  renameSync(part, file);
  return { sha256: hash.digest('hex'), bytes, entries };
}

function lineOf(row: EntryRow): string {
  return columns.map(([, field]) => cell(row[field])).join(',');
}

/** Times are of fields that end in Ms; no text has a line break. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  const text = typeof value === 'number' ? isoTime(value) : value.replaceAll(/[\r\n]+/g, ' ');
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
