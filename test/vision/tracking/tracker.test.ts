import { describe, expect, test } from 'vitest';
import { hotlistSection } from '../../../src/config/sections/hotlist.ts';
import { trackingSection } from '../../../src/config/sections/tracking.ts';
import { oddWeight, type Region } from '../../../src/vision/reading/region-formats.ts';
import type { TrackReport } from '../../../src/vision/tracking/track-report.ts';
import { createTracker, type Tracker } from '../../../src/vision/tracking/tracker.ts';
import { frameOf, nameOf, type Seen } from './drive-past.ts';

const config = trackingSection.parse({});

function trackerWith(
  changes: Partial<typeof config> = {},
  inPlayFrom = hotlistSection.parse({}).nearMinP,
  regions: readonly Region[] = [],
): Tracker {
  let count = 0;
  return createTracker({
    head: 'front',
    config: { ...config, ...changes },
    inPlayFrom,
    regions,
    newId: () => `track-${++count}`,
  });
}

/** Plays frames 100 ms apart, `plates(i)` being what is seen in frame `i`; returns every report. */
function play(
  tracker: Tracker,
  frames: number,
  plates: (frame: number) => Seen[],
  fromMs = 1000,
): TrackReport[] {
  return Array.from({ length: frames }, (_, i) =>
    tracker.add(frameOf(fromMs + i * 100, plates(i))),
  ).flat();
}

const ended = (reports: TrackReport[]) => reports.filter(({ phase }) => phase === 'ended');
const texts = (reports: TrackReport[]) => reports.map(({ consensus }) => consensus?.plate ?? null);

describe('believing a plate (PRA-1)', () => {
  test('two agreeing reads are reported at the second one, with the times of its frame', () => {
    const tracker = trackerWith();
    const reports = play(tracker, 2, (i) => [{ text: '7ABC123', x: 100 + i * 10 }]);
    expect(texts(reports)).toEqual(['7ABC123']);
    expect(reports[0]).toMatchObject({
      id: 'track-1',
      head: 'front',
      phase: 'update',
      sequence: 1,
      seenCount: 2,
      times: { capturedAtMs: 1100, foundAtMs: 1120, readAtMs: 1125 },
      consensus: { readCount: 2, agreeCount: 2 },
    });
  });

  test('one very strong read is believed at once', () => {
    const reports = play(trackerWith(), 1, () => [{ text: '7ABC123', x: 100, confidence: 0.995 }]);
    expect(texts(reports)).toEqual(['7ABC123']);
  });

  test('one middling read is not', () => {
    expect(play(trackerWith(), 1, () => [{ text: '7ABC123', x: 100 }])).toEqual([]);
  });

  test('reads that do not count as read agree on nothing, however many', () => {
    const tracker = trackerWith();
    const dirty = (): Seen[] => [
      { text: '7ABC123', x: 100, confidence: 0.3, unread: 'low_confidence' },
    ];
    expect(play(tracker, 10, dirty)).toEqual([]);
    expect(ended(tracker.endAll())).toMatchObject([
      { consensus: null, unread: 'low_confidence', seenCount: 10 },
    ]);
  });
});

