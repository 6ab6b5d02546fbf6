import { expect, test } from 'vitest';
import type { PreviewFrame, PreviewWish } from '../../../src/vision/head/preview-frame.ts';
import { createPreviewWatch } from '../../../src/vision/head/preview-watch.ts';

const frame = (over: Partial<PreviewFrame>): PreviewFrame => ({
  head: 'front',
  takenAtMs: 0,
  width: 640,
  height: 360,
  covered: null,
  clear: null,
  plates: [],
  quality: { brightness: 90, clippedShare: 0, sharpness: 200 },
  skewMs: null,
  colour: null,
  test: null,
  ...over,
});

test('the head makes what somebody looks at, and nothing once nobody does', () => {
  const told: (PreviewWish | null)[] = [];
  const watch = createPreviewWatch((wish) => told.push(wish));
  const show = () => undefined;
  const technician = watch.watch({ isClear: false, show });
  const second = watch.watch({ isClear: false, show });
  const administrator = watch.watch({ isClear: true, show });
  technician();
  second();
  administrator();
  expect(told).toEqual([
    { clear: false, covered: true, test: null },
    { clear: true, covered: true, test: null },
    { clear: true, covered: false, test: null },
    null,
  ]);
  expect(watch.wish).toBeNull();
});

test('nobody gets a picture that is for somebody else', () => {
  const watch = createPreviewWatch(() => undefined);
  const covered: PreviewFrame[] = [];
  const clear: PreviewFrame[] = [];
  watch.watch({ isClear: false, show: (each) => covered.push(each) });
  watch.watch({ isClear: true, show: (each) => clear.push(each) });
  watch.show(frame({ covered: Uint8Array.of(1), clear: Uint8Array.of(2) }));
  // Made before the technician came.
  watch.show(frame({ clear: Uint8Array.of(3) }));
  expect(covered.map((each) => [each.covered?.[0], each.clear])).toEqual([[1, null]]);
  expect(clear.map((each) => [each.covered, each.clear?.[0]])).toEqual([
    [null, 2],
    [null, 3],
  ]);
});
