import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { programRoot } from '../../../src/config/load.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createPlayback } from '../../../src/vision/capture/playback.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { waitFor } from '../../support/wait-for.ts';
import { renderNumberedClip } from './numbered-clip.ts';
import { framesOf, testFeed } from './test-feed.ts';

const startAt = '2026-03-14T13:40:19.000Z';
const startAtMs = Date.parse(startAt);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a video file', () => {
  test('at pace fastest gives every frame in order, stamped with its time in the recording', async () => {
    const path = await renderNumberedClip(join(temporaryFolder(), 'clip.mp4'), {
      frames: 40,
      fps: 20,
    });
    const feed = testFeed({ kind: 'video', path, pace: 'fastest', startAt });
    const frames = await framesOf(feed);
    expect(frames.map((frame) => frame.number)).toEqual(numbers(40));
    for (const { number, takenAtMs } of frames) {
      expect(takenAtMs - startAtMs).toBeCloseTo(number * 50, 3);
    }
    expect(feed.health()).toMatchObject({ state: 'ended', framesTaken: 40, problem: null });
    expect(await feed.next()).toBeNull();
  });

  test('at pace real-time takes as long as it was recorded', async () => {
    const path = await renderNumberedClip(join(temporaryFolder(), 'clip.mp4'), {
      frames: 12,
      fps: 20,
    });
    const frames = await framesOf(testFeed({ kind: 'video', path, pace: 'real-time' }));
    expect(frames).toHaveLength(12);
    // Without startAt it plays as if taken now: none comes early, and a machine cannot be late with all of them.
    const lateMs = frames.map(({ takenAtMs, capturedAtMs }) => capturedAtMs - takenAtMs);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(-2);
    expect(Math.min(...lateMs)).toBeLessThan(100);
    const [first, last] = [frames[0]?.takenAtMs ?? 0, frames[11]?.takenAtMs ?? 0];
    expect(last - first).toBeCloseTo(550, 3);
  });

  test('setting the clock forward is not a stall, and setting it back stops no count', async () => {
    const path = await renderNumberedClip(join(temporaryFolder(), 'clip.mp4'), {
      frames: 20,
      fps: 20,
    });
    let setMs = 0;
    const feed = testFeed(
      { kind: 'video', path, pace: 'fastest' },
      { clock: () => systemClock() + setMs },
    );
    await framesOf(feed, 1);
    const next = feed.next();
    setMs = 3_600_000;
    expect(feed.heldMs).toBeLessThan(1000);
    (await next)?.release();
    setMs = 0;
    await framesOf(feed, 5);
    // Five frames can be read within the millisecond below which there is no rate.
    await waitFor(() => feed.health().fps > 0, { what: 'a rate' });
  });

  test('a looped pair begins again together, however unequal its files are', async () => {
    const folder = temporaryFolder();
    const [ir, colour] = await Promise.all([
      renderNumberedClip(join(folder, 'ir.mp4'), { frames: 10, fps: 50 }),
      renderNumberedClip(join(folder, 'colour.mp4'), { frames: 7, fps: 50 }),
    ]);
    const playback = createPlayback(systemClock);
    const looped = { kind: 'video', pace: 'real-time', loop: true };
    const leader = testFeed({ ...looped, path: ir }, { playback });
    const follower = testFeed({ ...looped, path: colour }, { playback, role: 'follower' });
    const led: Awaited<ReturnType<typeof framesOf>> = [];
    const followed: typeof led = [];
    // The leader begins again with its eleventh frame, whether or not the follower is through: it is asked for when it is.
    let lap = framesOf(follower, 7);
    for (const count of [11, 10]) {
      followed.push(...(await lap));
      lap = framesOf(follower, 7);
      led.push(...(await framesOf(leader, count)));
    }
    followed.push(...(await lap));
    led.push(...(await framesOf(leader, 9)));
    expect(led.map((frame) => frame.number)).toEqual([
      ...numbers(10),
      ...numbers(10),
      ...numbers(10),
    ]);
    expect(followed.map((frame) => frame.number)).toEqual([
      ...numbers(7),
      ...numbers(7),
      ...numbers(7),
    ]);
    const thirdLap = (frames: typeof led) =>
      frames.filter((frame) => frame.number === 0).map((frame) => frame.takenAtMs)[2];
    expect(thirdLap(followed)).toBe(thirdLap(led));
    expect(leader.health()).toMatchObject({ reopened: 0, state: 'running' });
  });

  test('that comes later is taken up then', async () => {
    const path = join(temporaryFolder(), 'late.mp4');
    const feed = testFeed({ kind: 'video', path, pace: 'fastest' });
    const first = feed.next();
    await waitFor(() => feed.health().state === 'failed');
    expect(feed.health().problem).toBe(`video ${path}: does not exist; check the path`);
    await renderNumberedClip(path, { frames: 2, fps: 10 });
    const frame = await first;
    expect(frame?.sequence).toBe(1);
    frame?.release();
    expect(feed.health()).toMatchObject({ state: 'running', problem: null });
  });
});