describe('reads that split between two texts (PRA-1, PRA-11)', () => {
  const eight = (p: number, other: number): Partial<Seen> & { text: string } => ({
    text: '5KRT418',
    confidence: p,
    alternatives: [{ plate: '5KRT41B', p: other }],
  });
  const letterB = (p: number, other: number): Partial<Seen> & { text: string } => ({
    text: '5KRT41B',
    confidence: p,
    alternatives: [{ plate: '5KRT418', p: other }],
  });
  const playReads = (reads: (Partial<Seen> & { text: string })[]) =>
    play(trackerWith(), reads.length, (i) => [{ x: 100, ...reads[i] } as Seen]);

  test('agree on the one that both of them find probable', () => {
    // The second read counts as read with another text, and finds this one possible.
    expect(texts(playReads([eight(0.86, 0.04), letterB(0.68, 0.31)]))).toEqual(['5KRT418']);
    expect(texts(playReads([letterB(0.83, 0.13), letterB(0.68, 0.31)]))).toEqual(['5KRT41B']);
  });

  test('agree on none if another is as probable', () => {
    expect(playReads([eight(0.86, 0.04), letterB(0.83, 0.13)])).toEqual([]);
    expect(playReads([{ text: '5KRT418' }, { text: '5KRT42B' }])).toEqual([]);
  });

  test('agree if each doubts between the same two, and the vote chooses', () => {
    expect(playReads([letterB(0.67, 0.33), eight(0.67, 0.33)])).toMatchObject([
      { consensus: { plate: expect.stringMatching(/^5KRT41[8B]$/) } },
    ]);
    expect(playReads([letterB(0.7, 0.2), eight(0.71, 0.2)])).toEqual([]);
  });

  test('say which other text is possible, so that it is matched too', () => {
    const [report] = playReads([eight(0.72, 0.27), letterB(0.68, 0.31), eight(0.7, 0.29)]);
    const alternatives = report?.consensus?.alternatives ?? [];
    expect(alternatives.find(({ plate }) => plate === '5KRT41B')?.p).toBeGreaterThan(0.3);
  });

  test('one that counts as read agrees with one that does not, if that is fairly sure too', () => {
    const doubtful = (p: number) => ({ ...eight(p, 0.3), unread: 'low_confidence' as const });
    expect(texts(playReads([eight(0.86, 0.04), doubtful(0.6)]))).toEqual(['5KRT418']);
    expect(playReads([eight(0.86, 0.04), doubtful(0.5)])).toEqual([]);
    expect(playReads(Array.from({ length: 10 }, () => doubtful(0.65)))).toEqual([]);
    expect(
      playReads([letterB(0.7, 0.2), ...Array.from({ length: 10 }, () => doubtful(0.6))]),
    ).toEqual([]);
  });

  test('as many agree as are configured', () => {
    const tracker = trackerWith({ agreeingReads: 3 });
    const reads = [eight(0.86, 0.04), letterB(0.68, 0.31), eight(0.8, 0.1)];
    const reports = play(tracker, 3, (i) => [{ x: 100, ...reads[i] } as Seen]);
    expect(reports).toMatchObject([{ seenCount: 3, consensus: { plate: '5KRT418' } }]);
  });

  test('go on agreeing when the vehicle comes back as another track', () => {
    const tracker = trackerWith();
    play(tracker, 2, (i) => [{ x: 100, ...[eight(0.86, 0.04), letterB(0.68, 0.31)][i] } as Seen]);
    play(tracker, 40, () => [], 1200);
    play(
      tracker,
      2,
      (i) => [{ x: 700, ...[eight(0.86, 0.04), letterB(0.68, 0.31)][i] } as Seen],
      5200,
    );
    expect(ended(tracker.endAll())).toMatchObject([{ id: 'track-1', seenCount: 4 }]);
  });
});

