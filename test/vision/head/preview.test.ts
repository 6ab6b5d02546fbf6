import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { PreviewFrame } from '../../../src/vision/head/preview-frame.ts';
import { waitFor } from '../../support/wait-for.ts';
import { hasModels, startRealHead } from './real-head.ts';

/** Standard deviation of the grey levels within a plate's box, which the picture shows smaller. */
async function contrastIn(
  jpeg: Uint8Array | null,
  { plates, width }: PreviewFrame,
): Promise<number> {
  if (jpeg === null) throw new Error('no picture');
  const { data, info } = await sharp(jpeg).greyscale().raw().toBuffer({ resolveWithObject: true });
  const scale = info.width / width;
  const [x = 0, y = 0, across = 0, down = 0] = (plates[0]?.box ?? []).map((each) => each * scale);
  const levels: number[] = [];
  for (let row = Math.ceil(y); row < y + down; row += 1) {
    for (let column = Math.ceil(x); column < x + across; column += 1) {
      levels.push(data[row * info.width + column] as number);
    }
  }
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / levels.length);
}

describe.skipIf(!hasModels)('pictures for who sets up a camera (skipped without models)', () => {
  test('small, a few a second, with the plate found in them; covered without anything of it (USR-7)', {
    timeout: 120_000,
  }, async () => {
    const { supervisor: head } = await startRealHead();
    const covered: PreviewFrame[] = [];
    const clear: PreviewFrame[] = [];
    head.watch({ isClear: false, show: (frame) => covered.push(frame) });
    const leave = head.watch({ isClear: true, show: (frame) => clear.push(frame) });
    const withPlate = (frames: PreviewFrame[]) =>
      frames.filter(({ plates }) => plates.length > 0 && plates[0]?.unread === null);
    await waitFor(() => withPlate(covered).length > 3 && withPlate(clear).length > 3, {
      timeoutMs: 90_000,
      what: 'pictures with a plate',
    });
    for (const frame of withPlate(covered)) {
      expect(frame.clear).toBeNull();
      expect((await sharp(frame.covered ?? undefined).metadata()).width).toBeLessThanOrEqual(640);
      expect(await contrastIn(frame.covered, frame)).toBeLessThan(4);
      const [plate] = frame.plates;
      expect(plate?.widthPx).toBeGreaterThan(50);
      expect(plate?.widthPx).toBeLessThan(140);
      expect(Math.abs(plate?.tiltDeg ?? 90)).toBeLessThan(10);
      expect(frame.quality.sharpness).toBeGreaterThan(0);
    }
    const widthsOf = (frames: PreviewFrame[], which: 'covered' | 'clear') =>
      Promise.all(
        frames
          .flatMap(({ colour }) => colour ?? [])
          .map(async (colour) => (await sharp(colour[which] ?? undefined).metadata()).width),
      );
    expect([...new Set(await widthsOf(covered, 'covered'))]).toEqual([32]);
    expect([...new Set(await widthsOf(clear, 'clear'))]).toEqual([320]);
    expect(covered.every(({ colour }) => (colour?.clear ?? null) === null)).toBe(true);
    for (const frame of withPlate(clear)) {
      expect(frame.covered).toBeNull();
      expect(await contrastIn(frame.clear, frame)).toBeGreaterThan(15);
    }
    expect(JSON.stringify(covered.map(({ plates }) => plates))).not.toContain('8LVN362');
    leave();
  });

  test('a plate that is found and not read is covered, too, and says why', {
    timeout: 120_000,
  }, async () => {
    const { supervisor: head } = await startRealHead({ reading: { minPlateWidthPx: 500 } });
    const frames: PreviewFrame[] = [];
    head.watch({ isClear: false, show: (frame) => frames.push(frame) });
    const withPlate = () => frames.filter(({ plates }) => plates.length > 0);
    await waitFor(() => withPlate().length > 3, { timeoutMs: 90_000, what: 'pictures of a plate' });
    for (const frame of withPlate()) {
      expect(frame.plates[0]?.unread).toBe('too_small');
      expect(await contrastIn(frame.covered, frame)).toBeLessThan(4);
    }
  });
});
