import type { TrackReport } from '../tracking/track-report.ts';

/** The last report of each vehicle that a head has reported and not ended. */
export interface OpenTracks {
  add(report: TrackReport): void;
  /** An `ended` report for each of them, as the head would have sent it. */
  endAll(): TrackReport[];
}

/** Remembers the tracks of one head process, to end them if it crashes. */
export function createOpenTracks(): OpenTracks {
  const open = new Map<string, TrackReport>();
  return {
    add(report) {
      if (report.phase === 'ended') open.delete(report.id);
      else open.set(report.id, report);
    },
    endAll() {
      const ended = [...open.values()].map(
        (report): TrackReport => ({
          ...report,
          phase: 'ended',
          sequence: report.sequence + 1,
          unread: report.consensus === null ? (report.unread ?? 'low_confidence') : null,
        }),
      );
      open.clear();
      return ended;
    },
  };
}
