import { expect, test } from 'vitest';
import type { AimFigures, AimFrame } from '../../src/console/aim-line.ts';
import { adviceOn } from '../../src/console/page/screens/aim/advice.ts';
import { judgeCamera } from '../../src/console/page/screens/aim/verdicts.ts';

const limits = {
  minBrightness: 1.5,
  maxBrightness: 225,
  maxClippedShare: 0.3,
  minSharpness: 4,
};

/** A camera that is set up well, but for what a test says. */
function figures(over: Partial<AimFigures> = {}, plates: Partial<AimFigures['plates']> = {}) {
  return {
    type: 'figures',
    state: 'running',
    problem: null,
    camera: {
      ...{ width: 1280, height: 720, fps: 30, leastFps: 21, readFps: 29, qualityWarning: null },
      passedOver: { frames: 3, of: 1800 },
    },
    limits,
    maxSkewMs: 80,
    plates: { widthsPx: Array(20).fill(110), read: 48, unread: {}, ...plates },
    test: null,
    position: {
      ...{ state: 'fixed', problem: null, source: 'nmea', quality: 'fix-3d', satellites: 9 },
      ...{ hdop: 0.9, ageMs: 100, latitude: 34, longitude: -117, standing: null },
    },
    uplink: null,
    ...over,
  } satisfies AimFigures;
}
const recent = { sharpest: 200, skewsMs: Array(10).fill(12), tiltsDeg: Array(10).fill(2) };
const frame = { quality: { sharpness: 190, brightness: 90, clippedShare: 0.01 } } as AimFrame;

test('there is nothing to do for a camera that is set up well', () => {
  expect(adviceOn(figures(), recent)).toEqual([]);
  const verdicts = judgeCamera(figures(), frame, recent).map(
    ({ name, verdict }) => `${name}: ${verdict.className}`,
  );
  expect(verdicts).toEqual([
    'Sharpness: good',
    'Brightness: good',
    'White pixels: good',
    'Frames a second: good',
    'Frames passed over: good',
    'Plate width: good',
    'Plates read: good',
    'Infra-red and colour apart: good',
  ]);
});

test.each<[string, ReturnType<typeof figures>, Partial<typeof recent>, string]>([
  [
    'narrow plates',
    figures({}, { widthsPx: [60, 71, 90] }),
    {},
    'Zoom in: the median plate is 71 px wide, 100 is wanted.',
  ],
  [
    'wide plates',
    figures({}, { widthsPx: [240, 250, 260] }),
    {},
    'Zoom out: the median plate is 250 px',
  ],
  [
    'plates aslant',
    figures(),
    { tiltsDeg: Array(9).fill(-15) },
    'Turn the camera 15° anticlockwise',
  ],
  [
    'small plates',
    figures({}, { read: 10, unread: { too_small: 5 } }),
    {},
    '5 of 15 plates are too small',
  ],
  [
    'white plates',
    figures({}, { read: 10, unread: { no_contrast: 4 } }),
    {},
    'check the illuminator',
  ],
  [
    'unclear plates',
    figures({}, { read: 10, unread: { low_confidence: 4 } }),
    {},
    'too unclear: focus',
  ],
  [
    'cameras apart',
    figures(),
    { skewsMs: Array(9).fill(-120) },
    'are 120 ms apart, 80 is the most',
  ],
  [
    'a fault',
    figures({ problem: 'infra-red: pictures are blurred; clean the lens' }),
    {},
    'Infra-red: pictures are blurred; clean the lens.',
  ],
])('%s: says what to do', (_, seen, over, words) => {
  const advice = adviceOn(seen, { ...recent, ...over });
  expect(advice).toHaveLength(1);
  expect(advice[0]).toContain(words);
});

test('few vehicles give no advice on where a camera looks', () => {
  expect(
    adviceOn(figures({}, { widthsPx: [20, 20], read: 0, unread: { too_small: 2 } }), recent),
  ).toEqual([]);
});

test.each<[number, string]>([
  [59, 'too small'],
  [60, 'small'],
  [89, 'small'],
  [90, 'good'],
])('a median width of %i px is %s, by its word', (width, word) => {
  const judged = judgeCamera(figures({}, { widthsPx: [width] }), null, recent);
  expect(judged.find(({ name }) => name === 'Plate width')?.verdict.word).toBe(word);
});
