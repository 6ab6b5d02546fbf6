import type { Frame } from './frame.ts';

/** A slot for one frame: the newest frame replaces an unread one, which is counted (rule 2). */
export interface NewestFrame {
  /** Stores a frame, which the slot then holds. */
  put(frame: Frame): void;
  /** The newest frame, which the caller then holds; waits if there is none. Null once the slot is closed and empty. */
  take(): Promise<Frame | null>;
  /** No more frames will come; the stored one can still be taken. */
  close(): void;
  readonly dropped: number;
}

/** An empty slot for one reader. */
export function createNewestFrame(): NewestFrame {
  let newest: Frame | null = null;
  let waiting: ((frame: Frame | null) => void) | null = null;
  let closed = false;
  let dropped = 0;
  return {
    put(frame) {
      if (closed) {
        frame.release();
        return;
      }
      if (waiting !== null) {
        const hand = waiting;
        waiting = null;
        hand(frame);
        return;
      }
      if (newest !== null) {
        dropped += 1;
        newest.release();
      }
      newest = frame;
    },
    take() {
      const frame = newest;
      newest = null;
      if (frame !== null || closed) return Promise.resolve(frame);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    close() {
      closed = true;
      waiting?.(null);
      waiting = null;
    },
    get dropped() {
      return dropped;
    },
  };
}
