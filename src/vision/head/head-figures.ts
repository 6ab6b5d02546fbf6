import type { Clock } from '../../platform/clock.ts';
import { createRecent } from '../../platform/quantiles.ts';
import { createRate } from '../capture/rate.ts';
import type { FrameReading } from '../reading/plate-read.ts';
import type { OverviewMissing } from '../tracking/track-report.ts';
import type { HeadHealth } from './messages.ts';

/** Figures of what a head has read. */
export interface HeadFigures {
  add(frame: {
    capturedAtMs: number;
    reading: FrameReading;
    overviewMissing: OverviewMissing | null;
  }): void;
  summary(): Pick<
    HeadHealth,
    'framesRead' | 'readFps' | 'platesFound' | 'platesRead' | 'stageMs' | 'overviewMissing'
  >;
  readonly framesRead: number;
}

/** Stage times are those of the last 300 frames. */
export function createHeadFigures(clock: Clock): HeadFigures {
  const kept = 300;
  const detect = createRecent(kept);
  const recognise = createRecent(kept);
  const captureToRead = createRecent(kept);
  const rate = createRate();
  const overviewMissing: HeadHealth['overviewMissing'] = {};
  let framesRead = 0;
  let platesFound = 0;
  let platesRead = 0;
  return {
    add({ capturedAtMs, reading, overviewMissing: missing }) {
      framesRead += 1;
      platesFound += reading.plates.length;
      platesRead += reading.plates.filter((plate) => plate.unread === null).length;
      rate.add(clock());
      detect.add(reading.ms.detect);
      if (reading.plates.length > 0) recognise.add(reading.ms.recognise);
      captureToRead.add(reading.readAtMs - capturedAtMs);
      if (missing !== null && reading.plates.length > 0) {
        overviewMissing[missing] = (overviewMissing[missing] ?? 0) + 1;
      }
    },
    summary: () => ({
      framesRead,
      readFps: rate.perS(clock()),
      platesFound,
      platesRead,
      stageMs: {
        detect: detect.summary(),
        recognise: recognise.summary(),
        captureToRead: captureToRead.summary(),
      },
      overviewMissing: { ...overviewMissing },
    }),
    get framesRead() {
      return framesRead;
    },
  };
}
