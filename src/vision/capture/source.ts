import { setTimeout as wait } from 'node:timers/promises';
import type { SourceConfig } from '../../config/sections/heads.ts';
import type { Clock } from '../../platform/clock.ts';
import { createFrame, type Frame } from './frame.ts';
import { openImageFolder } from './image-folder-source.ts';
import type { Playback } from './playback.ts';
import type { RawSource } from './raw-source.ts';
import { openVideoSource } from './video-source.ts';

/** An opened source of stamped frames. Only one `next` at a time; the caller holds the frame it gets. */
export interface FrameSource {
  /** The next frame, at its time; null at the end of a recording. Throws a Problem if the camera fails. */
  next(): Promise<Frame | null>;
  /** Length of a recording that has ended, ms. */
  readonly lengthMs: number;
  /** A fault while frames still come; or null. */
  readonly warning: string | null;
  /** Live frames that were not given, because they were stored before the opening or came cut off. */
  readonly passedOver: number;
  /** Frees the device. Do not call it during a `next`. */
  close(): void;
}

export interface SourceOptions {
  /** A camera that is silent for this long has stalled, s. */
  stallAfterS: number;
  playback: Playback;
  clock: Clock;
  /** Stops the wait of a recording that plays in real time. */
  signal: AbortSignal;
}

/** Whether a source is a recording. */
export function isRecording(
  config: SourceConfig,
): config is Extract<SourceConfig, { kind: 'video' | 'images' }> {
  return config.kind === 'video' || config.kind === 'images';
}

/**
 * Opens a camera or recording. A live frame is stamped with the host time at which it came, less what it was late. A
 * recorded one is stamped with `startAt` (by default the time at which the playback started) plus its media time.
 */
export async function openSource(
  config: SourceConfig,
  options: SourceOptions,
): Promise<FrameSource> {
  const raw =
    config.kind === 'images'
      ? await openImageFolder(config)
      : await openVideoSource(config, options.stallAfterS);
  return stamped(raw, config, options);
}

function stamped(raw: RawSource, config: SourceConfig, options: SourceOptions): FrameSource {
  const { playback, clock, signal } = options;
  const lapOffsetMs = playback.lapOffsetMs;
  const recording = isRecording(config) ? config : null;
  const startAtMs = recording?.startAt === undefined ? null : Date.parse(recording.startAt);
  let sequence = 0;
  return {
    async next() {
      const picture = await raw.next();
      if (picture === null) return null;
      sequence += 1;
      if (picture.mediaMs === null) {
        const now = clock();
        const takenAtMs = now - picture.lateMs;
        return createFrame(picture.mat, { sequence, takenAtMs, capturedAtMs: now });
      }
      const begunAtMs = playback.begunAtMs();
      const positionMs = lapOffsetMs + picture.mediaMs;
      if (recording?.pace === 'real-time') {
        const aheadMs = begunAtMs + positionMs - clock();
        if (aheadMs > 0) await wait(aheadMs, undefined, { signal }).catch(() => {});
      }
      return createFrame(picture.mat, {
        sequence,
        takenAtMs: (startAtMs ?? begunAtMs) + positionMs,
        capturedAtMs: clock(),
      });
    },
    get lengthMs() {
      return raw.lengthMs;
    },
    get warning() {
      return raw.warning;
    },
    get passedOver() {
      return raw.passedOver;
    },
    close: () => raw.close(),
  };
}
