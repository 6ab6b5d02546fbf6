import { existsSync, statSync } from 'node:fs';
import { type Clock, isoTime } from '../../platform/clock.ts';
import { type Database, openDatabase } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { Problem } from '../../platform/problem.ts';
import { refuseStranger } from '../../platform/regular-file.ts';
import { makeKey, readAnchor, readKey, writeAnchor } from './anchor.ts';
import { anomalyOf } from './anomaly.ts';
import type { AuditEntry, AuditRecord, AuditUnit } from './audit-record.ts';
import { genesisEntry, type Head, linkOf, logIdOf, recordOf, sealOf } from './chain.ts';
import {
  entriesBefore,
  type Failure,
  firstTurn,
  type LogPaths,
  nextAnchor,
  ownLog,
  refuseLostDatabase,
} from './log-rules.ts';
import { createRecordRows, type RecordRows } from './record-rows.ts';
import { auditMigrations } from './tables.ts';

/** The open files of a log. */
export interface OpenLog {
  db: Database;
  rows: RecordRows;
  key: Buffer;
  /** The log's id. */
  log: string;
  /** Returns once record and anchor are on the disk. `failed` is recorded before the entry. */
  append(entry: AuditEntry, failed: Failure | null): AuditRecord;
}

/** A crash leaves one record behind the anchor. More than this many cannot come from crashes: tampering. */
const maxUnanchored = 500;

/** Opens this unit's log, or creates it. Throws a Problem if the files belong to another unit or one is missing. */
export function openLog(deps: {
  paths: LogPaths;
  unit: AuditUnit;
  patienceMs: number;
  clock: Clock;
  log?: Log | undefined;
}): OpenLog {
  const { paths } = deps;
  refuseStranger(paths.anchor);
  // In this order, since another process that creates the log now creates the database before the anchor.
  const anchor = existsSync(paths.anchor);
  refuseLostDatabase(paths, { anchor, database: existsSync(paths.database) });
  const db = openDatabase(paths.database, auditMigrations, {
    erasing: true,
    ifDamaged:
      'Nothing is shown or changed until it is mended; reading and alerts go on. Keep a copy of the data folder for ' +
      'the auditor and run "lookout audit verify".',
  });
  try {
    db.pragma(`busy_timeout = ${deps.patienceMs}`);
    return preparedLog(db, deps);
  } catch (error) {
    db.close();
    throw error;
  }
}

function preparedLog(
  db: Database,
  { paths, unit, clock, log: logger }: Parameters<typeof openLog>[0],
): OpenLog {
  const rows = createRecordRows(db);
  const add = (entry: AuditEntry, key: Buffer): AuditRecord => {
    const { record, link } = linkOf(entry, rows.head(), { at: isoTime(clock()), unit, key });
    rows.insert(link);
    return record;
  };

  const begin = db.transaction((): { key: Buffer; log: string } => {
    const first = rows.first();
    const key = readKey(paths.key);
    if (first !== undefined) return ownLog(paths, recordOf(first), { unit, key });
    const turn = firstTurn(paths, readAnchor(paths.anchor, key ?? Buffer.alloc(0)));
    const newKey = key ?? makeKey(paths.key);
    const genesis = add(genesisEntry(unit, newKey), newKey);
    const log = logIdOf(genesis);
    writeAnchor(paths.anchor, { log, seq: 1, hash: genesis.hash, turn }, newKey);
    return { key: newKey, log };
  });
  const { key, log } = begin.immediate();
  /** If other files have these names later, records were written to deleted files. */
  const files = filesOf(paths.database);

  const write = db.transaction((entry: AuditEntry, failed: Failure | null) => {
    const head = rows.head();
    const anomaly = anomalyOf(readAnchor(paths.anchor, key), {
      head,
      log,
      hashAt: rows.hashAt,
      // A process that crashed before it wrote the anchor has left a sealed record behind it.
      isOurs: (seq) =>
        head.seq - seq < maxUnanchored &&
        rows.after(seq).every(({ hash, seal }) => seal === sealOf(hash, key)),
    });
    if (anomaly !== null) {
      logger?.error('the audit log has been tampered with; run "lookout audit verify"');
    }
    for (const own of entriesBefore(unit, { anomaly, failed })) add(own, key);
    return { record: add(entry, key), anomaly };
  });

  // Holding the database's lock keeps out other processes; another one may already have anchored a later record.
  const anchor = db.transaction((head: Head, force: boolean): void => {
    const next = nextAnchor(readAnchor(paths.anchor, key), { log, head, force });
    if (next !== null) writeAnchor(paths.anchor, next, key);
  });

  return {
    db,
    rows,
    key,
    log,
    append(entry, failed) {
      const { record, anomaly } = write.immediate(entry, failed);
      if (filesOf(paths.database) !== files) {
        throw new Problem(`${paths.database} was removed or replaced while it was in use`);
      }
      anchor.immediate(record, anomaly !== null);
      return record;
    },
  };
}

/** Identity of the files that have the database's names. */
function filesOf(database: string): string {
  return [database, `${database}-wal`]
    .map((path) => {
      const { dev, ino } = statSync(path);
      return `${dev}:${ino}`;
    })
    .join(' ');
}
