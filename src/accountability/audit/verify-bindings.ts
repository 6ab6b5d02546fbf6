import SQLite from 'better-sqlite3';
import type { Database } from '../../platform/database.ts';
import { messageOf } from '../../platform/problem.ts';
import { type AnchorReading, readKey } from './anchor.ts';
import type { AuditRecord, AuditUnit } from './audit-record.ts';
import type { AuditFault, AuditVerification } from './audit-verification.ts';
import { fingerprintOf, type Head, type Link, recordOf, sealOf } from './chain.ts';
import { auditMigrations } from './tables.ts';

/** Adds a finding. */
export type Found = (fault: AuditFault, seq: number | null, text: string) => void;
/**
 * Facts gathered about a log during its verification; `hashAt` holds the hashes of the records that later checks need.
 */
export type Facts = Omit<AuditVerification, 'sound' | 'findings' | 'more'> & {
  hashAt(seq: number): string | undefined;
};

/** The unit's key; null if it cannot be read, which is a finding. */
export function keyOf(path: string, found: Found): Buffer | null {
  try {
    const key = readKey(path);
    if (key === null) {
      found(
        'key',
        null,
        `${path} is missing: the seals and the anchor cannot be checked without this unit's key`,
      );
    }
    return key;
  } catch (error) {
    found('key', null, messageOf(error));
    return null;
  }
}

/** Checks that the triggers against changes are present and unchanged. */
export function checkTriggers(db: Database, found: Found): void {
  const there = triggersOf(db);
  const reference = new SQLite(':memory:');
  for (const { sql } of auditMigrations) reference.exec(sql);
  const missing = [...triggersOf(reference)].flatMap(([name, sql]) =>
    there.get(name) === sql ? [] : name,
  );
  reference.close();
  if (missing.length > 0) {
    found(
      'triggers',
      null,
      `triggers that protect the records are missing or changed: ${missing.join(', ')}`,
    );
  }
}

function triggersOf(db: Database): Map<string, string> {
  const rows = db
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
    )
    .all();
  return new Map(rows.map(({ name, sql }) => [name, sql]));
}

/** Checks the unit and key that the first record names. */
export function checkGenesis(
  genesis: AuditRecord | null,
  { unit, key }: { unit: AuditUnit | null; key: Buffer | null },
  found: Found,
): void {
  if (genesis === null || genesis.operation !== 'audit.begin') {
    found('removed', 1, 'the first record, which says whose log it is, is missing or unreadable');
    return;
  }
  if (unit !== null && (genesis.agency !== unit.agency || genesis.unit !== unit.id)) {
    found(
      'foreign',
      1,
      `it is the log of ${genesis.agency}/${genesis.unit}, not of ${unit.agency}/${unit.id}: the database was copied from another unit, or the unit was renamed`,
    );
  }
  if (key !== null && fingerprintOf(key) !== genesis.query?.key) {
    found(
      'key',
      1,
      'audit.key is not the key that the log began with: the database was copied from another unit, or the key was replaced',
    );
  }
}

interface Checkpoint {
  upTo: number;
  hash: string;
  decidedIn: number;
  seal: string;
}

/** Checks the purges. Each needs this unit's seal and the record of its decision. */
export function checkCheckpoints(db: Database, key: Buffer | null, found: Found) {
  const checkpoints = db.prepare<[], Checkpoint>('SELECT * FROM checkpoint ORDER BY upTo').all();
  const decision = db.prepare<[number], Link>('SELECT * FROM record WHERE seq = ?');
  for (const { upTo, hash, decidedIn, seal } of checkpoints) {
    const row = decision.get(decidedIn);
    const record = row ? parsed(row) : null;
    // A later purge may have removed the decision of an earlier one.
    const purgedSince = checkpoints.some((later) => later.upTo >= decidedIn);
    const decided =
      record?.category === 'Purge' && record.query?.upTo === upTo && record.query?.hash === hash;
    const sealed = key === null || seal === sealOf(`${upTo} ${hash} ${decidedIn}`, key);
    if (!sealed || !(decided || purgedSince)) {
      found('checkpoint', upTo, `this unit did not decide the removal of records up to ${upTo}`);
    }
  }
  const last = checkpoints.at(-1);
  return {
    upTo: last?.upTo ?? 0,
    /** Whether this purge explains the records missing before a record. */
    covers: (before: { place: number }, place: number, record: AuditRecord | null): boolean =>
      last !== undefined &&
      before.place <= 1 &&
      // A purge that a power cut interrupted leaves some of the records it was to remove.
      (place <= last.upTo || (place === last.upTo + 1 && record?.previous === last.hash)),
  };
}

/** Checks that the log reaches the anchor's record and holds it unchanged. */
export function checkAnchor(reading: AnchorReading, facts: Facts, found: Found): void {
  const last = facts.head?.seq ?? 0;
  if (reading.state === 'missing') {
    found('anchor', null, 'audit.anchor is missing: records may have been cut off the end');
    return;
  }
  if (reading.state === 'forged') {
    found('anchor', null, "audit.anchor was not written with this unit's key, or is damaged");
    return;
  }
  const { anchor } = reading;
  if (anchor.log !== facts.log) {
    found(
      'anchor',
      null,
      `audit.anchor belongs to log ${anchor.log}, the database holds log ${facts.log}`,
    );
  } else if (anchor.seq > last) {
    found(
      'truncated',
      last + 1,
      `records ${last + 1} to ${anchor.seq} were cut off: the anchor names ${anchor.seq}`,
    );
  } else if (facts.hashAt(anchor.seq) !== anchor.hash) {
    found('anchor', anchor.seq, `the anchor names another record ${anchor.seq}`);
  }
}

/** Checks that the log still holds the record that headquarters received last. */
export function checkForwarded(
  forwarded: Head & { log: string },
  facts: Facts,
  found: Found,
): void {
  const last = facts.head?.seq ?? 0;
  if (forwarded.log !== facts.log) {
    found(
      'anchor',
      null,
      `the records last sent to headquarters belong to another log, ${forwarded.log}`,
    );
  } else if (forwarded.seq > last) {
    found(
      'truncated',
      last + 1,
      `headquarters has records up to ${forwarded.seq}, but the log ends at ${last}`,
    );
  } else if (forwarded.seq > facts.purged + 1 && facts.hashAt(forwarded.seq) !== forwarded.hash) {
    found('changed', forwarded.seq, `headquarters has a different record ${forwarded.seq}`);
  }
}

/** The record of a row; null if the text is not JSON. */
export function parsed(row: Pick<Link, 'body' | 'hash'>): AuditRecord | null {
  try {
    return recordOf(row);
  } catch {
    return null;
  }
}
