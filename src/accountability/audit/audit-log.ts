import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, isoTime, systemClock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import { auditPaths } from './anchor.ts';
import type { AuditFilter } from './audit-filter.ts';
import {
  type AuditEntry,
  type AuditRecord,
  type AuditUnit,
  type AuditWriter,
  auditEntrySchema,
} from './audit-record.ts';
import { type Head, type Link, recordOf, sealOf } from './chain.ts';
import { type AuditHealth, type Failure, failureAfter, healthOf } from './log-rules.ts';
import { type OpenLog, openLog } from './open-log.ts';
import type { RecordPage, RecordSpan } from './record-rows.ts';
import { ownEntry } from './unattended-entry.ts';

/** This unit's log. Several processes may have it open at once. */
export interface AuditLog extends AuditWriter {
  /** Newest first if `newest`, else oldest first; `beyond` is the number after which to continue. */
  read(filter: AuditFilter, page: RecordPage): AuditRecord[];
  /**
   * The first and last number of a period's records. A clock that was set back mixes records of other times in between.
   */
  span(period: Pick<AuditFilter, 'from' | 'to'>): RecordSpan;
  /** How many of these records fit, by category. */
  count(filter: AuditFilter, within: RecordSpan): { category: string; records: number }[];
  /** Everybody whom a record names, each with the name that the newest gives. */
  people(): { username: string; name: string }[];
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

const retryEveryMs = 5000;
const purgeSlice = 500;
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
  /** Closed and reopened after a failed write. */
  let current: OpenLog | null = null;
  let failed: Failure | null = null;
  let triedAtMs = Number.NEGATIVE_INFINITY;

  const close = (): void => {
    const closing = current;
    current = null;
    try {
      closing?.db.close();
    } catch (error) {
      deps.log?.warn({ problem: messageOf(error) }, 'audit log not closed');
    }
  };

  const opened = (): OpenLog => {
    current ??= openLog({ paths, unit, patienceMs, clock, log: deps.log });
    return current;
  };

  const append = (entry: AuditEntry): AuditRecord => {
    const parsed = { ...auditEntrySchema.parse(entry), operation: entry.operation };
    try {
      const record = opened().append(parsed, failed);
      failed = null;
      return record;
    } catch (error) {
      const problem = messageOf(error);
      failed = failureAfter(failed, isoTime(clock()), problem);
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
    const { db, rows, key } = opened();
    const hash = rows.hashAt(upTo);
    if (hash === undefined || upTo < 2) {
      throw new Problem(`the audit log has no record ${upTo} to purge up to`);
    }
    // The decision is on disk before anything is removed; after a power cut the next purge removes the rest.
    const record = append({ ...decision, query: { ...decision.query, upTo, hash } });
    const decidedIn = record.seq;
    const seal = sealOf(`${upTo} ${hash} ${decidedIn}`, key);
    rows.insertCheckpoint({ upTo, hash, decidedIn, seal });
    // In slices, so that a hundred thousand rows do not block the event loop.
    while (rows.remove(upTo, purgeSlice) > 0) await nextTurn();
    db.pragma('incremental_vacuum');
    db.pragma('wal_checkpoint(TRUNCATE)');
    return record;
  };

  return {
    append,
    purge,
    read: (filter, page) => opened().rows.page(filter, page).map(readable),
    span: (period) => opened().rows.span(period),
    count: (filter, within) => opened().rows.count(filter, within),
    people: () => opened().rows.people(),
    head() {
      const { rows, log } = opened();
      return { ...rows.head(), log };
    },
    purgeable: (before) => opened().rows.purgeable(before),
    health() {
      recover();
      const newest = (): ReturnType<OpenLog['rows']['newest']> => current?.rows.newest() ?? null;
      if (failed !== null) {
        return healthOf({ newest: newest(), problem: failed.problem, doubtfulSeq: null });
      }
      try {
        const doubtfulSeq = opened().rows.doubtfulSeq();
        return healthOf({ newest: newest(), problem: null, doubtfulSeq });
      } catch (error) {
        return healthOf({ newest: null, problem: messageOf(error), doubtfulSeq: null });
      }
    },
    close,
  };
}

function readable(link: Link): AuditRecord {
  try {
    return recordOf(link);
  } catch {
    throw new Problem(`audit record ${link.seq} cannot be read; run "lookout audit verify"`);
  }
}
