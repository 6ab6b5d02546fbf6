import type { UnitMode } from '../../config/sections/unit.ts';
import type { Outbox } from '../../outbox/outbox.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import { type AlsoRemove, createRemoval } from '../../records/removal.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { ClockBelief } from './clock-belief.ts';
import { type Candidate, createExpiredRows } from './expired-rows.ts';
import type { Holds } from './holds.ts';
import { kinds } from './keep-times.ts';
import { type PurgePreview, previewPurge } from './preview.ts';
import { createPurgeRuns, type OpenRun, type PurgeRun } from './purge-runs.ts';
import { createRemover } from './remover.ts';
import { refuseBelowMinimum, type SourceSpan, whyKept } from './rules.ts';
import { sourceWords } from './source-words.ts';

/** State of the purges, for status and health. Cheap. */
export interface RetentionHealth {
  running: boolean;
  lastRun: PurgeRun | null;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
}

/**
 * A person's order: data older than this is deleted too, once headquarters has it; of all sources, of the cameras of one name,
 * or of units of one mode.
 */
export interface PurgeOrder {
  olderThanDays: number;
  head?: string | undefined;
  mode?: 'mobile' | 'fixed' | undefined;
}

/** Deletes the data that the policy no longer permits to keep, and no other. */
export interface Retention extends AsyncDisposable {
  /** Runs at intervals; in transient mode also when headquarters acknowledges records. */
  start(): void;
  /**
   * Purges data that is due, and data that an order covers. Throws a Refusal if the order is below the policy's
   * minimum. Resolves with the run; null if there was nothing to remove.
   */
  run(order?: PurgeOrder): Promise<PurgeRun | null>;
  /** What `run` would delete now. Throws as `run` does; changes nothing. */
  preview(order?: PurgeOrder): Promise<PurgePreview>;
  health(): RetentionHealth;
  /** Rows of the policy in force, for each source that has records. */
  spans(): SourceSpan[];
}

const atATime = 64;
const defaultEveryMs = 3_600_000;
/** Acknowledgements arrive in bursts; each burst is one removal. */
const settleMs = 300;

/**
 * Uses the same connection as `outbox`. Rows are removed in slices of a few milliseconds; the thread that empties the
 * write-ahead log and the removal of files run between slices.
 */
