import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { waitFor } from '../../support/wait-for.ts';
import { frameNumber, renderNumberedClip } from '../capture/numbered-clip.ts';
import { numberIn, startTestHead } from './test-head.ts';

const startAt = '2026-03-14T13:40:19.000Z';
const startAtMs = Date.parse(startAt);

async function clips(frames: number, fps: number) {
  const folder = temporaryFolder();
  const [ir, colour] = await Promise.all(
    ['ir.mp4', 'colour.mp4'].map((name) => renderNumberedClip(join(folder, name), { frames, fps })),
  );
  return { ir, colour };
}

async function numberInJpeg(jpeg: Uint8Array | undefined): Promise<number> {
  const { data, info } = await sharp(jpeg).greyscale().raw().toBuffer({ resolveWithObject: true });
  return frameNumber(data, info.width, info.height);
}

describe('a recording at pace fastest', () => {
  test('is read whole, in order, each frame with its own colour frame (CAP-2)', async () => {
    const { ir, colour } = await clips(40, 20);
    const recording = { kind: 'video', pace: 'fastest', startAt };
    const { reports, finished, supervisor, states } = await startTestHead({
      ir: { ...recording, path: ir },
      colour: { ...recording, path: colour },
    });
    await waitFor(() => finished.length > 0, {
      timeoutMs: 60_000,
      what: 'the end of the recording',
    });

    const updates = reports.filter((report) => report.phase === 'update');
    expect(updates.map(numberIn)).toEqual(Array.from({ length: 40 }, (_, number) => number));
    for (const report of updates) {
      const number = numberIn(report);
      const { plate, ir: infraRed, overview, overviewMissing } = report.images;
      expect(report.firstSeenMs - startAtMs).toBeCloseTo(number * 50, 3);
      expect(overviewMissing).toBeNull();
      expect(overview?.takenAtMs).toBe(infraRed?.takenAtMs);
      expect(await numberInJpeg(infraRed?.jpeg)).toBe(number);
      expect(await numberInJpeg(overview?.jpeg)).toBe(number);
      expect(await sharp(plate?.jpeg).metadata()).toMatchObject({
        format: 'jpeg',
        width: plate?.width,
        height: plate?.height,
      });
    }
    expect(reports.at(-1)?.phase).toBe('ended');
    expect(finished).toEqual([{ head: 'front', framesRead: 40 }]);
    expect(supervisor.status()).toMatchObject({ state: 'finished', pid: null, problem: null });
    expect(supervisor.status().health).toMatchObject({ framesRead: 40, ir: { framesDropped: 0 } });
    expect(states).toEqual(['starting', 'running', 'finished']);
  });

  test.each([
    [0, 'pair'],
    [40, 'pair'],
    [400, 'skew'],
  ])('with a skew of %i ms between its cameras: %s (CAP-1)', async (skewMs, outcome) => {
    const { ir, colour } = await clips(4, 1);
    const recording = { kind: 'video', pace: 'fastest' };
    const { reports, finished, supervisor } = await startTestHead({
      ir: { ...recording, path: ir, startAt },
      colour: { ...recording, path: colour, startAt: new Date(startAtMs + skewMs).toISOString() },
      head: { maxSkewMs: 80 },
    });
    await waitFor(() => finished.length > 0);
    const outcomes = reports
      .filter((report) => report.phase === 'update')
      .map(({ images }) =>
        images.overview === null
          ? images.overviewMissing
          : `pair ${images.overview.takenAtMs - (images.ir?.takenAtMs ?? 0)}`,
      );
    const expected = outcome === 'pair' ? `pair ${skewMs}` : 'skew';
    expect(outcomes).toEqual(Array(4).fill(expected));
    expect(supervisor.status().health?.overviewMissing).toEqual(
      outcome === 'pair' ? {} : { skew: 4 },
    );
  });

  test('without a colour camera, or with one that is not there, says which', async () => {
    const { ir } = await clips(2, 10);
    const alone = await startTestHead({ ir: { kind: 'video', path: ir, pace: 'fastest' } });
    await waitFor(() => alone.finished.length > 0);
    expect(alone.reports[0]?.images).toMatchObject({
      overview: null,
      overviewMissing: 'not_fitted',
    });

    const path = join(temporaryFolder(), 'none.mp4');
    const missing = await startTestHead({
      ir: { kind: 'video', path: ir, pace: 'fastest' },
      colour: { kind: 'video', path, pace: 'fastest' },
    });
    await waitFor(() => missing.finished.length > 0);
    expect(missing.reports[0]?.images).toMatchObject({ overviewMissing: 'source_down' });
    expect(missing.supervisor.status().problem).toBe(
      `colour: video ${path}: does not exist; check the path`,
    );
  });
});

test('in real time a slow reader gets the newest frame, and the drops are counted', async () => {
  const { ir } = await clips(120, 30);
  const { reports, finished, supervisor } = await startTestHead({
    ir: { kind: 'video', path: ir, pace: 'real-time' },
    behaviour: 'slow 150',
  });
  await waitFor(() => finished.length > 0, { timeoutMs: 60_000, what: 'the end of the recording' });
  const { health } = supervisor.status();
  const framesRead = health?.framesRead ?? 0;
  expect(framesRead).toBeGreaterThan(5);
  expect(framesRead).toBeLessThan(50);
  const framesDropped = 120 - framesRead;
  expect(health?.ir).toMatchObject({ framesTaken: 120, framesDropped });
  expect(health?.passedOver).toEqual({ frames: framesDropped, of: 120 });
  expect(supervisor.status().problem).toMatch(
    new RegExp(`^${framesDropped} of 120 frames of the last minute were passed over`),
  );
  const numbers = reports.filter((report) => report.phase === 'update').map(numberIn);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  for (const { times } of reports) {
    // One frame's wait, the read, and the encoding of three pictures; a queue would add up to fourteen seconds.
    expect(times.readAtMs - times.capturedAtMs).toBeLessThan(6000);
  }
});

const drive = join(import.meta.dirname, '../../../fixtures/short');
const models = join(import.meta.dirname, '../../../models/detector.onnx');

test.skipIf(!existsSync(drive) || !existsSync(models))(
  'the rendered drive goes through the real reader and tracker',
  async () => {
    const recording = { kind: 'video', pace: 'fastest', startAt };
    const { reports, finished, supervisor } = await startTestHead({
      ir: { ...recording, path: join(drive, 'ir.mp4') },
      colour: { ...recording, path: join(drive, 'colour.mp4') },
      behaviour: null,
    });
    await waitFor(() => finished.length > 0, { timeoutMs: 60_000, what: 'the end of the drive' });
    const ended = reports.filter((report) => report.phase === 'ended');
    expect(ended.some((report) => report.consensus !== null)).toBe(true);
    for (const { images } of ended) {
      expect(images.overview?.takenAtMs).toBe(images.ir?.takenAtMs);
      expect(images.plate?.jpeg.length).toBeGreaterThan(100);
    }
    expect(supervisor.status().health?.stageMs.detect.p50).toBeGreaterThan(0);
  },
  90_000,
);
