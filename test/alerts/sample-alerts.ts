import type { Alert } from '../../src/alerts/alert.ts';
import { classify } from '../../src/alerts/classify.ts';
import { titleOf } from '../../src/alerts/wording.ts';
import type { HitMatch } from '../../src/hotlist/hit-match.ts';
import type { DirectionOfTravel, Fix } from '../../src/position/fix.ts';
import type { Hit } from '../../src/records/detection.ts';
import type {
  Consensus,
  TrackImages,
  TrackReport,
} from '../../src/vision/tracking/track-report.ts';

/** 2026-11-22 04:00:00 UTC. */
export const startMs = 1_795_320_000_000;

/** Without pictures. */
export const noImages: TrackImages = {
  plate: null,
  ir: null,
  overview: null,
  overviewMissing: 'no_frame',
};

export function exampleConsensus(plate = '7ABC123', over: Partial<Consensus> = {}): Consensus {
  return {
    plate,
    confidence: 0.97,
    characters: [...plate].map((char) => ({ char, p: 0.99 })),
    alternatives: [],
    state: { code: 'CA', p: 0.95 },
    readCount: 3,
    agreeCount: 3,
    ...over,
  };
}

export function exampleReport(over: Partial<TrackReport> = {}): TrackReport {
  return {
    id: '019d0000-0000-7000-8000-000000000001',
    head: 'front',
    phase: 'update',
    sequence: 1,
    firstSeenMs: startMs,
    lastSeenMs: startMs + 200,
    seenCount: 4,
    consensus: exampleConsensus(),
    unread: null,
    motion: 'approaching',
    lateralPerS: 0.05,
    box: [400, 300, 120, 60],
    frameSize: [1280, 720],
    times: { capturedAtMs: startMs, foundAtMs: startMs + 60, readAtMs: startMs + 90 },
    images: noImages,
    ...over,
  };
}

export function exampleMatch(
  over: {
    entry?: Partial<HitMatch['entry']>;
    list?: Partial<HitMatch['list']>;
  } & Partial<Pick<HitMatch, 'tier' | 'differences' | 'stacked' | 'stateAgreement'>> = {},
): HitMatch {
  const { entry, list, ...rest } = over;
  return {
    tier: 'exact',
    entry: {
      id: 'e-1',
      plate: '7ABC123',
      state: 'CA',
      plateType: null,
      category: 'stolen_vehicle',
      reason: 'Taken from a driveway',
      make: 'Honda',
      model: 'Accord',
      colour: 'Gray',
      year: '2019',
      caseNumber: '26-004417',
      enteredBy: null,
      approvedBy: null,
      entryDate: '2026-11-19T04:00:00Z',
      expires: null,
      ...entry,
    },
    list: {
      id: 'svs',
      name: 'State vehicle list',
      type: 'general',
      priority: 10,
      asOf: '2026-11-21T14:00:00Z',
      ageS: 14 * 3600,
      old: false,
      ...list,
    },
    differences: [],
    stateAgreement: 'agrees',
    ...rest,
  };
}

export function exampleFix(over: Partial<Fix> = {}): Fix {
  return {
    quality: 'fix-3d',
    latitude: 34.89581,
    longitude: -117.01728,
    altitudeM: 660,
    speedMps: 13,
    courseDeg: 47,
    hdop: 0.9,
    satellites: 11,
    fixedAtMs: startMs,
    ageMs: 400,
    simulated: false,
    source: 'nmea',
    ...over,
  };
}

export const exampleDirection: DirectionOfTravel = {
  headingDeg: 47,
  source: 'own-course',
  reason: null,
};

export function exampleHit(over: Partial<Hit> = {}): Hit {
  const report = exampleReport();
  return {
    id: '019d0000-0000-7000-8000-0000000000aa',
    detectionId: report.id,
    agency: 'example-pd',
    unit: 'unit-1',
    state: 'raised',
    revision: 1,
    raisedAt: new Date(startMs + 243).toISOString(),
    changedAt: new Date(startMs + 243).toISOString(),
    read: exampleConsensus(),
    match: exampleMatch(),
    times: { ...report.times, matchedAtMs: startMs + 92, raisedAtMs: startMs + 243 },
    head: report.head,
    fix: exampleFix(),
    direction: exampleDirection,
    motion: report.motion,
    ...over,
  };
}

/** An alert for a hit, worded and classed as the desk does. */
export function exampleAlert(hit: Hit = exampleHit(), over: Partial<Alert> = {}): Alert {
  return {
    hit,
    class: classify(hit.match),
    title: titleOf(hit.match.entry.category),
    banner:
      'Not a basis for a stop. Verify plate, state and vehicle, and confirm the status first.',
    others: [],
    seen: { firstMs: startMs, lastMs: startMs + 200, frames: 4 },
    images: noImages,
    plateBox: null,
    ...over,
  };
}
