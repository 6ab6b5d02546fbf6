import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Delay of the event loop, ms, since the last call of `take`. */
export interface LoopDelay extends Disposable {
  take(): { p50: number; p99: number; max: number };
}

/** Measures the delay of this process's event loop, without the timer's own 10 ms step. */
export function createLoopDelay(): LoopDelay {
  const resolution = 10;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  const lateMs = (nanoseconds: number) =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e6 - resolution) : 0;
  return {
    take() {
      const seen = {
        p50: lateMs(histogram.percentile(50)),
        p99: lateMs(histogram.percentile(99)),
        max: lateMs(histogram.max),
      };
      histogram.reset();
      return seen;
    },
    [Symbol.dispose]: () => histogram.disable(),
  };
}
