import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late the event loop runs, ms, since the last call of `take`. */
export interface LoopDelay extends Disposable {
  take(): { p50: number; p99: number; max: number };
}

/** Watches the delay of this process's event loop; the timer's own 10 ms step is taken off. */
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