describe('the vote (PRA-1)', () => {
  test('near, sharp reads outvote more reads from far away', () => {
    const tracker = trackerWith();
    const far = play(tracker, 4, () => [
      { text: '7A8C123', x: 300, width: 34, sharpness: 150, confidence: 0.6 },
    ]);
    expect(texts(far)).toEqual(['7A8C123']);
    const near = play(
      tracker,
      3,
      (i) => [{ text: '7ABC123', x: 300, width: 50 + i * 30, sharpness: 4000, confidence: 0.95 }],
      1400,
    );
    expect(texts(near).at(-1)).toBe('7ABC123');
    expect(ended(tracker.endAll())).toMatchObject([{ id: 'track-1', seenCount: 7 }]);
  });

  test('the length is voted on before the characters', () => {
    const tracker = trackerWith();
    play(tracker, 6, (i) => [{ text: i % 3 === 0 ? 'ABC123' : '7ABC123', x: 100 }]);
    expect(texts(ended(tracker.endAll()))).toEqual(['7ABC123']);
  });

  test('the consensus is a text that was read in some frame, never one put together', () => {
    const tracker = trackerWith({ agreeingReads: 1 });
    // Position by position the votes would spell 7ABC999, which no frame gave.
    const reads = ['7ABC123', '7ABX999', '7AXC999', '7XBC999'];
    play(tracker, 4, (i) => [{ text: reads[i] ?? '', x: 100, confidence: 0.7 }]);
    expect(reads).toContain(ended(tracker.endAll())[0]?.consensus?.plate);
  });

  test('an alternative that comes into play is reported once', () => {
    const tracker = trackerWith();
    const far = (): Seen[] => [{ text: '7ABC123', x: 100, width: 90, sharpness: 50 }];
    expect(play(tracker, 2, far)).toHaveLength(1);
    const doubt = (): Seen[] => [
      {
        text: '7ABC123',
        x: 100,
        confidence: 0.55,
        alternatives: [{ plate: '7A8C123', p: 0.44 }],
        width: 120,
      },
    ];
    const later = play(tracker, 8, doubt, 1200);
    expect(later).toHaveLength(1);
    expect(later[0]?.consensus?.alternatives[0]?.plate).toBe('7A8C123');
  });

  test('an alternative that a near match allows is reported while the vehicle is in view, however unlikely', () => {
    const tracker = trackerWith();
    const seen = (p: number) => (): Seen[] => [
      {
        text: '5KRT418',
        x: 100,
        confidence: 0.95 - p,
        alternatives: [{ plate: '5KRT41B', p }],
      },
    ];
    expect(texts(play(tracker, 2, seen(0.01)))).toEqual(['5KRT418']);
    const [later] = play(tracker, 14, seen(0.35), 1200);
    const p = later?.consensus?.alternatives.find(({ plate }) => plate === '5KRT41B')?.p ?? 0;
    expect(p).toBeGreaterThanOrEqual(hotlistSection.parse({}).nearMinP);
    expect(p).toBeLessThan(0.05);
    expect(later?.times.capturedAtMs, 'counts from the frame that brought it').toBe(
      later?.lastSeenMs,
    );
    const stricter = trackerWith({}, 0.5);
    expect(play(stricter, 2, seen(0.01))).toHaveLength(1);
    expect(play(stricter, 14, seen(0.35), 1200), 'too unlikely for a near match').toEqual([]);
  });

  test('a text that leads by a hair does not replace the believed one; one that leads clearly does (PRA-5)', () => {
    const tracker = trackerWith();
    const wavering = (first: string, second: string): Seen[] => [
      { text: first, x: 100, confidence: 0.51, alternatives: [{ plate: second, p: 0.48 }] },
    ];
    play(tracker, 2, () => wavering('8LVN362', 'BLVN362'));
    const doubt = play(tracker, 4, () => wavering('BLVN362', '8LVN362'), 1200);
    expect(new Set(texts(doubt))).not.toContain('BLVN362');
    const clear = (): Seen[] => [{ text: 'BLVN362', x: 100, confidence: 0.98, width: 160 }];
    expect(texts(play(tracker, 6, clear, 1600))).toContain('BLVN362');
  });

  test('a thousand frames of a parked car make one detection and few reports', () => {
    const tracker = trackerWith();
    const reports = play(tracker, 1000, (i) => [{ text: '7ABC123', x: 100 + (i % 2) }]);
    expect(reports.map(({ phase }) => phase)).toEqual(['update', 'update']);
    expect(ended(tracker.endAll())).toMatchObject([
      { seenCount: 1000, firstSeenMs: 1000, lastSeenMs: 100_900, motion: 'stationary' },
    ]);
  });
});

