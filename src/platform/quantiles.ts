/** Keeps the last `size` figures and computes their quantiles, in constant memory. */
export interface Recent {
  add(value: number): void;
  /** The value that the share `q` (0 to 1) of the figures does not exceed; null if there are none. */
  quantile(q: number): number | null;
  /** Median and 99th percentile. */
  summary(): { p50: number | null; p99: number | null };
  readonly count: number;
}

/** A ring of the last `size` figures. */
export function createRecent(size: number): Recent {
  const ring = new Float64Array(size);
  let count = 0;
  const quantileOf = (sorted: Float64Array, q: number): number | null =>
    sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
  const sorted = () => ring.slice(0, Math.min(count, size)).sort();
  return {
    add(value) {
      ring[count % size] = value;
      count += 1;
    },
    quantile: (q) => quantileOf(sorted(), q),
    summary() {
      const values = sorted();
      return { p50: quantileOf(values, 0.5), p99: quantileOf(values, 0.99) };
    },
    get count() {
      return count;
    },
  };
}