export function createRetention(deps: {
  db: Database;
  dataDir: string;
  policy: Policy;
  unit: { agency: string; id: string; mode: UnitMode };
  outbox: Outbox;
  audit: AuditWriter;
  holds: Pick<Holds, 'isHeld'>;
  /** Whether one of its hits is open, or was closed and may be needed; in transient mode such a detection is kept. */
  isNeeded?: (detectionId: string) => boolean;
  /** Removes other rooms' rows about a detection. */
  alsoRemove?: readonly AlsoRemove[];
  /** Whether the clock may be used to delete data. */
  belief: Pick<ClockBelief, 'believes' | 'health' | 'save'>;
  everyMs?: number;
  clock: Clock;
  log: Log;
}): Retention {
  const { db, policy, unit, outbox, holds, clock, log, isNeeded = () => false } = deps;
  const { belief, everyMs = defaultEveryMs } = deps;
  const isTransient = policy.retention.edgeStore === 'transient';
  const due = createExpiredRows({ db, retention: policy.retention, mode: unit.mode });
  const runs = createPurgeRuns({ db, audit: deps.audit, unit, clock });

  let problem: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  let settling: NodeJS.Timeout | null = null;
  let working: Promise<unknown> = Promise.resolve();
  let busy = 0;
  let stopped = false;
  /** Detections about which headquarters has just acknowledged something. */
  let acknowledged = new Set<string>();
  /**
   * Whether the audit log has a record of every interrupted run. Only the daemon writes these: a command's run may
   * still be in progress.
   */
  let isTold = true;
  /** In transient mode one run covers an hour of small removals. */
  let standing: OpenRun | null = null;

  const removal = createRemoval(deps);
  const whyStays = (candidate: Candidate) => {
    const { detectionId } = candidate;
    const ties = {
      isWaiting: () => outbox.waitingAbout(detectionId).length > 0,
      isNeeded: () => isNeeded(detectionId),
      isHeld: () => holds.isHeld(detectionId),
    };
    return whyKept(candidate, ties, policy.retention.edgeStore);
  };
  const remover = createRemover({
    db,
    removal,
    mayGo: (candidate) => whyStays(candidate) === null,
  });

  /** Runs one job at a time; a failure is reported in the health, and the timer tries again. */
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    busy += 1;
    const done = working.then(work).finally(() => {
      busy -= 1;
    });
    working = done.catch(() => {});
    return done;
  };

  const checkClock = (): void => {
    belief.save();
    if (belief.believes()) return;
    const why = belief.health().problem ?? 'the clock is doubtful';
    throw new Refusal(409, 'clock-doubtful', `Nothing is deleted by a doubtful clock: ${why}`);
  };

  const finishStanding = (): void => {
    const run = standing;
    standing = null;
    run?.finish();
  };

  const purge = async (order?: PurgeOrder): Promise<PurgeRun | null> => {
    let open: OpenRun | null = null;
    try {
      finishStanding();
      if (!isTold) runs.closeInterrupted();
      isTold = true;
      checkClock();
      await remover.remove(due.walks({ nowMs: clock(), ...order }), () => {
        open ??= runs.begin(order === undefined ? 'policy' : 'order');
        return open;
      });
      if (remover.hasTraces()) await remover.eraseTraces(true);
      problem = null;
    } catch (error) {
      problem = `Data past its retention time could not be deleted: ${messageOf(error)}`;
      log.error({ problem: messageOf(error) }, 'purge failed');
      throw error;
    } finally {
      // What was removed is recorded even if the rest failed.
      (open as OpenRun | null)?.finish();
      if (!isTransient) await remover.closeThread();
    }
    if (open === null) return null;
    log.info({ detections: (open as OpenRun).total() }, 'purged');
    return runs.last();
  };

  /** Transient mode: deletes what headquarters has acknowledged (RET-6). */
  const letGoAcknowledged = async (): Promise<void> => {
    const ids = acknowledged;
    acknowledged = new Set();
    const candidates = [...ids].flatMap(candidateOf);
    try {
      const begin = () => {
        standing ??= runs.begin('acknowledged');
        return standing;
      };
      const walk = { next: () => candidates.splice(0, atATime) };
      await remover.remove([walk], begin);
      // If more was acknowledged since, wait for the run that follows.
      if (remover.hasTraces() && acknowledged.size === 0) await remover.eraseTraces(false);
      problem = null;
    } catch (error) {
      // The next sweep removes them.
      problem = `Acknowledged data could not be deleted: ${messageOf(error)}`;
      log.error({ problem: messageOf(error) }, 'deleting acknowledged data failed');
    }
  };
  const seenOf = db.prepare<[string], { head: string; lastSeenMs: number }>(
    'SELECT head, last_seen_ms AS lastSeenMs FROM detection_summary WHERE id = ? AND closed = 1',
  );
  const candidateOf = (id: string): Candidate[] => {
    const row = seenOf.get(id);
    if (row === undefined) return [];
    const { head, lastSeenMs: atMs } = row;
    const rule = 'retention.edgeStore';
    return [{ what: 'detection', id, detectionId: id, atMs, head, rule, forced: false }];
  };

  if (isTransient) {
    outbox.onAcknowledged((_, detectionIds) => {
      for (const id of detectionIds) acknowledged.add(id);
      if (stopped || settling !== null || acknowledged.size === 0) return;
      settling = setTimeout(() => {
        settling = null;
        if (!stopped) void queued(letGoAcknowledged);
      }, settleMs);
      settling.unref();
    });
  }

  return {
    start() {
      isTold = false;
      const sweep = () => void queued(() => purge()).catch(() => {});
      timer = setInterval(sweep, everyMs);
      timer.unref();
      sweep();
    },
    run(order) {
      if (order !== undefined) refuseBelowMinimum(order, this.spans());
      return queued(() => purge(order));
    },
    async preview(order) {
      if (order !== undefined) refuseBelowMinimum(order, this.spans());
      checkClock();
      return previewPurge({
        walks: due.walks({ nowMs: clock(), ...order }),
        whyKept: whyStays,
        goingWith: ({ what, id }) =>
          what === 'detection'
            ? removal.wouldRemove(id)
            : { hits: 0, images: 1, unacknowledged: 0 },
      });
    },
    health: () => ({ running: busy > 0, lastRun: runs.last(), problem }),
    spans: () =>
      due.sources().flatMap((source) =>
        kinds.map((kind) => ({
          ...{ head: source.head, mode: source.mode, kind },
          name: sourceWords(source, unit.mode),
          ...due.spanFor(kind, source),
        })),
      ),
    async [Symbol.asyncDispose]() {
      stopped = true;
      if (timer !== null) clearInterval(timer);
      if (settling !== null) clearTimeout(settling);
      await remover.breakOff(working);
      if (isTransient && acknowledged.size > 0) await letGoAcknowledged();
      try {
        finishStanding();
      } catch (error) {
        // The run stays recorded as interrupted; the next start writes it to the audit log.
        log.error({ problem: messageOf(error) }, 'a purge could not be written to the audit log');
      }
      await remover.closeThread();
    },
  };
}
