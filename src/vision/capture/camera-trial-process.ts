import type { SourceConfig } from '../../config/sections/heads.ts';
import { systemClock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/problem.ts';
import type { CameraTrial, TrialOrder } from './camera-trial.ts';
import type { Frame } from './frame.ts';
import { measureQuality } from './image-quality.ts';
import { createPlayback } from './playback.ts';
import { type FrameSource, openSource } from './source.ts';

// Entry point of the process that tries the cameras of one head at the same time, as the head uses them; started by
// `tryCameras`. A camera's driver that crashes or hangs ends or holds this process alone.
process.once('message', async ({ cameras, stallAfterS, measureMs }: TrialOrder) => {
  const playback = createPlayback(systemClock);
  await Promise.all(
    cameras.map(async ({ name, source }) => {
      const trial = await tryCamera(source, { stallAfterS, measureMs, playback }).catch(
        (error: unknown): CameraTrial => ({ problem: messageOf(error) }),
      );
      // Messages written just before the end are lost unless each is waited for.
      await new Promise<void>((resolve) => process.send?.({ name, trial }, () => resolve()));
    }),
  );
  // A read that hangs would keep the process.
  process.exit(0);
});

async function tryCamera(
  config: SourceConfig,
  options: { stallAfterS: number; measureMs: number; playback: ReturnType<typeof createPlayback> },
): Promise<CameraTrial> {
  const { stallAfterS, measureMs, playback } = options;
  const { signal } = new AbortController();
  const startedMs = performance.now();
  const source = await openSource(config, { stallAfterS, playback, clock: systemClock, signal });
  try {
    const first = await source.next();
    if (first === null) return { problem: 'it has no picture' };
    const firstMs = performance.now();
    const { frames, lastMs, last } = await readFor(source, first, measureMs);
    const { width, height } = last;
    const isGrey = last.mat.channels === 1;
    const grey = isGrey ? last.mat : await last.mat.bgrToGrayAsync();
    const quality = measureQuality({ grey: grey.getData(), width, height });
    if (!isGrey) grey.release();
    last.release();
    return {
      problem: null,
      width,
      height,
      fps: lastMs > firstMs ? (frames * 1000) / (lastMs - firstMs) : 0,
      measuredMs: lastMs - firstMs,
      firstAfterMs: firstMs - startedMs,
      quality,
    };
  } finally {
    source.close();
  }
}

/** Reads on behind the first frame; the caller holds the last one. `frames` counts those behind the first. */
async function readFor(source: FrameSource, first: Frame, ms: number) {
  let last = first;
  let frames = 0;
  const firstMs = performance.now();
  let lastMs = firstMs;
  while (performance.now() - firstMs < ms) {
    const next = await source.next();
    if (next === null) break;
    last.release();
    last = next;
    frames += 1;
    lastMs = performance.now();
  }
  return { frames, lastMs, last };
}
