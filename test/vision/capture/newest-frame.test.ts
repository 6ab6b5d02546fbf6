import { expect, test } from 'vitest';
import { createFrame } from '../../../src/vision/capture/frame.ts';
import { createNewestFrame } from '../../../src/vision/capture/newest-frame.ts';
import { cv } from '../../../src/vision/capture/opencv.ts';

function frame(sequence: number) {
  const mat = new cv.Mat(4, 4, cv.CV_8UC3);
  return createFrame(mat, { sequence, takenAtMs: sequence, capturedAtMs: sequence });
}

test('a slow reader gets the newest frame; the ones between are freed and counted', async () => {
  const slot = createNewestFrame();
  const frames = [1, 2, 3].map(frame);
  for (const each of frames) slot.put(each);
  const taken = await slot.take();
  expect(taken?.sequence).toBe(3);
  expect(slot.dropped).toBe(2);
  expect(frames.map((each) => Boolean(each.mat.empty))).toEqual([true, true, false]);
  taken?.release();
  expect(Boolean(taken?.mat.empty)).toBe(true);
});

test('a waiting reader gets a frame at once, and the last one after the end', async () => {
  const slot = createNewestFrame();
  const waiting = slot.take();
  slot.put(frame(1));
  expect((await waiting)?.sequence).toBe(1);
  slot.put(frame(2));
  slot.close();
  expect((await slot.take())?.sequence).toBe(2);
  expect(await slot.take()).toBeNull();
  expect(slot.dropped).toBe(0);
});