describe('the vote over reads that are weighted by the formats of a region', () => {
  /** Frames in which the reader, by itself, holds ABCI234 as probable as `odd`, and ABC1234 for the rest. */
  const playInBrazil = (odd: number) => {
    const p = (odd * oddWeight) / (odd * oddWeight + 1 - odd);
    const [text, other] = p > 0.5 ? ['ABCI234', 'ABC1234'] : ['ABC1234', 'ABCI234'];
    const confidence = Math.max(p, 1 - p);
    const tracker = trackerWith({}, undefined, ['br']);
    const reports = play(tracker, 8, (i) => [
      {
        ...{ text, x: 100 + i * 5, confidence, isWeighed: true },
        unread: confidence < 0.66 ? 'low_confidence' : null,
        alternatives: [{ plate: other, p: 1 - confidence }],
      },
    ]);
    return [...reports, ...tracker.endAll()].at(-1);
  };

  test('counts the formats once, not once a frame: frames that agree on an odd text outweigh them', () => {
    const { consensus, possible } = playInBrazil(0.8) ?? {};
    expect(consensus).toBeNull();
    expect(possible?.plate).toBe('ABCI234');
  });

  test('prefers the text with a format where the frames are in doubt', () => {
    const { consensus } = playInBrazil(0.55) ?? {};
    expect(consensus?.plate).toBe('ABC1234');
    expect(consensus?.alternatives.map(({ plate }) => plate)).toEqual(['ABCI234']);
    // .45³ against .55³ × .15.
    expect(consensus?.confidence).toBeCloseTo(0.78, 1);
  });
});

describe('one vehicle, one detection', () => {
  test('a car hidden by a truck for five seconds goes on under its id', () => {
    const tracker = trackerWith();
    const first = play(tracker, 5, (i) => [{ text: '7ABC123', x: 100 + i * 20 }]);
    const hidden = play(tracker, 50, () => [], 1500);
    const again = play(tracker, 5, (i) => [{ text: '7ABC123', x: 700 + i * 20 }], 6500);
    const last = [...again, ...tracker.endAll()];
    expect(new Set([...first, ...hidden, ...last].map(({ id }) => id))).toEqual(
      new Set(['track-1']),
    );
    expect(ended(last)).toMatchObject([{ seenCount: 10, firstSeenMs: 1000, lastSeenMs: 6900 }]);
  });

  test('a vehicle reported before its plate was known keeps its id, also when its plate was there before', () => {
    const tracker = trackerWith({ publishAfterS: 3, rejoinAfterS: 60 });
    const unread: Seen = { text: '', x: 700, unread: 'low_confidence', confidence: 0 };
    const reports = [
      ...play(tracker, 5, () => [{ text: '7ABC123', x: 100 }]),
      ...play(tracker, 40, () => [unread], 4500),
      ...play(tracker, 5, () => [{ text: '7ABC123', x: 700 }], 8500),
      ...tracker.endAll(),
    ];
    const told = new Set(reports.map(({ id }) => id));
    expect(told).toEqual(new Set(['track-1', 'track-2']));
    expect(new Set(ended(reports).map(({ id }) => id))).toEqual(told);
  });

  test('one plate seen twice at once is on two vehicles', () => {
    const tracker = trackerWith();
    const strong = { text: '7ABC123', confidence: 0.99 };
    play(tracker, 20, (i) => [
      { ...strong, x: 100 + i * 8 },
      { ...strong, x: 900 + i * 8 },
    ]);
    expect(tracker.endAll()).toMatchObject([{ seenCount: 20 }, { seenCount: 20 }]);
  });

  test('the same plate after rejoinAfterS is a new detection', () => {
    const tracker = trackerWith({ rejoinAfterS: 5 });
    play(tracker, 5, () => [{ text: '7ABC123', x: 100 }]);
    const gone = play(tracker, 80, () => [], 1500);
    expect(ended(gone)).toMatchObject([{ id: 'track-1', seenCount: 5 }]);
    const again = play(tracker, 5, () => [{ text: '7ABC123', x: 100 }], 9500);
    expect(again[0]?.id).not.toBe('track-1');
  });

  test('two cars that cross keep their texts and their pictures (CAP-6)', () => {
    const tracker = trackerWith();
    const cross = (i: number): Seen[] => [
      { text: '7ABC123', x: 100 + i * 50, y: 300, width: 100 + i },
      { text: '3XYZ789', x: 1100 - i * 50, y: 305, width: 120 + i },
    ];
    play(tracker, 20, cross);
    const last = ended(tracker.endAll());
    expect(texts(last).sort()).toEqual(['3XYZ789', '7ABC123']);
    for (const { consensus, images, seenCount } of last) {
      expect(seenCount).toBe(20);
      expect(consensus?.readCount).toBe(consensus?.agreeCount);
      expect(nameOf(images.plate)).toContain(consensus?.plate);
    }
  });

  test('a strong read of another plate in the same place starts a new track', () => {
    const tracker = trackerWith();
    play(tracker, 5, () => [{ text: '7ABC123', x: 500 }]);
    play(tracker, 5, () => [{ text: '3XYZ789', x: 505, width: 104 }], 1500);
    const last = ended(tracker.endAll());
    expect(texts(last)).toEqual(['7ABC123', '3XYZ789']);
    expect(last.map(({ seenCount }) => seenCount)).toEqual([5, 5]);
    expect(last.map(({ images }) => nameOf(images.plate)?.slice(0, 7))).toEqual([
      '7ABC123',
      '3XYZ789',
    ]);
  });

  test('a fast car that moves more than its plate each frame is one track', () => {
    const tracker = trackerWith();
    play(tracker, 8, (i) => [{ text: '7ABC123', x: 20 + i * 150, width: 90 }]);
    expect(ended(tracker.endAll())).toMatchObject([{ seenCount: 8 }]);
  });

  test('a car whose plate is read only as it comes closer is one track', () => {
    const tracker = trackerWith();
    play(tracker, 10, (i) => [
      i < 5
        ? { text: '', x: 400, width: 22 + i * 3, unread: 'too_small', confidence: 0 }
        : { text: '7ABC123', x: 400, width: 22 + i * 3 },
    ]);
    expect(ended(tracker.endAll())).toMatchObject([
      { seenCount: 10, motion: 'approaching', consensus: { plate: '7ABC123', readCount: 5 } },
    ]);
  });
});

