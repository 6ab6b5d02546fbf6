/** Tells how many plates can be read in a frame without passing over the next one. */
export interface ReadingPace {
  /** The next frame to be read; its number and time tell how often the camera sends one. */
  frame(frame: { sequence: number; takenAtMs: number }): void;
  /** What a frame took: `othersMs` without the recognition of its `plates`. */
  took(frame: { plates: number; recogniseMs: number; othersMs: number }): void;
  /** How many plates of that frame can be read before the next comes, and how many are read at most. */
  plates(): { fit: number; most: number };
}

/** Share of the newest frame in the means. */
const weight = 0.1;

/**
 * A frame that takes longer than the camera's interval costs the next one. If finding the plates and reading one take that
 * long anyway, no more are read than fit into the intervals that are lost. On a machine that is fast enough, more fit than
 * are ever in view.
 */
export function createReadingPace(): ReadingPace {
  let plateMs: number | null = null;
  let othersMs: number | null = null;
  const mean = (before: number | null, next: number) =>
    before === null ? next : before + weight * (next - before);
  let intervalMs: number | null = null;
  let last: { sequence: number; takenAtMs: number } | null = null;
  return {
    frame({ sequence, takenAtMs }) {
      // A camera that was opened again counts anew, and a clock may be set back.
      if (last !== null && sequence > last.sequence && takenAtMs > last.takenAtMs) {
        const each = (takenAtMs - last.takenAtMs) / (sequence - last.sequence);
        intervalMs = mean(intervalMs, each);
      }
      last = { sequence, takenAtMs };
    },
    took(frame) {
      othersMs = mean(othersMs, frame.othersMs);
      if (frame.plates > 0) plateMs = mean(plateMs, frame.recogniseMs / frame.plates);
    },
    plates() {
      if (plateMs === null || othersMs === null || intervalMs === null || plateMs <= 0) {
        return { fit: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY };
      }
      const intervals = Math.ceil((othersMs + plateMs) / intervalMs);
      const within = (ms: number) =>
        Math.max(0, Math.floor((ms - (othersMs ?? 0)) / (plateMs ?? 1)));
      return { fit: within(intervalMs), most: Math.max(1, within(intervals * intervalMs)) };
    },
  };
}
