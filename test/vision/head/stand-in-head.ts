import { systemClock } from '../../../src/platform/clock.ts';
import { Problem } from '../../../src/platform/problem.ts';
import { serveHead } from '../../../src/vision/head/serve-head.ts';
import type { FoundPlate } from '../../../src/vision/reading/plate-read.ts';
import { rectifiedPlate } from '../../../src/vision/reading/rectify.ts';
import type { TrackReport } from '../../../src/vision/tracking/track-report.ts';
import { frameNumber } from '../capture/numbered-clip.ts';

// A head process with the real cameras, pairing, pictures and messages, whose reader reads the number of a
// numbered clip's frame and whose tracker reports every frame. `reading.detector` says how it misbehaves.

const [behaviour = '', argument = '0'] = (process.env.STAND_IN ?? 'good').split(' ');

function plate(text: string): FoundPlate {
  return {
    read: {
      plate: text,
      confidence: 0.99,
      characters: [...text].map((char) => ({ char, p: 0.99 })),
      alternatives: [],
      state: null,
      box: [10, 10, 80, 20],
      corners: [
        [10, 10],
        [90, 10],
        [90, 30],
        [10, 30],
      ],
    },
    unread: null,
    detectorScore: 0.9,
    sure: true,
    sharpness: 100,
  };
}

serveHead({
  async createReader() {
    if (behaviour === 'refuse') throw new Problem('models/detector.onnx: is not the model meant');
    if (behaviour === 'crash') throw new Error('the stand-in has crashed');
    return {
      models: [{ name: 'stand-in', version: '1', sha256: '0'.repeat(64) }],
      async read({ grey, width, height }) {
        const started = performance.now();
        const number = frameNumber(grey, width, height);
        if (behaviour === 'slow') await new Promise((done) => setTimeout(done, Number(argument)));
        if (behaviour === 'wedge' && number >= Number(argument)) await new Promise(() => {});
        if (behaviour === 'freeze' && number >= Number(argument)) for (;;);
        const now = systemClock();
        return {
          plates: [plate(`F${number}`)],
          ms: { detect: performance.now() - started, recognise: 0 },
          foundAtMs: now,
          readAtMs: now,
        };
      },
      rectify: (frame, found) => rectifiedPlate(frame, found.read.corners),
      async [Symbol.asyncDispose]() {},
    };
  },
  createTracker({ head }) {
    let last: TrackReport | null = null;
    let count = 0;
    return {
      get openTracks() {
        return last === null ? 0 : 1;
      },
      add({ takenAtMs, capturedAtMs, width, height, reading, pictures }) {
        const [found] = reading.plates;
        if (found === undefined) return [];
        count += 1;
        last = {
          id: `${head}-${process.pid}`,
          head,
          phase: 'update',
          sequence: count,
          firstSeenMs: takenAtMs,
          lastSeenMs: takenAtMs,
          seenCount: count,
          consensus: { ...found.read, readCount: 1, agreeCount: 1 },
          unread: null,
          motion: 'unknown',
          lateralPerS: 0,
          box: found.read.box,
          frameSize: [width, height],
          times: { capturedAtMs, foundAtMs: reading.foundAtMs, readAtMs: reading.readAtMs },
          images: {
            plate: pictures.plate(found),
            ir: pictures.ir(),
            overview: pictures.overview(),
            overviewMissing: pictures.overviewMissing,
          },
        };
        return [last];
      },
      expected: () => [],
      endAll() {
        if (last === null) return [];
        const ended: TrackReport = { ...last, phase: 'ended', sequence: last.sequence + 1 };
        last = null;
        return [ended];
      },
    };
  },
});
