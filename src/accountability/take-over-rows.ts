import SQLite from 'better-sqlite3';
import type { Database } from '../platform/database.ts';

/**
 * What a new `lookout.db` takes over from a damaged one, in the order of their keys: what people decided, messages that
 * headquarters has not acknowledged, what outlives the records, and up to where work was done, so that none is done again.
 */
export const takenOver: readonly string[] = [
  'hot_plate',
  'hot_plate_log',
  'hold',
  'release_request',
  'verification_mute',
  'verification_outcome',
  'verification_elsewhere',
  'data_error',
  'clone_misread',
  'error_report',
  'report_state',
  'report_step',
  'canvass',
  'official',
  'list_version',
  'unit_order',
  'unit_revocation',
  'court_order',
  'suspended_place',
  'notice',
  'notice_read',
  'notice_dropped',
  'notice_source',
  'case_member',
  'retention_note',
  'purge_run',
  'gone_month',
  'evidence_package',
  'evidence_booking',
  'agency_account',
  'audit_memo',
  'audit_verdict',
  'audit_forward',
  'outbox',
];

/** Why each of the other tables begins empty. */
export const leftBehind: Readonly<Record<string, string>> = {
  detection:
    'there are many, and a part of them would look like all; they stay in the damaged file',
  hit: 'goes with its detection',
  image: 'goes with its detection; the files are set aside as well',
  clone_finding: 'goes with its reads',
  clone_pair: 'goes with its reads',
  clone_due: 'goes with its reads',
  case_detection: 'goes with its detection',
  evidence_packed: 'goes with its detection',
  verification_step: 'goes with its hit; the outcome is taken over',
  hit_seen: 'goes with its hit',
  verification_open: 'triggers fill it from the hits',
  plate_part: 'triggers fill it from the detections',
  plate_waiting: 'goes with its detection',
  image_room: 'triggers count it from the images',
  hot_plate_revision: 'triggers count it from the hot plates',
  backlog: 'triggers count it from the outbox',
  agency_taken: 'hot plates may be cut short: headquarters must tell all of it again',
  archive_follow: 'the archive is of the damaged database; headquarters says so',
  archive_change: 'triggers fill it from the detections',
  heartbeat: 'the daemon writes its one row',
  migration: 'the new database has its own',
};

/** More than this of one table would keep the alerts waiting. */
const maxRows = 20_000;

/**
 * Copies every row that can still be read from the tables above. An image's message stays behind with the image. Returns
 * how many rows came over, and the tables that could not be read to their end.
 */
export function takeOverRows(path: string, db: Database): { rows: number; cut: string[] } {
  let damaged: SQLite.Database;
  try {
    damaged = new SQLite(path, { readonly: true, fileMustExist: true });
  } catch {
    return { rows: 0, cut: [...takenOver] };
  }
  const cut: string[] = [];
  let rows = 0;
  db.transaction(() => {
    for (const table of takenOver) {
      try {
        rows += copied(damaged, db, table);
      } catch (error) {
        rows += error instanceof CutShort ? error.rows : 0;
        cut.push(table);
      }
    }
  }).immediate();
  damaged.close();
  return { rows, cut };
}

/** A table ended at a damaged page. */
class CutShort extends Error {
  readonly rows: number;

  constructor(rows: number) {
    super();
    this.rows = rows;
  }
}

function copied(damaged: SQLite.Database, db: Database, table: string): number {
  const columns = (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  const names = columns.join(', ');
  const where = columns.includes('file') ? 'WHERE file IS NULL' : '';
  const insert = db.prepare(
    `INSERT OR REPLACE INTO ${table} (${names}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const select = damaged.prepare(`SELECT ${names} FROM ${table} ${where} LIMIT ${maxRows}`).raw();
  let rows = 0;
  try {
    for (const row of select.iterate() as IterableIterator<unknown[]>) {
      insert.run(...row);
      rows += 1;
    }
  } catch {
    throw new CutShort(rows);
  }
  return rows;
}
