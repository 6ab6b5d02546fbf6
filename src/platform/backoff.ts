/**
 * Doubles from `firstMs` to `maxMs` with up to 20 % of random time added, so that a fleet does not reconnect at once.
 */
export interface Backoff {
  /** How long to wait before the next try, ms. */
  next(): number;
  /** Call after a success: the next wait is the first one again. */
  reset(): void;
}

export function createBackoff(options: { firstMs: number; maxMs: number }): Backoff {
  let delay = options.firstMs;
  return {
    next() {
      const wait = delay * (1 + Math.random() * 0.2);
      delay = Math.min(delay * 2, options.maxMs);
      return wait;
    },
    reset() {
      delay = options.firstMs;
    },
  };
}
