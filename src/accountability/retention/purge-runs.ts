import { uuidv7 } from 'uuidv7';
import { type Clock, isoTime } from '../../platform/clock.ts';
import { selectList } from '../../platform/columns.ts';
import type { Database } from '../../platform/database.ts';
import type { Removed } from '../../records/removal.ts';
import type { AuditUnit, AuditWriter } from '../audit/audit-record.ts';
import { ownEntry } from '../audit/unattended-entry.ts';
import type { Candidate } from './expired-rows.ts';
import { createTally, type RemovedByRule } from './tally.ts';

/** One run, as status and audit show it. */
export interface PurgeRun {
  id: string;
  why: 'policy' | 'order' | 'acknowledged';
  startedAt: string;
  /** Null while it runs, and if a power cut interrupted it. */
  finishedAt: string | null;
  removed: RemovedByRule[];
}

interface Row {
  id: string;
  why: PurgeRun['why'];
  startedAtMs: number;
  finishedAtMs: number | null;
  removed: string;
}

const columns = selectList([
  'id',
  'why',
  'startedAtMs',
  'finishedAtMs',
  'removed',
] satisfies (keyof Row)[]);

/** A run that was announced to the audit log. */
export interface OpenRun {
  readonly startedAtMs: number;
  /** Counts a removal; call it inside the transaction that removes, then `save`. */
  count(candidate: Candidate, removed: Removed): void;
  save(): void;
  /** Drops the counts since the last save, because their transaction failed. */
  revert(): void;
  total(): number;
  /** Records in the audit log what was removed, and ends the run. */
  finish(): void;
}

/**
 * Stored runs: each removal is counted in its own transaction, so that the audit log gets the counts even after a power
 * cut. Nothing is removed unless the announcement is in the audit log.
 */
export function createPurgeRuns(deps: {
  db: Database;
  audit: AuditWriter;
  unit: AuditUnit;
  clock: Clock;
}) {
  const { db, audit, unit, clock } = deps;
  const insert = db.prepare(
    "INSERT INTO purge_run (id, why, started_at_ms, removed) VALUES (?, ?, ?, '[]')",
  );
  const update = db.prepare('UPDATE purge_run SET removed = ? WHERE id = ?');
  const close = db.prepare('UPDATE purge_run SET finished_at_ms = ? WHERE id = ?');
  const last = db.prepare<[], Row>(`SELECT ${columns} FROM purge_run ORDER BY id DESC LIMIT 1`);
  const unfinished = db.prepare<[], Row>(
    `SELECT ${columns} FROM purge_run WHERE finished_at_ms IS NULL`,
  );

  const recordRun = (
    run: { id: string; why: string },
    changes: { outcome: 'started' | 'done' | 'failed'; removed?: RemovedByRule[]; note?: string },
  ): void => {
    const { outcome, removed, note = null } = changes;
    const entry = ownEntry('retention.purge', unit, {
      category: 'Purge',
      outcome,
      object: `purge ${run.id}`,
      query: { why: run.why, ...(removed ? { removed } : {}) },
      results: removed ? detectionsOf(removed) : null,
      note,
    });
    audit.append(entry);
  };

  return {
    /** Throws if the audit log cannot be written. */
    begin(why: PurgeRun['why']): OpenRun {
      const id = uuidv7();
      const startedAtMs = Math.floor(clock());
      recordRun({ id, why }, { outcome: 'started' });
      insert.run(id, why, startedAtMs);
      const tally = createTally();
      return {
        startedAtMs,
        count(candidate, { hits, files, unacknowledged }) {
          tally.add(candidate, { hits, images: files.length, unacknowledged });
        },
        save() {
          update.run(JSON.stringify(tally.rules()), id);
          tally.save();
        },
        revert: tally.revert,
        total: () => detectionsOf(tally.rules()),
        finish() {
          recordRun({ id, why }, { outcome: 'done', removed: tally.rules() });
          close.run(Math.floor(clock()), id);
        },
      };
    },
    /** Records in the audit log the runs that a power cut interrupted. */
    closeInterrupted(): void {
      for (const row of unfinished.all()) {
        const note = 'interrupted; this record lists what it had removed until then';
        recordRun(row, { outcome: 'failed', removed: removedOf(row), note });
        close.run(Math.floor(clock()), row.id);
      }
    },
    last(): PurgeRun | null {
      const row = last.get();
      if (row === undefined) return null;
      const { id, why, startedAtMs, finishedAtMs } = row;
      return {
        id,
        why,
        startedAt: isoTime(startedAtMs),
        removed: removedOf(row),
        finishedAt: finishedAtMs === null ? null : isoTime(finishedAtMs),
      };
    },
  };
}

function removedOf(row: Row): RemovedByRule[] {
  return JSON.parse(row.removed) as RemovedByRule[];
}

function detectionsOf(removed: readonly RemovedByRule[]): number {
  return removed.reduce((sum, { detections }) => sum + detections, 0);
}
