const z95 = 1.959_963_984_540_054;

/** The Wilson score interval, 95 %, of `successes` among `trials`, 0 to 1; null without a trial. */
export function wilson(successes: number, trials: number): { low: number; high: number } | null {
  if (trials === 0) return null;
  const share = successes / trials;
  const square = (z95 * z95) / trials;
  const middle = share + square / 2;
  const reach = z95 * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  const scale = 1 + square;
  return {
    low: Math.max(0, (middle - reach) / scale),
    high: Math.min(1, (middle + reach) / scale),
  };
}

/** The middle value, for an even number the upper one of the two; 0 if there are none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
