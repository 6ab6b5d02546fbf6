import { expect, test } from 'vitest';
import { coverPlates } from '../../../src/vision/head/cover-plates.ts';

const width = 64;
const height = 32;

/** A picture in which every pixel differs from those beside it. */
function noise(): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => (i * 73 + (i >> 3) * 41) % 256);
}

test('nothing of a plate is left: one tone over all of it and a margin, the rest of the picture as it was', () => {
  const before = noise();
  const grey = noise();
  // In a frame twice as large.
  coverPlates({ grey, width, height }, [[40, 20, 40, 16]], 0.5);
  const toneAt = (x: number, y: number) => grey[y * width + x] as number;
  const tones = new Set<number>();
  for (let y = 10; y < 18; y += 1) for (let x = 20; x < 40; x += 1) tones.add(toneAt(x, y));
  expect(tones.size).toBe(1);
  expect(toneAt(18, 9)).toBe(toneAt(30, 14));
  const changed = [...grey].flatMap((value, i) => (value === before[i] ? [] : [i]));
  const columns = changed.map((i) => i % width);
  const rows = changed.map((i) => Math.floor(i / width));
  expect(Math.min(...columns)).toBeGreaterThanOrEqual(16);
  expect(Math.max(...columns)).toBeLessThan(44);
  expect(Math.min(...rows)).toBeGreaterThanOrEqual(7);
  expect(Math.max(...rows)).toBeLessThan(21);
});

test.each<[string, [number, number, number, number]]>([
  ['the left upper corner', [-10, -5, 30, 15]],
  ['the right lower corner', [50, 25, 40, 20]],
  ['all of it', [0, 0, width, height]],
])('a plate that reaches beyond the picture at %s is covered as far as it is in it', (_, box) => {
  const grey = noise();
  coverPlates({ grey, width, height }, [box], 1);
  const tones = new Set<number>();
  for (let y = Math.max(0, box[1]); y < Math.min(height, box[1] + box[3]); y += 1) {
    for (let x = Math.max(0, box[0]); x < Math.min(width, box[0] + box[2]); x += 1) {
      tones.add(grey[y * width + x] as number);
    }
  }
  expect(tones.size).toBe(1);
});

test('a plate outside the picture changes nothing', () => {
  const grey = noise();
  coverPlates({ grey, width, height }, [[200, 5, 40, 20]], 1);
  expect(grey).toEqual(noise());
});