describe('finds that are not plates', () => {
  test('a flash of one frame makes no detection and is counted', () => {
    const tracker = trackerWith();
    const flash = {
      text: 'I1I',
      x: 800,
      confidence: 0.2,
      unread: 'low_confidence',
      score: 0.4,
    } as const;
    play(tracker, 40, (i) => (i === 3 ? [flash] : []));
    expect(tracker.endAll()).toEqual([]);
    expect(tracker.discarded).toBe(1);
  });

  test('a texture that the detector is never sure of makes no unread detection', () => {
    const tracker = trackerWith();
    play(tracker, 100, () => [
      { text: 'T', x: 800, confidence: 0.01, unread: 'low_confidence', score: 0.4 },
    ]);
    expect(tracker.endAll()).toEqual([]);
  });

  test('a plate too small to read in every frame ends as unread, with its pictures (CAP-8)', () => {
    const tracker = trackerWith();
    play(tracker, 12, () => [
      { text: '', x: 800, width: 20, unread: 'too_small', confidence: 0, score: 0.8 },
    ]);
    const [report] = tracker.endAll();
    expect(report).toMatchObject({ phase: 'ended', consensus: null, unread: 'too_small' });
    expect(nameOf(report?.images.ir ?? null)).toMatch(/^ir@/);
  });

  test('one clear read of a car that is gone at once is kept as unread', () => {
    const tracker = trackerWith();
    play(tracker, 30, (i) => (i === 0 ? [{ text: '7ABC123', x: 100, confidence: 0.95 }] : []));
    const reports = tracker.endAll();
    expect(tracker.discarded + reports.length).toBeLessThanOrEqual(1);
    expect(tracker.discarded).toBe(0);
  });
});

describe('time', () => {
  test('a vehicle in view is reported at publishAfterS, even unread', () => {
    const tracker = trackerWith({ publishAfterS: 3 });
    const reports = play(tracker, 50, () => [
      { text: '', x: 100, unread: 'no_contrast', confidence: 0 },
    ]);
    expect(reports).toMatchObject([{ phase: 'update', consensus: null, lastSeenMs: 4000 }]);
    expect(tracker.endAll()).toMatchObject([
      { phase: 'ended', sequence: 2, unread: 'no_contrast' },
    ]);
  });

  test('when the clock is set back, tracks end instead of living on for ever', () => {
    const tracker = trackerWith();
    play(tracker, 5, () => [{ text: '7ABC123', x: 100 }], 3_600_000);
    const reports = play(tracker, 1, () => [], 1000);
    expect(ended(reports)).toMatchObject([{ seenCount: 5 }]);
    expect(tracker.openTracks).toBe(0);
  });
});

