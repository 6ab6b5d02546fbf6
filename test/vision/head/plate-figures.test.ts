import { expect, test } from 'vitest';
import { createPlateFigures } from '../../../src/vision/head/plate-figures.ts';
import type { TrackReport } from '../../../src/vision/tracking/track-report.ts';

const gone = (head: string, width: number, unread: TrackReport['unread'] = null) => ({
  ...{ head, unread, phase: 'ended' as const },
  box: [0, 0, width, 40] as TrackReport['box'],
});

test('each head has the widths of its last 50 vehicles, and what was read or not in ten minutes', () => {
  let nowMs = 0;
  const figures = createPlateFigures(() => nowMs);
  figures.add(gone('front', 70, 'too_small'));
  nowMs = 8 * 60_000;
  figures.add(gone('front', 100));
  figures.add({ ...gone('front', 300), phase: 'update' });
  figures.add(gone('rear', 120, 'no_contrast'));
  expect(figures.of('front')).toEqual({ widthsPx: [70, 100], read: 1, unread: { too_small: 1 } });
  expect(figures.of('rear')).toEqual({ widthsPx: [120], read: 0, unread: { no_contrast: 1 } });
  nowMs = 11 * 60_000;
  expect(figures.of('front')).toEqual({ widthsPx: [70, 100], read: 1, unread: {} });
  for (let width = 1; width <= 60; width += 1) figures.add(gone('front', width));
  expect(figures.of('front').widthsPx).toEqual(Array.from({ length: 50 }, (_, i) => i + 11));
  expect(figures.of('none')).toEqual({ widthsPx: [], read: 0, unread: {} });
});
