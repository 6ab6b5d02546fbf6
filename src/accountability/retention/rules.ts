import { dayMs } from '../../platform/clock.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import { isOneOf, type Source, type Span } from './keep-times.ts';

/**
 * Which data may be deleted, and when (RET-1 to RET-10). Pure: the same times, policy and facts give the same answer.
 */

type EdgeStore = Policy['retention']['edgeStore'];

/** Options of a run. */
export interface DueOptions {
  nowMs: number;
  /** A person's order: data older than this is deleted too, once headquarters has it. */
  olderThanDays?: number | undefined;
}

/** Time limits for data of one kind; older data may be deleted now. */
export interface Ends {
  /** Data from before this time is past its maximum and is deleted whether headquarters has it or not. */
  forcedMs: number;
  /** Data from before this time is deleted once headquarters has it. Never earlier than `forcedMs`. */
  beforeMs: number;
}

/** The limits for data of this kind: by the maximum, or earlier by an order or because the unit may not keep data. */
export function endsOf(span: Span, options: DueOptions, edgeStore: EdgeStore): Ends {
  const { nowMs, olderThanDays } = options;
  const forcedMs = span.maxDays === null ? Number.NEGATIVE_INFINITY : nowMs - span.maxDays * dayMs;
  if (edgeStore === 'transient') return { forcedMs, beforeMs: Number.MAX_SAFE_INTEGER };
  const orderedMs =
    olderThanDays === undefined
      ? Number.NEGATIVE_INFINITY
      : nowMs - Math.max(olderThanDays, span.minDays) * dayMs;
  return { forcedMs, beforeMs: Math.max(forcedMs, orderedMs) };
}

/** Whether data of this time has passed its maximum, and the row of the policy that applies. */
export function dueBy(
  span: Span,
  { forcedMs }: Ends,
  atMs: number,
  edgeStore: EdgeStore,
): { forced: boolean; rule: string } {
  const forced = atMs < forcedMs;
  if (forced) return { forced, rule: `${span.from}.maxDays` };
  const rule = edgeStore === 'transient' ? 'retention.edgeStore' : `${span.from}.minDays`;
  return { forced, rule };
}

/** Reasons to keep a candidate; each is a query of the database. */
export interface Ties {
  /** Headquarters has not acknowledged everything about its detection. */
  isWaiting: () => boolean;
  /** One of its hits is open, or was closed and may be needed. */
  isNeeded: () => boolean;
  /** A hold covers it. */
  isHeld: () => boolean;
}

/** Why a candidate is kept; null: it is deleted. A hold overrides the maximum, which overrides the other reasons. */
export function whyKept(
  { what, forced }: { what: 'detection' | 'image'; forced: boolean },
  ties: Ties,
  edgeStore: EdgeStore,
): 'waiting' | 'needed' | 'held' | null {
  if (!forced) {
    if (ties.isWaiting()) return 'waiting';
    if (what === 'detection' && edgeStore === 'transient' && ties.isNeeded()) return 'needed';
  }
  return ties.isHeld() ? 'held' : null;
}

/** A row of the policy for one kind of data of one source; `name`: the source in words. */
export type SourceSpan = Span & Source & { kind: string; name: string };

/** Throws a Refusal (409) if an order is below the policy's minimum for data of these sources. */
export function refuseBelowMinimum(
  order: { olderThanDays: number } & Parameters<typeof isOneOf>[0],
  spans: readonly SourceSpan[],
): void {
  const { olderThanDays } = order;
  const short = spans.find((span) => olderThanDays < span.minDays && isOneOf(order, span));
  if (short === undefined) return;
  throw new Refusal(
    409,
    'below-minimum',
    `${short.kind} of ${short.name} are kept for at least ${short.minDays} days (${short.from}.minDays); ` +
      `an order for data older than ${olderThanDays} days is below that.`,
  );
}
