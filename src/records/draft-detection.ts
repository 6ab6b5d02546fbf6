import type { Config } from '../config/schema.ts';
import { isoTime } from '../platform/clock.ts';
import type { DirectionOfTravel, Fix } from '../position/fix.ts';
import type { TrackReport } from '../vision/tracking/track-report.ts';
import type { Detection } from './detection.ts';
import { possibleTexts } from './possible-texts.ts';

/** A detection before its images are stored and its revision is counted. */
export type DetectionDraft = Omit<Detection, 'images' | 'revision'>;

/** The record of a vehicle from the tracker's report and the unit's position. */
export function draftDetection(seen: {
  report: TrackReport;
  fix: Fix;
  direction: DirectionOfTravel;
  unit: Config['unit'];
  /** The canvass that it is seen in; null if there is none. */
  canvass: string | null;
}): DetectionDraft {
  const { report, fix, direction, unit, canvass } = seen;
  return {
    id: report.id,
    agency: unit.agency,
    unit: unit.id,
    head: report.head,
    firstSeen: isoTime(report.firstSeenMs),
    lastSeen: isoTime(report.lastSeenMs),
    seenCount: report.seenCount,
    read: report.consensus,
    unread: report.unread,
    ...(report.consensus === null &&
      report.possible && { possible: possibleTexts(report.possible) }),
    readFrom: 'ir',
    motion: report.motion,
    direction,
    fix,
    // No model reports these yet; the format has the fields so that headquarters need not change later.
    vehicle: { make: null, model: null, colour: null, body: null, identifiers: [] },
    ...(canvass === null ? {} : { canvass }),
    overviewMissing: report.images.overviewMissing,
    closed: report.phase === 'ended',
  };
}
