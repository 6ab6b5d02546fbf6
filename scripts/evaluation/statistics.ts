import { wilson } from '../../src/platform/statistics.ts';

/** `k` of `n` had the property. */
export interface Share {
  k: number;
  n: number;
}

/** How many of some items have a property. */
export function shareOf<T>(items: readonly T[], has: (item: T) => boolean): Share {
  return { k: items.filter(has).length, n: items.length };
}

/** Per cent with one decimal; empty where there was nothing to measure. */
export function percent({ k, n }: Share): string {
  return n === 0 ? '' : (100 * (k / n)).toFixed(1);
}

/** Per cent with its 95 % interval. */
export function percentWithInterval(share: Share): string {
  const interval = wilson(share.k, share.n);
  if (interval === null) return '';
  const { low, high } = interval;
  return `${percent(share)} (${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)})`;
}
