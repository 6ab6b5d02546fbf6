import { setTimeout as wait } from 'node:timers/promises';
import type { SourceConfig } from '../../config/sections/heads.ts';
import { createBackoff } from '../../platform/backoff.ts';
import type { Clock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/problem.ts';
import type { Frame } from './frame.ts';
import type { Playback } from './playback.ts';
import { createRate } from './rate.ts';
import { type FrameSource, isRecording, openSource } from './source.ts';

/** State of one camera source. */
export interface FeedHealth {
  state: 'opening' | 'running' | 'stalled' | 'failed' | 'ended';
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
  framesTaken: number;
  /** Frames of a live camera that were stored before its opening, or came cut off. */
  framesUnusable: number;
  /** Over the last seconds. */
  fps: number;
  width: number;
  height: number;
  /** Number of times the source was reopened. */
  reopened: number;
  /** Host time of the newest frame, or null. */
  lastFrameAtMs: number | null;
}

/** A source that is kept open: after a failure or stall it is reopened, with increasing delays. */
export interface SourceFeed {
  /** The next frame, which the caller then holds. Null at the end of a recording, and after `close`. */
  next(): Promise<Frame | null>;
  health(): FeedHealth;
  /** How long the current call of the camera's driver has taken, ms; 0 if none is in progress. */
  readonly heldMs: number;
  /** Stops. Waits a moment for a read in progress; a read that hangs is left until the process ends. */
  close(): Promise<void>;
}

export interface FeedOptions {
  config: SourceConfig;
  /** The leading recording decides when a looped pair starts again; a follower waits for it. */
  role: 'leader' | 'follower';
  playback: Playback;
  stallAfterS: number;
  clock: Clock;
  /**
   * The colour recording of a pair that is read frame by frame: `next` never waits for the other one. A source that
   * fails is finished; at the end of a lap `next` returns null until the next lap.
   */
  lockstep?: boolean;
}

/** A feed; nothing is opened before the first `next`. */
export function createSourceFeed(options: FeedOptions): SourceFeed {
  const { config, role, playback, clock } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const backoff = createBackoff({ firstMs: 500, maxMs: 5000 });
  const rate = createRate();
  const loops = isRecording(config) && config.loop;
  let source: FrameSource | null = null;
  let lap = 0;
  /** The lap whose end this follower has reached before the leader. */
  let lapOver: number | null = null;
  let opened = 0;
  let state: FeedHealth['state'] = 'opening';
  let problem: string | null = null;
  let framesTaken = 0;
  /** Of the sources before the present one. */
  let unusableBefore = 0;
  let size = { width: 0, height: 0 };
  let lastFrameAtMs: number | null = null;
  /** When the current wait for a frame started, by a monotonic clock; the wait for the first frame counts too. */
  let waitingSinceMs: number | null = null;
  const heldMs = () => (waitingSinceMs === null ? 0 : performance.now() - waitingSinceMs);
  let isOver = false;
  let closing: Promise<void> | null = null;
  let underWay: Promise<unknown> = Promise.resolve();

  async function open(): Promise<FrameSource> {
    lap = playback.lap;
    const { stallAfterS } = options;
    const fresh = await openSource(config, { stallAfterS, playback, clock, signal });
    opened += 1;
    return fresh;
  }

  function shut(): void {
    unusableBefore += source?.passedOver ?? 0;
    source?.close();
    source = null;
  }

  /** A frame; 'over' at the end of a recording; throws if the source fails. */
  async function read(): Promise<Frame | 'over'> {
    source ??= await open();
    if (role === 'follower' && loops && lap !== playback.lap) return 'over';
    waitingSinceMs = performance.now();
    const frame = await source.next().finally(() => {
      waitingSinceMs = null;
    });
    return frame ?? 'over';
  }

  function took(frame: Frame): Frame {
    backoff.reset();
    state = 'running';
    problem = source?.warning ?? null;
    framesTaken += 1;
    lastFrameAtMs = frame.capturedAtMs;
    size = { width: frame.width, height: frame.height };
    rate.add(frame.capturedAtMs);
    return frame;
  }

  async function failed(error: unknown): Promise<void> {
    shut();
    state = 'failed';
    problem = messageOf(error);
    if (options.lockstep === true) isOver = true;
    else await wait(backoff.next(), undefined, { signal }).catch(() => {});
  }

  /** After the end of the recording or of a lap: whether a frame is available now. */
  async function beginAgain(): Promise<boolean> {
    const lengthMs = source?.lengthMs ?? 0;
    shut();
    if (!loops || lengthMs === 0) {
      isOver = true;
      state = 'ended';
      return false;
    }
    if (role === 'leader') playback.nextLap(lengthMs);
    else if (lap === playback.lap) {
      lapOver = lap;
      if (options.lockstep === true) return false;
      await Promise.race([playback.lapChanged(), aborted(signal)]);
    }
    return true;
  }

  async function next(): Promise<Frame | null> {
    while (!signal.aborted && !isOver && lapOver !== playback.lap) {
      try {
        const frame = await read();
        if (frame !== 'over') return took(frame);
        if (!(await beginAgain())) return null;
      } catch (error) {
        await failed(error);
      }
    }
    return null;
  }

  async function close(): Promise<void> {
    ending.abort();
    const isBack = await Promise.race([
      underWay.then(() => true),
      wait(1000, false, { ref: false }),
    ]);
    if (isBack) shut();
  }

  return {
    next() {
      const result = next();
      underWay = result.catch(() => {});
      return result;
    },
    health() {
      const isStalled = heldMs() > options.stallAfterS * 1000 && !isRecording(config);
      return {
        state: isStalled ? 'stalled' : state,
        problem: isStalled
          ? `no frame for ${Math.floor(heldMs() / 1000)} s; check the camera's power and cable`
          : problem,
        framesTaken,
        framesUnusable: unusableBefore + (source?.passedOver ?? 0),
        fps: rate.perS(clock()),
        ...size,
        reopened: loops ? 0 : Math.max(0, opened - 1),
        lastFrameAtMs,
      };
    },
    get heldMs() {
      return heldMs();
    },
    close() {
      // Only once, though both the stop and the end of the head call it: a read that hangs must not delay both.
      closing ??= close();
      return closing;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