describe('pictures', () => {
  test('the best frame is the largest sharp one; encoders run for few frames', () => {
    const tracker = trackerWith();
    let encoded = 0;
    for (let i = 0; i < 30; i++) {
      const frame = frameOf(1000 + i * 66, [{ text: '7ABC123', x: 300, width: 60 + i * 4 }]);
      const { ir } = frame.pictures;
      frame.pictures.ir = () => {
        encoded += 1;
        return ir();
      };
      tracker.add(frame);
    }
    const [report] = tracker.endAll();
    expect(report?.box[2]).toBeGreaterThan(150);
    expect(nameOf(report?.images.ir ?? null)?.replace('ir', 'overview')).toBe(
      nameOf(report?.images.overview ?? null),
    );
    expect(encoded).toBeLessThan(15);
  });

  test('a frame with its overview is kept over a slightly better one without', () => {
    const tracker = trackerWith();
    tracker.add(frameOf(1000, [{ text: '7ABC123', x: 300, width: 100 }]));
    tracker.add(frameOf(1100, [{ text: '7ABC123', x: 300, width: 130 }], false));
    const [report] = tracker.endAll();
    expect(nameOf(report?.images.overview ?? null)).toBe('overview@1000');
    expect(nameOf(report?.images.ir ?? null)).toBe('ir@1000');
  });

  test('a missing overview is reported with its reason', () => {
    const tracker = trackerWith();
    for (const at of [1000, 1100]) tracker.add(frameOf(at, [{ text: '7ABC123', x: 300 }], false));
    expect(tracker.endAll()[0]?.images).toMatchObject({ overview: null, overviewMissing: 'skew' });
  });
});

describe('a plate that leaves the picture', () => {
  test('the part still in the frame neither votes nor starts a vehicle of its own', () => {
    const tracker = trackerWith();
    play(tracker, 6, (i) => [{ text: '6MZR274', x: 900 + i * 40, width: 80 }]);
    play(tracker, 3, (i) => [{ text: '6MZR', x: 1200 + i * 10, width: 80 - i * 10 }], 1600);
    expect(tracker.endAll()).toMatchObject([
      { seenCount: 9, consensus: { plate: '6MZR274', readCount: 6 } },
    ]);
  });

  test('is shown where no frame has the whole of it (CAP-1)', () => {
    const tracker = trackerWith();
    const cut: Seen = { text: '6MZR', x: 1240, width: 80, unread: 'low_confidence' };
    play(tracker, 5, () => [cut]);
    const [{ images } = { images: null }] = tracker.endAll();
    expect(nameOf(images?.plate ?? null)).toBe('6MZR@1000');
    expect(nameOf(images?.overview ?? null)).toBe('overview@1000');

    play(tracker, 3, () => [cut]);
    play(tracker, 3, () => [{ text: '6MZR274', x: 1190, width: 60 }], 1300);
    const [{ images: whole } = { images: null }] = tracker.endAll();
    expect(nameOf(whole?.plate ?? null)).toBe('6MZR274@1300');
  });

  test('an unread plate that is gone for a second is not taken for another one near by', () => {
    const tracker = trackerWith();
    const unread = (x: number): Seen => ({
      text: '',
      x,
      width: 60,
      unread: 'low_confidence',
      confidence: 0,
      score: 0.8,
    });
    play(tracker, 5, () => [unread(100)]);
    play(tracker, 8, () => [], 1500);
    play(tracker, 5, () => [unread(220)], 2300);
    expect(tracker.endAll().map(({ seenCount }) => seenCount)).toEqual([5, 5]);
  });
});
