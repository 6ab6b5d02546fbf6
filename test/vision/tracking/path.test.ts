import { expect, test } from 'vitest';
import { createPath } from '../../../src/vision/tracking/path.ts';

type Box = [number, number, number, number];

/** A path of `frames` boxes, 66 ms apart. */
function pathOf(frames: number, box: (i: number) => Box) {
  const path = createPath(0, box(0), 1280);
  for (let i = 1; i < frames; i++) path.add(i * 66, box(i), 1280);
  return path;
}

test.each([
  ['approaching', (i: number): Box => [600 - i, 300 + i, 60 * 1.03 ** i, 30 * 1.03 ** i]],
  ['receding', (i: number): Box => [600, 300 - i, 160 * 0.97 ** i, 80 * 0.97 ** i]],
  ['stationary', (i: number): Box => [600 + (i % 2), 300, 100 + (i % 3), 50]],
  // Neither nearer nor further: only the sideways motion counts.
  ['unknown', (i: number): Box => [100 + i * 20, 300, 100, 50]],
] as const)('a plate that is %s', (motion, box) => {
  expect(pathOf(20, box).motion()).toBe(motion);
});

test('too short a view gives no motion', () => {
  expect(pathOf(2, (i) => [600, 300, 60 + 10 * i, 30 + 5 * i]).motion()).toBe('unknown');
});

test('sideways motion is reported in frame widths per second, positive to the right', () => {
  const path = pathOf(16, (i) => [100 + i * 20, 300, 100, 50]);
  expect(path.lateralPerS()).toBeCloseTo(20 / 0.066 / 1280, 2);
  expect(pathOf(16, (i) => [900 - i * 20, 300, 100, 50]).lateralPerS()).toBeLessThan(-0.2);
});

test('the next place is where the motion leads', () => {
  const [x] = pathOf(10, (i) => [100 + i * 20, 300, 100, 50]).predict(10 * 66);
  expect(x).toBeCloseTo(300, 0);
});
