import { existsSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, isoTime, systemClock } from '../../platform/clock.ts';
import { type Database, openDatabase } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import { auditPaths, makeKey, readAnchor, readKey, writeAnchor } from './anchor.ts';
import { anomalyOf } from './anomaly.ts';
import { type AuditFilter, conditionsOf, indexFor } from './audit-filter.ts';
import {
  type AuditEntry,
  type AuditRecord,
  type AuditWriter,
  auditEntrySchema,
} from './audit-record.ts';
import {
  type AuditUnit,
  beforeAll,
  fingerprintOf,
  genesisEntry,
  type Head,
  type Link,
  linkOf,
  logIdOf,
  ownEntry,
  recordOf,
  sealOf,
} from './chain.ts';
import { auditMigrations } from './tables.ts';

/** State of the log, for status and health. */
export interface AuditHealth {
  /** unwritable: no data is shown until writing works again. doubtful: signs of tampering; see `audit verify`. */
  state: 'good' | 'unwritable' | 'doubtful';
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
  lastAppendedAt: string | null;
  /** Number of the newest record. */
  records: number;
}

/** This unit's log. Several processes may have it open at once. */
export interface AuditLog extends AuditWriter {
  /** Newest first if `newest`, else oldest first; `beyond` is the number after which to continue. */
  read(
    filter: AuditFilter,
    page: {
      limit: number;
      beyond?: number | undefined;
      newest?: boolean;
      /** Limits to these record numbers, as returned by `span`. */
      within?: { first: number; last: number };
    },
  ): AuditRecord[];
  /**
   * The first and last number of a period's records. A clock that was set back mixes records of other times in between.
   */
  span(period: Pick<AuditFilter, 'from' | 'to'>): { first: number; last: number };
  /** The log's id and newest record. */
  head(): Head & { log: string };
  /** Removes records 2 to `upTo` by a decision that is recorded in the log; see `purgeable`. */
  purge(upTo: number, decision: AuditEntry): Promise<AuditRecord>;
  /** The newest record older than this, and the number of records up to it. */
  purgeable(before: string): { upTo: number; records: number };
  /** If records could not be written, also tries again from time to time. */
  health(): AuditHealth;
  close(): void;
}

/** An open database; it is closed and reopened after a failed write. */
interface OpenLog {
  db: Database;
  key: Buffer;
  log: string;
  /** Identity of the files when opened. If other files have these names now, records were written to deleted files. */
  files: string;
  append(entry: AuditEntry): AuditRecord;
}

const retryEveryMs = 5000;
const purgeSlice = 500;
/** A crash leaves one record behind the anchor. More than this many cannot come from crashes: tampering. */
const maxUnanchored = 500;

/**
 * The append-only log in `audit.db` (AUD-3, AUD-10). It opens when first needed, so that alerts work even if it cannot
 * be written. `append` returns once record and anchor are on the disk, and throws otherwise.
 */
