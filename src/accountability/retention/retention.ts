import type { Outbox } from '../../outbox/outbox.ts';
import type { Clock } from '../../platform/clock.ts';
import { dayMs } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import { type AlsoRemove, createRemoval } from '../../records/removal.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import type { Policy } from '../policy/policy.ts';
import { type Candidate, createExpiredRows } from './expired-rows.ts';
import type { Holds } from './holds.ts';
import { kinds, type Span } from './keep-times.ts';
import { createPurgeRuns, type OpenRun, type PurgeRun } from './purge-runs.ts';
import { createRemover } from './remover.ts';
import { doubtfulLeapMs, refuseBelowMinimum, whyKept } from './rules.ts';

/** State of letting go, for status and health. Cheap. */
export interface RetentionHealth {
  running: boolean;
  lastRun: PurgeRun | null;
  /** What is wrong and what to do, or null. */
  problem: string | null;
}

/** A person's order: what is older than this goes too, of all sources or of one, once headquarters has it. */
export interface PurgeOrder {
  olderThanDays: number;
  head?: string | undefined;
}

/** Lets go of what the policy no longer allows to keep, and of nothing else. */
export interface Retention extends AsyncDisposable {
  /** Runs now and then by a timer; in transient mode also whenever headquarters acknowledges. */
  start(): void;
  /**
   * Purges what is due, and what an order asks. Throws a Refusal when the order goes below the policy's minimum. Resolves with the run, null when there was nothing to remove.
   */
  run(order?: PurgeOrder): Promise<PurgeRun | null>;
  health(): RetentionHealth;
  /** Whether anything may go for its age: the clock has not leapt since the last look, or something vouches for it. */
  believesClock(): boolean;
  /** Rows of the policy in force, for each head that has records. */
  spans(): (Span & { head: string; kind: string })[];
}

const atATime = 64;
const defaultEveryMs = 3_600_000;
/** Acknowledgements come in flocks; each flock is one removal. */
const settleMs = 300;

/**
 * Works on the connection that `outbox` is on. Rows go in slices of a few milliseconds; the thread that empties the
 * write-ahead log and the removal of files wait their turn between them.
 */
export function createRetention(deps: {
  db: Database;
  dataDir: string;
  policy: Policy;
  unit: { agency: string; id: string; mode: 'mobile' | 'fixed' };
  outbox: Outbox;
  audit: AuditWriter;
  holds: Pick<Holds, 'isHeld'>;
  /** Whether the verification of one of its hits is still open; such a detection stays in transient mode. */
  isOpen?: (detectionId: string) => boolean;
  /** Other rooms' rows about a detection. */
  alsoRemove?: readonly AlsoRemove[];
  /** Whether the time is sure (from satellites, from headquarters); asked after a leap of the clock. */
  isTimeSure?: () => boolean;
  everyMs?: number;
  clock: Clock;
  log: Log;
}): Retention {
  const { db, policy, unit, outbox, holds, clock, log, isOpen = () => false } = deps;
  const { isTimeSure = () => true, everyMs = defaultEveryMs } = deps;
  const isTransient = policy.retention.edgeStore === 'transient';
  const due = createExpiredRows({ db, retention: policy.retention, mode: unit.mode });
  const runs = createPurgeRuns({ db, audit: deps.audit, unit, clock });
  const noteOf = db
    .prepare<[string], string>('SELECT value FROM retention_note WHERE name = ?')
    .pluck();
  const setNote = db.prepare('INSERT OR REPLACE INTO retention_note (name, value) VALUES (?, ?)');

  let problem: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  let settling: NodeJS.Timeout | null = null;
  let working: Promise<unknown> = Promise.resolve();
  let busy = 0;
  let stopped = false;
  /** Detections that headquarters has just acknowledged something of. */
  let acknowledged = new Set<string>();
  /** Whether the audit log knows of runs that were cut off. The daemon alone tells: a command's run may be under way. */
  let isTold = true;
  /** In transient mode one run stands for an hour of small removals. */
  let standing: OpenRun | null = null;

  const remover = createRemover({
    db,
    removal: createRemoval(deps),
    mayGo: (candidate) => {
      const { detectionId } = candidate;
      const ties = {
        isWaiting: () => outbox.waitingAbout(detectionId).length > 0,
        isOpen: () => isOpen(detectionId),
        isHeld: () => holds.isHeld(detectionId),
      };
      return whyKept(candidate, ties, policy.retention.edgeStore) === null;
    },
  });

  /** One piece of work at a time; whatever goes wrong is told in the health and tried again by the timer. */
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    busy += 1;
    const done = working.then(work).finally(() => {
      busy -= 1;
    });
    working = done.catch(() => {});
    return done;
  };

  const leapNowMs = (): number | null => {
    const lastLook = noteOf.get('clockMs');
    return doubtfulLeapMs(lastLook === undefined ? null : Number(lastLook), clock(), isTimeSure);
  };

  const checkClock = (): void => {
    const leaptMs = leapNowMs();
    if (leaptMs !== null) {
      throw new Error(
        `The clock has moved forward ${Math.round(leaptMs / dayMs)} days since the last check and nothing confirms ` +
          'it: nothing is purged until GPS agrees with the clock or, without GPS, headquarters is reached.',
      );
    }
    setNote.run('clockMs', String(Math.floor(clock())));
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
      // What went is told even when the rest failed.
      (open as OpenRun | null)?.finish();
      if (!isTransient) await remover.closeThread();
    }
    if (open === null) return null;
    log.info({ detections: (open as OpenRun).total() }, 'purged');
    return runs.last();
  };

  /** Transient mode: what headquarters has, goes (RET-6). */
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
      // While more is acknowledged this waits for the run that follows.
      if (remover.hasTraces() && acknowledged.size === 0) await remover.eraseTraces(false);
      problem = null;
    } catch (error) {
      // The next sweep meets them again.
      problem = `Acknowledged data could not be deleted: ${messageOf(error)}`;
      log.error({ problem: messageOf(error) }, 'deleting acknowledged data failed');
    }
  };
  const seenOf = db.prepare<[string], { head: string; lastSeenMs: number }>(
    'SELECT head, lastSeenMs FROM detection_summary WHERE id = ? AND closed = 1',
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
    believesClock: () => leapNowMs() === null,
    health: () => ({ running: busy > 0, lastRun: runs.last(), problem }),
    spans: () =>
      due
        .heads()
        .flatMap((head) => kinds.map((kind) => ({ head, kind, ...due.spanFor(kind, head) }))),
    async [Symbol.asyncDispose]() {
      stopped = true;
      if (timer !== null) clearInterval(timer);
      if (settling !== null) clearTimeout(settling);
      await remover.breakOff(working);
      if (isTransient && acknowledged.size > 0) await letGoAcknowledged();
      try {
        finishStanding();
      } catch (error) {
        // It stays on file as interrupted; the next start tells the audit log.
        log.error({ problem: messageOf(error) }, 'a purge could not be written to the audit log');
      }
      await remover.closeThread();
    },
  };
}
