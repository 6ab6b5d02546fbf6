import { systemClock } from '../platform/clock.ts';
import { createRecent } from '../platform/quantiles.ts';
import type { Hit } from '../records/detection.ts';
import type { TrackReport } from '../vision/tracking/track-report.ts';

/** Milliseconds: median and 99th percentile; null if there are none. */
export interface StageFigures {
  p50: number | null;
  p99: number | null;
}

/** Of alerts: from the frame's capture to each stage (ALT-3). */
export interface AlertTimes {
  count: number;
  found: StageFigures;
  read: StageFigures;
  matched: StageFigures;
  raised: StageFigures;
}

/** Counts since the start, by kind. */
export interface DaemonCounts {
  reports: number;
  reads: number;
  hits: number;
  withdrawn: number;
  storeFailures: number;
}

/** Times and counts of a run of the daemon, in constant memory. */
export interface DaemonFigures {
  /** When counting started, ms since the epoch. */
  readonly startedAtMs: number;
  countReport(report: TrackReport): void;
  /** How long the matching of one report took, ms. */
  countMatch(tookMs: number): void;
  /**
   * Counts a new or changed hit, and when the outputs had its alert (ms since the epoch); a repeat is stored but not
   * alerted, so it does not count. The times of one that no new read led to, but a list that came while the vehicle was in
   * view, say nothing of how quick the unit is, and are left out.
   */
  countHit(hit: Hit, toldAtMs: number): void;
  countStoreFailure(): void;
  counts(): DaemonCounts;
  alertMs(): AlertTimes;
  matchMs(): StageFigures;
  /** From the start to the first plate read, s; null before it. */
  firstReadAfterS(): number | null;
}

/** More vehicles than are in view at a time. */
const mostInView = 256;

/** Starts counting now. */
export function createDaemonFigures(): DaemonFigures {
  const startedAtMs = systemClock();
  const matchMs = createRecent(4096);
  const alertMs = {
    found: createRecent(4096),
    read: createRecent(4096),
    matched: createRecent(4096),
    raised: createRecent(4096),
  };
  const counts = { reports: 0, reads: 0, hits: 0, withdrawn: 0, storeFailures: 0 };
  let firstReadAtMs: number | null = null;
  /** Vehicles of late: when the read was made that their newest report has, and whether that report brought it. */
  const reads = new Map<string, { readAtMs: number; isNew: boolean }>();

  const noteRead = ({ id, times: { readAtMs } }: TrackReport): void => {
    const isNew = reads.get(id)?.readAtMs !== readAtMs;
    reads.delete(id);
    reads.set(id, { readAtMs, isNew });
    const [oldest] = reads.keys();
    if (reads.size > mostInView && oldest !== undefined) reads.delete(oldest);
  };

  return {
    startedAtMs,

    countReport(report) {
      counts.reports += 1;
      if (report.consensus === null) return;
      noteRead(report);
      if (report.sequence === 1) counts.reads += 1;
      firstReadAtMs ??= systemClock();
    },

    countMatch: (tookMs) => matchMs.add(tookMs),

    countHit({ detectionId, revision, state, times, repeatOf }, toldAtMs) {
      if (repeatOf !== undefined) return;
      if (state === 'withdrawn') counts.withdrawn += 1;
      if (revision > 1) return;
      counts.hits += 1;
      if (reads.get(detectionId)?.isNew === false) return;
      alertMs.found.add(times.foundAtMs - times.capturedAtMs);
      alertMs.read.add(times.readAtMs - times.capturedAtMs);
      alertMs.matched.add(times.matchedAtMs - times.capturedAtMs);
      alertMs.raised.add(toldAtMs - times.capturedAtMs);
    },

    countStoreFailure() {
      counts.storeFailures += 1;
    },

    counts: () => ({ ...counts }),

    alertMs: () => ({
      count: alertMs.raised.count,
      found: alertMs.found.summary(),
      read: alertMs.read.summary(),
      matched: alertMs.matched.summary(),
      raised: alertMs.raised.summary(),
    }),

    matchMs: () => matchMs.summary(),

    firstReadAfterS: () => (firstReadAtMs === null ? null : (firstReadAtMs - startedAtMs) / 1000),
  };
}