describe('a folder of images', () => {
  let images: Buffer[];
  beforeAll(async () => {
    images = await Promise.all(
      [20, 120, 220].map((value) =>
        sharp({
          create: {
            width: 64,
            height: 48,
            channels: 3,
            background: { r: value, g: value, b: value },
          },
        })
          .png()
          .toBuffer(),
      ),
    );
  });

  test('plays in the order of its numbers, and names an image that cannot be read', async () => {
    const path = join(temporaryFolder(), 'images');
    mkdirSync(path);
    ['frame-2.png', 'frame-10.png', 'frame-100.png'].forEach((name, index) => {
      writeFileSync(join(path, name), images[index] ?? '');
    });
    writeFileSync(join(path, 'frame-11.png'), 'no picture');
    writeFileSync(join(path, 'notes.txt'), 'not looked at');
    const feed = testFeed({ kind: 'images', path, fps: 10, pace: 'fastest', startAt });
    const seen = [];
    for (let frame = await feed.next(); frame !== null; frame = await feed.next()) {
      seen.push([Math.round(frame.mat.mean().x), frame.takenAtMs - startAtMs]);
      frame.release();
    }
    expect(seen).toEqual([
      [20, 0],
      [120, 100],
      [220, 300],
    ]);
    expect(feed.health().problem).toContain('frame-11.png');
    expect(feed.health().problem).toContain('was skipped');
  });

  test('without an image says so', async () => {
    const path = temporaryFolder();
    const feed = testFeed({ kind: 'images', path });
    void feed.next();
    await waitFor(() => feed.health().state === 'failed');
    expect(feed.health().problem).toContain(`images ${path}: contains no image`);
  });
});

describe('a source that cannot be opened names itself and says what to do', () => {
  async function problemOf(source: Record<string, unknown>) {
    const feed = testFeed(source);
    void feed.next();
    await waitFor(() => feed.health().state === 'failed');
    return feed.health().problem;
  }

  // This machine has no video device and no module to make one; a real camera is not tested here.
  test('a V4L2 device that is not there', async () => {
    expect(await problemOf({ kind: 'v4l2', device: '/dev/video-none' })).toBe(
      'camera /dev/video-none: does not exist; check its cable and the name under /dev/v4l/by-path',
    );
  });

  test('a V4L2 device that is not a camera', async () => {
    expect(await problemOf({ kind: 'v4l2', device: '/dev/null' })).toContain(
      'camera /dev/null: cannot be opened',
    );
  });

  test('a video cut off before its first picture, and a folder of images that are none', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'cut.mp4');
    writeFileSync(path, readFileSync(join(programRoot, 'fixtures/short/ir.mp4')).subarray(0, 2500));
    expect(await problemOf({ kind: 'video', path, loop: true })).toBe(
      `video ${path}: contains no picture that can be read, or is cut off`,
    );
    writeFileSync(join(folder, 'none.png'), 'no picture');
    expect(await problemOf({ kind: 'images', path: folder, loop: true })).toBe(
      `images ${folder}: contains no image that can be read`,
    );
  });

  test('a video that is none, and a folder', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'cut.mp4');
    writeFileSync(path, 'cut off');
    expect(await problemOf({ kind: 'video', path })).toContain(`video ${path}: is not a video`);
    expect(await problemOf({ kind: 'video', path: folder })).toContain('is a folder');
  });
});

test('loading OpenCV leaves standard output and standard error clean', () => {
  const code = `import(${JSON.stringify(join(import.meta.dirname, '../../../src/vision/capture/opencv.ts'))})`;
  const output = execFileSync(process.execPath, ['-e', code], { encoding: 'utf8', stdio: 'pipe' });
  expect(output).toBe('');
});
