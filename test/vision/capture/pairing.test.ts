import { describe, expect, test } from 'vitest';
import { createFrame, type Frame } from '../../../src/vision/capture/frame.ts';
import { cv } from '../../../src/vision/capture/opencv.ts';
import { createPairing } from '../../../src/vision/capture/pairing.ts';

function frame(takenAtMs: number): Frame {
  return createFrame(new cv.Mat(4, 4, cv.CV_8UC3), {
    sequence: 1,
    takenAtMs,
    capturedAtMs: takenAtMs,
  });
}

function pairing(isDown = false) {
  return createPairing({ maxSkewMs: 80, timeOf: (each) => each.takenAtMs, isDown: () => isDown });
}

describe('the colour frame of an infra-red frame', () => {
  test('is the nearest in time, also when it comes while the frame is being read', () => {
    const pairs = pairing();
    for (const at of [900, 940, 980]) pairs.offer(frame(at));
    pairs.watch(frame(1000));
    expect(pairs.pick()).toMatchObject({ frame: { takenAtMs: 980 } });
    pairs.offer(frame(1012));
    expect(pairs.pick()).toMatchObject({ frame: { takenAtMs: 1012 } });
  });

  test('stays alive while later ones come and go', () => {
    const pairs = pairing();
    pairs.watch(frame(1000));
    const nearest = frame(1000);
    pairs.offer(nearest);
    const later = [1033, 1066, 1100, 1133, 1166, 1200].map(frame);
    for (const each of later) pairs.offer(each);
    expect(pairs.pick()).toEqual({ frame: nearest });
    expect(Boolean(nearest.mat.empty)).toBe(false);
    pairs.clear();
    expect([nearest, ...later].map((each) => Boolean(each.mat.empty))).toEqual(Array(7).fill(true));
  });

  test.each([
    ['skew', 500, false],
    ['no_frame', null, false],
    ['source_down', 500, true],
    ['source_down', null, true],
  ])('is missing because of %s', (missing, colourAtMs, isDown) => {
    const pairs = pairing(isDown);
    if (colourAtMs !== null) pairs.offer(frame(colourAtMs));
    pairs.watch(frame(1000));
    expect(pairs.pick()).toEqual({ missing });
  });

  test('is still the pair when the camera has died just after it', () => {
    const pairs = pairing(true);
    pairs.offer(frame(990));
    pairs.watch(frame(1000));
    expect(pairs.pick()).toMatchObject({ frame: { takenAtMs: 990 } });
  });
});
