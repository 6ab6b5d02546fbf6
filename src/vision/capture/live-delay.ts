/** Tells how old the frames of a live camera are when they come. */
export interface LiveDelay {
  /**
   * How late a frame has come, ms, compared with the promptest before it; `opening` while what the driver had stored
   * before the first read is still coming: when that was taken is not known.
   */
  of(frame: ArrivedFrame): number | 'opening';
}

export interface ArrivedFrame {
  /** When it came, by a monotonic clock, ms. */
  arrivedMs: number;
  /** How long the driver was asked for it, ms. */
  waitedMs: number;
  /** Its own time stamp as the driver gives it, ms; anything else than a rising number is none. */
  stampMs: number;
}

/**
 * Clocks drift: so much slower than the host's may a camera's run. What comes later than that from frame to frame waits
 * somewhere, however slowly the wait grows.
 */
const driftShare = 0.01;
/** Without stamps: a frame for which the driver was asked shorter than this was stored already. */
const storedMs = 10;
/** After this long the opening is over, however the frames come. */
const openingMs = 3000;

/**
 * A network camera stamps each frame by its own clock. Between that clock and the host's lies an unknown constant, plus
 * the way of the frame: a frame whose difference is larger than that of the promptest was on its way for longer, in the
 * buffers of a network that stood still or of a decoder. Without stamps (some cameras, and each for its first frames)
 * nothing is known, and 0 is given.
 */
export function createLiveDelay(): LiveDelay {
  let openedMs: number | null = null;
  let isOpening = true;
  /** Of the opening's frames, all of them stored or none: decoding alone may take long. */
  let shortestWaitMs = Number.POSITIVE_INFINITY;
  let last: { arrivedMs: number; stampMs: number } | null = null;
  /** Difference of the promptest frame, with the drift since it came. */
  let least = Number.POSITIVE_INFINITY;

  const isStored = (frame: ArrivedFrame, stepMs: number | null) =>
    stepMs === null || last === null
      ? frame.waitedMs < Math.max(storedMs, 2 * shortestWaitMs)
      : frame.arrivedMs - last.arrivedMs < stepMs / 2;

  return {
    of(frame) {
      const { arrivedMs, stampMs } = frame;
      openedMs ??= arrivedMs - frame.waitedMs;
      const isStamped = Number.isFinite(stampMs) && stampMs > 0 && stampMs < 1e15;
      const stepMs = isStamped && last !== null ? stampMs - last.stampMs : null;
      if (isOpening) {
        isOpening = arrivedMs - openedMs < openingMs && isStored(frame, stepMs);
        shortestWaitMs = Math.min(shortestWaitMs, frame.waitedMs);
      }
      if (!isStamped || stepMs === 0) {
        if (!isStamped) last = null;
        return isOpening ? 'opening' : 0;
      }
      const difference = arrivedMs - stampMs;
      // The camera's clock was set back: what was measured before says nothing any more.
      if (stepMs !== null && stepMs < 0) least = Number.POSITIVE_INFINITY;
      least = Math.min(least + driftShare * (stepMs ?? 0), difference);
      last = { arrivedMs, stampMs };
      return isOpening ? 'opening' : difference - least;
    },
  };
}
