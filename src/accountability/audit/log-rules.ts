import { Problem } from '../../platform/problem.ts';
import type { Anchor, AnchorReading } from './anchor.ts';
import type { AuditEntry, AuditRecord, AuditUnit } from './audit-record.ts';
import { fingerprintOf, type Head, logIdOf } from './chain.ts';
import { ownEntry } from './unattended-entry.ts';

/**
 * Decisions of the audit log: whether it may begin or continue, what it records about itself, and its state. Pure: they
 * get what was read from the files and change nothing.
 */

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

/** Records that could not be written, since the last one that could. */
export interface Failure {
  count: number;
  /** ISO time of the first. */
  since: string;
  /** Of the last. */
  problem: string;
}

/** Where the parts of a log lie, for messages. */
export interface LogPaths {
  database: string;
  anchor: string;
  key: string;
}

const moveAside = 'move audit.db, audit.anchor and audit.key aside for a new log';

/** Throws a Problem if there is an anchor without its database: a new log must not take the place of a lost one. */
export function refuseLostDatabase(
  paths: LogPaths,
  exists: { anchor: boolean; database: boolean },
): void {
  if (!exists.anchor || exists.database) return;
  throw new Problem(
    `${paths.database} is missing although ${paths.anchor} says that there is a log. Restore it; ` +
      'or, if it is lost for good, move audit.anchor and audit.key aside too, to begin a new log.',
  );
}

/** The turn of the first anchor of a log without records. Throws a Problem if the anchor belongs to a longer log. */
export function firstTurn(paths: LogPaths, reading: AnchorReading): number {
  if (reading.state === 'missing') return 1;
  // A power cut between anchor and commit left the anchor of a log that has no records yet.
  if (reading.state === 'sound' && reading.anchor.seq === 1) return reading.anchor.turn + 1;
  throw new Problem(
    `${paths.database} is empty although ${paths.anchor} says that there is a log. Restore the log; ` +
      'or, if it is lost for good, move audit.anchor and audit.key aside too, to begin a new log.',
  );
}

/** The id and key of a log, from its first record. Throws a Problem if it belongs to another unit or key. */
export function ownLog(
  paths: LogPaths,
  genesis: AuditRecord,
  { unit, key }: { unit: AuditUnit; key: Buffer | null },
): { log: string; key: Buffer } {
  if (genesis.agency !== unit.agency || genesis.unit !== unit.id) {
    throw new Problem(
      `${paths.database} is the audit log of ${genesis.agency}/${genesis.unit}, and this unit is ` +
        `${unit.agency}/${unit.id}: the database was copied from another unit, or unit.agency or unit.id was ` +
        `changed. Restore the right one, or ${moveAside}.`,
    );
  }
  if (key === null || fingerprintOf(key) !== genesis.query?.key) {
    throw new Problem(
      `${paths.key} is ${key === null ? 'missing' : 'not the key that the log began with'}: the database was ` +
        `copied from another unit, or the key was replaced. Restore the key of this unit, or ${moveAside}.`,
    );
  }
  return { log: logIdOf(genesis), key };
}

/** What the log records about itself before the next record: signs of tampering, then records that are missing. */
export function entriesBefore(
  unit: AuditUnit,
  { anomaly, failed }: { anomaly: string | null; failed: Failure | null },
): AuditEntry[] {
  const entries: AuditEntry[] = [];
  if (anomaly !== null) {
    entries.push(ownEntry('audit.anomaly', unit, { outcome: 'failed', note: anomaly }));
  }
  if (failed !== null) {
    const note = `${failed.count} could not be written since ${failed.since}: ${failed.problem}`;
    entries.push(ownEntry('audit.gap', unit, { outcome: 'failed', note }));
  }
  return entries;
}

/**
 * The anchor to write once `head` is on the disk. Null if another process has anchored this record or a later one;
 * `force` writes it all the same, over an anchor that cannot be trusted.
 */
export function nextAnchor(
  before: AnchorReading,
  { log, head, force }: { log: string; head: Head; force: boolean },
): Anchor | null {
  const { turn, seq } = before.state === 'sound' ? before.anchor : { turn: 0, seq: 0 };
  if (seq >= head.seq && !force) return null;
  return { log, seq: head.seq, hash: head.hash, turn: turn + 1 };
}

/** Counts one more record that could not be written. */
export function failureAfter(failed: Failure | null, at: string, problem: string): Failure {
  return { count: (failed?.count ?? 0) + 1, since: failed?.since ?? at, problem };
}

/** The state of the log. `newest` is null if it is not open or has no records. */
export function healthOf(found: {
  newest: { seq: number; at: string } | null;
  /** Why records cannot be written; null if they can. */
  problem: string | null;
  /** Number of the record of tampering that was not verified since; null if there is none. */
  doubtfulSeq: number | null;
}): AuditHealth {
  const { newest, doubtfulSeq } = found;
  const seen = { lastAppendedAt: newest?.at ?? null, records: newest?.seq ?? 0 };
  if (found.problem !== null) return { ...seen, state: 'unwritable', problem: found.problem };
  if (doubtfulSeq === null) return { ...seen, state: 'good', problem: null };
  const problem = `the audit log was tampered with before record ${doubtfulSeq}; look at it with "lookout audit verify --recorded"`;
  return { ...seen, state: 'doubtful', problem };
}
