/** `k` of `n` had the property. */
export interface Share {
  k: number;
  n: number;
}

/** How many of some items have a property. */
export function shareOf<T>(items: readonly T[], has: (item: T) => boolean): Share {
  return { k: items.filter(has).length, n: items.length };
}

/** Wilson's 95 % interval of a share, 0 to 1. */
export function wilson({ k, n }: Share): [number, number] {
  if (n === 0) return [0, 1];
  const z = 1.96;
  const p = k / n;
  const d = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / d;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / d;
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Per cent with one decimal; empty where there was nothing to measure. */
export function percent({ k, n }: Share): string {
  return n === 0 ? '' : (100 * (k / n)).toFixed(1);
}

/** Per cent with its 95 % interval. */
export function percentWithInterval(share: Share): string {
  if (share.n === 0) return '';
  const [low, high] = wilson(share);
  return `${percent(share)} (${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)})`;
}

/** The middle value; 0 of none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
