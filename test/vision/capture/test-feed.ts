import { onTestFinished } from 'vitest';
import { sourceSchema } from '../../../src/config/sections/heads.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { Frame } from '../../../src/vision/capture/frame.ts';
import { createPlayback, type Playback } from '../../../src/vision/capture/playback.ts';
import {
  createSourceFeed,
  type FeedOptions,
  type SourceFeed,
} from '../../../src/vision/capture/source-feed.ts';
import { frameNumber } from './numbered-clip.ts';

/** A feed of the given source, closed when the test ends. */
export function testFeed(
  source: Record<string, unknown>,
  options: Partial<Pick<FeedOptions, 'role' | 'stallAfterS' | 'lockstep' | 'clock'>> & {
    playback?: Playback;
  } = {},
): SourceFeed {
  const { role = 'leader', stallAfterS = 2, clock = systemClock } = options;
  const { playback = createPlayback(clock) } = options;
  const feed = createSourceFeed({
    config: sourceSchema.parse(source),
    role,
    playback,
    stallAfterS,
    clock,
    ...(options.lockstep === undefined ? {} : { lockstep: options.lockstep }),
  });
  onTestFinished(() => feed.close());
  return feed;
}

/** What the picture of a numbered clip says; lets go of the frame. */
export async function numberOf(frame: Frame): Promise<number> {
  const grey = await frame.mat.bgrToGrayAsync();
  const number = frameNumber(await grey.getDataAsync(), frame.width, frame.height);
  grey.release();
  frame.release();
  return number;
}

/** Every frame of a feed until it ends, or the first `count`. */
export async function framesOf(
  feed: SourceFeed,
  count = Number.POSITIVE_INFINITY,
): Promise<{ number: number; takenAtMs: number; capturedAtMs: number }[]> {
  const frames = [];
  while (frames.length < count) {
    const frame = await feed.next();
    if (frame === null) break;
    const { takenAtMs, capturedAtMs } = frame;
    frames.push({ number: await numberOf(frame), takenAtMs, capturedAtMs });
  }
  return frames;
}
