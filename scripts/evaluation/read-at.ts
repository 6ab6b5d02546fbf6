import type { Claim } from './calibration.ts';

/** A threshold, and what passes it. */
interface Threshold {
  readAt: number;
  given: number;
  wrong: number;
}

/**
 * The least confidence such that, of the claims that are as sure or surer, no more than `share` are wrong; rounded up
 * to hundredths. 1, which next to nothing reaches, where no claim is sure enough.
 */
export function leastConfidence(claims: readonly Claim[], share: number): Threshold {
  const surest = [...claims].sort((a, b) => b.p - a.p);
  let found: Threshold = { readAt: 1, given: 0, wrong: 0 };
  let wrong = 0;
  surest.forEach(({ p, right }, i) => {
    wrong += Number(!right);
    if (wrong <= share * (i + 1)) {
      found = { readAt: Math.ceil(p * 100) / 100, given: i + 1, wrong };
    }
  });
  return found;
}
