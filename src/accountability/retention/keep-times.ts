import type { Policy } from '../policy/policy.ts';

/** Kinds of data for which a profile sets separate times. */
export const kinds = ['reads', 'hits', 'images'] as const;
export type Kind = (typeof kinds)[number];

/** How long one kind is kept, and the row of the policy that says so. */
export interface Span {
  minDays: number;
  maxDays: number | null;
  /** `retention.reads`, `retention.sources.flock.reads`. */
  from: string;
}

/**
 * The time that the policy sets for one kind of data of one source: the row of that head, else of the unit's mode
 * (`mobile`, `fixed`), else the common one.
 */
export function spanOf(
  retention: Policy['retention'],
  kind: Kind,
  source: { head: string; mode: 'mobile' | 'fixed' },
): Span {
  for (const name of [source.head, source.mode]) {
    const span = retention.sources[name]?.[kind];
    if (span !== undefined) return { ...span, from: `retention.sources.${name}.${kind}` };
  }
  return { ...retention[kind], from: `retention.${kind}` };
}
