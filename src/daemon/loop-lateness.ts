import { createLoopDelay, type LoopDelay } from '../platform/loop-delay.ts';

const everyMs = 10_000;

/** How late the daemon's event loop runs, ms, in the last full ten seconds. */
export interface LoopLateness extends Disposable {
  start(): void;
  /** Zeros in the first ten seconds. */
  health(): { p50: number; p99: number; max: number };
}

/** Measures from `start` on. */
export function createLoopLateness(): LoopLateness {
  let delay: LoopDelay | null = null;
  let timer: NodeJS.Timeout | undefined;
  let last = { p50: 0, p99: 0, max: 0 };
  return {
    start() {
      const measured = createLoopDelay();
      delay = measured;
      timer = setInterval(() => {
        last = measured.take();
      }, everyMs);
    },
    health: () => last,
    [Symbol.dispose]() {
      clearInterval(timer);
      delay?.[Symbol.dispose]();
    },
  };
}
