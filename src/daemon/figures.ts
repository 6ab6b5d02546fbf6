import { systemClock } from '../platform/clock.ts';
import { createRecent } from '../platform/quantiles.ts';
import type { Hit } from '../records/detection.ts';
import type { TrackReport } from '../vision/tracking/track-report.ts';

/** Milliseconds: median and 99th percentile; null before the first. */
export interface StageFigures {
  p50: number | null;
  p99: number | null;
}

/** Times and counts of a run of the daemon; memory does not grow. */
export type DaemonFigures = ReturnType<typeof createDaemonFigures>;

/** Starts counting now. */
export function createDaemonFigures() {
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

  return {
    startedAtMs,
    counts,
    matchMs,

    countReport(report: TrackReport): void {
      counts.reports += 1;
      if (report.consensus === null) return;
      if (report.sequence === 1) counts.reads += 1;
      firstReadAtMs ??= systemClock();
    },

    /** A repeat is stored but not alerted, so it does not count. */
    countHit({ revision, state, times, repeatOf }: Hit): void {
      if (repeatOf !== undefined) return;
      if (state === 'withdrawn') counts.withdrawn += 1;
      if (revision > 1) return;
      counts.hits += 1;
      alertMs.found.add(times.foundAtMs - times.capturedAtMs);
      alertMs.read.add(times.readAtMs - times.capturedAtMs);
      alertMs.matched.add(times.matchedAtMs - times.capturedAtMs);
      alertMs.raised.add(times.raisedAtMs - times.capturedAtMs);
    },

    /** From the frame's capture to each stage of an alert (ALT-3). */
    alertTimes: () => ({
      count: alertMs.raised.count,
      found: alertMs.found.summary(),
      read: alertMs.read.summary(),
      matched: alertMs.matched.summary(),
      raised: alertMs.raised.summary(),
    }),

    /** From the start to the first plate read, s; null before it. */
    firstReadAfterS: () => (firstReadAtMs === null ? null : (firstReadAtMs - startedAtMs) / 1000),
  };
}
