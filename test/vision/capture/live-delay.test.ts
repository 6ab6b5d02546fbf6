import { describe, expect, test } from 'vitest';
import { createLiveDelay } from '../../../src/vision/capture/live-delay.ts';

/** What is said of frames that come at these times with these stamps; the driver is asked again at once. */
function delays(frames: { arrivedMs: number; stampMs: number }[]): (number | 'opening')[] {
  const delay = createLiveDelay();
  let askedMs = 0;
  return frames.map(({ arrivedMs, stampMs }) => {
    const late = delay.of({ arrivedMs, stampMs, waitedMs: arrivedMs - askedMs });
    askedMs = arrivedMs;
    return late === 'opening' ? late : Math.round(late);
  });
}

/** Frames of a camera at 20 frames/s that come `delayMs(n)` after they were made, and never before the one before. */
function camera(count: number, delayMs: (at: number) => number, stepMs = 50) {
  let arrivedMs = 0;
  return Array.from({ length: count }, (_, at) => {
    arrivedMs = Math.max(arrivedMs, at * 50 + delayMs(at));
    return { arrivedMs, stampMs: 1000 + at * stepMs };
  });
}

describe('how late a frame of a live camera comes (CAP-14)', () => {
  test('is nothing for a camera whose frames all take as long', () => {
    expect(delays(camera(50, () => 400)).slice(2)).toEqual(Array(48).fill(0));
  });

  test('is what a network that stood still adds, until it has caught up', () => {
    const late = delays(camera(100, (at) => (at < 40 || at > 80 ? 20 : 20 + (80 - at) * 50)));
    expect(late.slice(2, 40)).toEqual(Array(38).fill(0));
    // Less a hundredth of the camera's time, which may be its drift.
    expect(late.slice(40, 43)).toEqual([2000, 1949, 1899]);
    expect(late.slice(80)).toEqual(Array(20).fill(0));
  });

  test('is unknown while what was stored at the opening still comes', () => {
    const stored = camera(60, (at) => Math.max(0, 1000 - at * 50) + at * 0.5);
    expect(delays(stored).slice(0, 20)).toEqual(Array(20).fill('opening'));
    expect(delays(stored).slice(22)).not.toContain('opening');
  });

  test('is unknown at the opening of a camera without stamps too, and then nothing', () => {
    const frames = camera(60, (at) => Math.max(0, 1000 - at * 50) + at * 0.5);
    const late = delays(frames.map(({ arrivedMs }) => ({ arrivedMs, stampMs: 0 })));
    expect(late.slice(0, 20)).toEqual(Array(20).fill('opening'));
    expect(late.slice(22)).toEqual(Array(38).fill(0));
  });

  test('follows a camera whose clock runs slower than the host', () => {
    // A hundredth slower, for five minutes: three seconds in all.
    const late = delays(camera(6000, () => 20, 49.5)).slice(2);
    expect(Math.max(...late.map(Number))).toBeLessThanOrEqual(210);
  });

  test('is told of a wait that grows slowly for minutes, as on a machine that is somewhat too slow', () => {
    // A twentieth of a second each second, for two minutes: six seconds in all, of which a fifth could be drift.
    const late = delays(camera(2400, (at) => 20 + at * 2.5)).slice(2);
    expect(late.at(-1)).toBeGreaterThan(4500);
  });

  test('begins again when the camera sets its clock back or ahead', () => {
    const frames = camera(90, () => 20).map(({ arrivedMs, stampMs }, at) => ({
      arrivedMs,
      stampMs: at < 30 ? 1e6 + stampMs : at < 60 ? stampMs : 1e7 + stampMs,
    }));
    expect(delays(frames).slice(2)).toEqual(Array(88).fill(0));
  });
});