export function openAuditLog(deps: {
  dataDir: string;
  unit: AuditUnit;
  /** How long to wait for another process's lock, in ms. */
  patienceMs?: number;
  clock?: Clock;
  log?: Log;
}): AuditLog {
  const { unit, clock = systemClock, patienceMs = 10_000 } = deps;
  const paths = auditPaths(deps.dataDir);
  let current: OpenLog | null = null;
  let failed: { count: number; since: string; problem: string } | null = null;
  let triedAtMs = Number.NEGATIVE_INFINITY;

  const close = (): void => {
    const closing = current;
    current = null;
    try {
      closing?.db.close();
    } catch (error) {
      deps.log?.warn({ err: error }, 'audit log not closed');
    }
  };

  const opened = (): OpenLog => {
    current ??= openLog();
    return current;
  };

  function openLog(): OpenLog {
    // In this order, since another process that creates the log now creates the database before the anchor.
    if (existsSync(paths.anchor) && !existsSync(paths.database)) {
      throw new Problem(
        `${paths.database} is missing although ${paths.anchor} says that there is a log. Restore it; ` +
          'or, if it is lost for good, move audit.anchor and audit.key aside too, to begin a new log.',
      );
    }
    const db = openDatabase(paths.database, auditMigrations, { erasing: true });
    try {
      db.pragma(`busy_timeout = ${patienceMs}`);
      return preparedLog(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  function preparedLog(db: Database): OpenLog {
    const headOf = db.prepare<[], Head>('SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1');
    const hashAt = db.prepare<[number], string>('SELECT hash FROM record WHERE seq = ?').pluck();
    const after = db.prepare<[number], Pick<Link, 'seq' | 'hash' | 'seal'>>(
      'SELECT seq, hash, seal FROM record WHERE seq > ? ORDER BY seq',
    );
    const insert = db.prepare<Link>(
      'INSERT INTO record (seq, body, hash, seal) VALUES (@seq, @body, @hash, @seal)',
    );
    const now = () => isoTime(clock());
    const add = (entry: AuditEntry, key: Buffer): AuditRecord => {
      const head = headOf.get() ?? beforeAll;
      const { record, link } = linkOf(entry, head, { at: now(), unit, key });
      insert.run(link);
      return record;
    };

    const { key, log } = db.transaction(() => begin(db, add)).immediate();
    const files = filesOf(paths.database);

    const write = db.transaction((entry: AuditEntry) => {
      const head = headOf.get() ?? beforeAll;
      const anomaly = anomalyOf(readAnchor(paths.anchor, key), {
        head,
        log,
        hashAt: (seq) => hashAt.get(seq),
        // A process that crashed before it wrote the anchor has left a sealed record behind it.
        isOurs: (seq) =>
          head.seq - seq < maxUnanchored &&
          after.all(seq).every((each) => each.seal === sealOf(each.hash, key)),
      });
      if (anomaly !== null) {
        deps.log?.error('the audit log has been tampered with; run "lookout audit verify"');
        add(ownEntry('audit.anomaly', unit, { outcome: 'failed', note: anomaly }), key);
      }
      if (failed !== null) {
        const note = `${failed.count} could not be written since ${failed.since}: ${failed.problem}`;
        add(ownEntry('audit.gap', unit, { outcome: 'failed', note }), key);
      }
      return { record: add(entry, key), anomaly: anomaly !== null };
    });

    // Holding the database's lock keeps out other processes; another one may already have anchored a later record.
    const anchor = db.transaction((head: Head, force: boolean): void => {
      const before = readAnchor(paths.anchor, key);
      const { turn, seq } = before.state === 'sound' ? before.anchor : { turn: 0, seq: 0 };
      if (seq >= head.seq && !force) return;
      writeAnchor(paths.anchor, { log, seq: head.seq, hash: head.hash, turn: turn + 1 }, key);
    });

    const append = (entry: AuditEntry): AuditRecord => {
      const { record, anomaly } = write.immediate(entry);
      if (filesOf(paths.database) !== files) {
        throw new Problem(`${paths.database} was removed or replaced while it was in use`);
      }
      anchor.immediate(record, anomaly);
      return record;
    };
    return { db, key, log, files, append };
  }

  /** Checks that the log belongs to this unit, or creates it. */
  function begin(
    db: Database,
    add: (entry: AuditEntry, key: Buffer) => AuditRecord,
  ): { key: Buffer; log: string } {
    const first = db.prepare<[], Link>('SELECT * FROM record WHERE seq = 1').get();
    const key = readKey(paths.key);
    if (first === undefined) {
      const reading = readAnchor(paths.anchor, key ?? Buffer.alloc(0));
      // A power cut between anchor and commit left the anchor of a log that has no records yet.
      const isLeftOver = reading.state === 'sound' && reading.anchor.seq === 1;
      if (reading.state !== 'missing' && !isLeftOver) {
        throw new Problem(
          `${paths.database} is empty although ${paths.anchor} says that there is a log. Restore the log; ` +
            'or, if it is lost for good, move audit.anchor and audit.key aside too, to begin a new log.',
        );
      }
      const newKey = key ?? makeKey(paths.key);
      const genesis = add(genesisEntry(unit, newKey), newKey);
      const log = logIdOf(genesis);
      const turn = isLeftOver ? reading.anchor.turn + 1 : 1;
      writeAnchor(paths.anchor, { log, seq: 1, hash: genesis.hash, turn }, newKey);
      return { key: newKey, log };
    }
    const genesis = recordOf(first);
    if (genesis.agency !== unit.agency || genesis.unit !== unit.id) {
      throw new Problem(
        `${paths.database} is the audit log of ${genesis.agency}/${genesis.unit}, and this unit is ` +
          `${unit.agency}/${unit.id}: the database was copied from another unit, or unit.agency or unit.id was ` +
          'changed. Restore the right one, or move audit.db, audit.anchor and audit.key aside for a new log.',
      );
    }
    if (key === null || fingerprintOf(key) !== genesis.query?.key) {
      throw new Problem(
        `${paths.key} is ${key === null ? 'missing' : 'not the key that the log began with'}: the database was ` +
          'copied from another unit, or the key was replaced. Restore the key of this unit, or move audit.db, ' +
          'audit.anchor and audit.key aside for a new log.',
      );
    }
    return { key, log: logIdOf(genesis) };
  }

  const append = (entry: AuditEntry): AuditRecord => {
    const parsed = auditEntrySchema.parse(entry);
    try {
      const record = opened().append(parsed);
      failed = null;
      return record;
    } catch (error) {
      const problem = messageOf(error);
      failed = {
        count: (failed?.count ?? 0) + 1,
        since: failed?.since ?? isoTime(clock()),
        problem,
      };
      triedAtMs = performance.now();
      // After any database error the next try reopens the file.
      close();
      deps.log?.error({ problem }, 'audit record not written');
      throw new Problem(`the audit record could not be written: ${problem}`);
    }
  };

  const recover = (): void => {
    if (failed === null || performance.now() - triedAtMs < retryEveryMs) return;
    try {
      append(ownEntry('audit.resume', unit));
    } catch {
      // `append` has counted it and keeps it as the problem.
    }
  };

  const purge = async (upTo: number, decision: AuditEntry): Promise<AuditRecord> => {
    const { db, key } = opened();
    const hash = db
      .prepare<[number], string>('SELECT hash FROM record WHERE seq = ?')
      .pluck()
      .get(upTo);
    if (hash === undefined || upTo < 2) {
      throw new Problem(`the audit log has no record ${upTo} to purge up to`);
    }
    // The decision is on disk before anything is removed; after a power cut the next purge removes the rest.
    const record = append({ ...decision, query: { ...decision.query, upTo, hash } });
    db.prepare(
      // A checkpoint already present comes from an interrupted purge.
      `INSERT INTO checkpoint (upTo, hash, decidedIn, seal) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ).run(upTo, hash, record.seq, sealOf(`${upTo} ${hash} ${record.seq}`, key));
    const remove = db.prepare(
      'DELETE FROM record WHERE seq IN (SELECT seq FROM record WHERE seq > 1 AND seq <= ? LIMIT ?)',
    );
    // In slices, so that a hundred thousand rows do not block the event loop.
    while (remove.run(upTo, purgeSlice).changes > 0) await nextTurn();
    db.pragma('incremental_vacuum');
    db.pragma('wal_checkpoint(TRUNCATE)');
    return record;
  };

  return {
    append,
    purge,
    read(filter, { limit, beyond, newest = false, within }) {
      const { where, values } = conditionsOf(filter);
      const add = (condition: string, value: number | undefined): void => {
        if (value === undefined) return;
        where.push(condition);
        values.push(value);
      };
      add(newest ? 'seq < ?' : 'seq > ?', beyond);
      add('seq >= ?', within?.first);
      add('seq <= ?', within?.last);
      const rows = opened()
        .db.prepare<(string | number)[], Link>(
          `SELECT seq, body, hash, seal FROM record ${indexFor(filter)}
           ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
           ORDER BY seq ${newest ? 'DESC' : ''} LIMIT ?`,
        )
        .all(...values, limit);
      return rows.map(readable);
    },
    span({ from = '', to = '~' }) {
      const span = opened()
        .db.prepare<[string, string], { first: number | null; last: number | null }>(
          `SELECT min(seq) AS first, max(seq) AS last FROM record INDEXED BY record_at
           WHERE at >= ? AND at < ?`,
        )
        .get(from, to);
      return { first: span?.first ?? 0, last: span?.last ?? 0 };
    },
    head() {
      const { db, log } = opened();
      const head = db
        .prepare<[], Head>('SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1')
        .get();
      return { ...(head ?? beforeAll), log };
    },
    purgeable(before) {
      const row = opened()
        .db.prepare<[string], { upTo: number | null; records: number }>(
          // Up to the first record that is too young. After the clock was set back, older times can follow it; they
          // stay.
          `SELECT max(seq) AS upTo, count(*) AS records FROM record WHERE seq > 1 AND seq <
             (SELECT coalesce(min(seq), 0) FROM record WHERE seq > 1 AND at >= ?)`,
        )
        .get(before);
      return { upTo: row?.upTo ?? 0, records: row?.records ?? 0 };
    },
    health() {
      recover();
      const none = { lastAppendedAt: null, records: 0 };
      if (failed !== null) {
        return { ...none, ...newest(current), state: 'unwritable', problem: failed.problem };
      }
      try {
        const { db } = opened();
        const doubt = db
          .prepare<[], { seq: number }>(
            `SELECT max(seq) AS seq FROM record WHERE operation = 'audit.anomaly' AND outcome = 'failed'
             HAVING max(seq) > (SELECT coalesce(max(seq), 0) FROM record
                                WHERE operation = 'audit.verify' AND outcome = 'done')`,
          )
          .get();
        const problem = doubt
          ? `the audit log was tampered with before record ${doubt.seq}; look at it with "lookout audit verify --recorded"`
          : null;
        return { ...none, ...newest(current), state: doubt ? 'doubtful' : 'good', problem };
      } catch (error) {
        return { ...none, state: 'unwritable', problem: messageOf(error) };
      }
    },
    close,
  };
}

function newest(open: OpenLog | null): Pick<AuditHealth, 'lastAppendedAt' | 'records'> | null {
  const row = open?.db
    .prepare<[], { records: number; lastAppendedAt: string }>(
      'SELECT seq AS records, at AS lastAppendedAt FROM record ORDER BY seq DESC LIMIT 1',
    )
    .get();
  return row ?? null;
}

function readable(link: Link): AuditRecord {
  try {
    return recordOf(link);
  } catch {
    throw new Problem(`audit record ${link.seq} cannot be read; run "lookout audit verify"`);
  }
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
