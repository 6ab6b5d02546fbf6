import { dayMs } from '../../platform/clock.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { Span } from './keep-times.ts';

/**
 * What may be deleted, and when (RET-1 to RET-10). Pure: the same times, policy and facts give the same answer.
 */

type EdgeStore = Policy['retention']['edgeStore'];

/** What a run goes by. */
export interface DueOptions {
  nowMs: number;
  /** By a person's order: what is older than this goes too, once headquarters has it. */
  olderThanDays?: number | undefined;
}

/** Until when something of one kind must have been seen to be deleted now. */
export interface Ends {
  /** Earlier than this: its longest time is over, and it goes whether headquarters has it or not. */
  forcedMs: number;
  /** Earlier than this: it goes once headquarters has it. Never earlier than `forcedMs`. */
  beforeMs: number;
}

/** When things of this kind end: by the maximum, and earlier by an order or because nothing is to stay here. */
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

/** Whether something seen then goes by its longest time, and the row of the policy that it goes by. */
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

/** What is asked of a candidate before it goes; each is a look at the database. */
export interface Ties {
  /** Headquarters has not acknowledged everything about its detection. */
  isWaiting: () => boolean;
  /** The verification of one of its hits is open. */
  isOpen: () => boolean;
  /** A hold keeps it. */
  isHeld: () => boolean;
}

/** Why a candidate stays; null: it goes. A hold is stronger than the longest time, which is stronger than the rest. */
export function whyKept(
  { what, forced }: { what: 'detection' | 'image'; forced: boolean },
  ties: Ties,
  edgeStore: EdgeStore,
): 'waiting' | 'open' | 'held' | null {
  if (!forced) {
    if (ties.isWaiting()) return 'waiting';
    if (what === 'detection' && edgeStore === 'transient' && ties.isOpen()) return 'open';
  }
  return ties.isHeld() ? 'held' : null;
}

/** A clock that moved forward this much since the last look is believed only when something confirms it, ms. */
const leapMs = 7 * dayMs;

/** How far the clock has moved forward since the last look while nothing confirms it, ms; null where it is believed. */
export function doubtfulLeapMs(
  lastLookMs: number | null,
  nowMs: number,
  isTimeSure: () => boolean,
): number | null {
  if (lastLookMs === null) return null;
  const leaptMs = nowMs - lastLookMs;
  return leaptMs > leapMs && !isTimeSure() ? leaptMs : null;
}

/** Throws a Refusal (409) where an order goes below the least time that the policy keeps something of these heads. */
export function refuseBelowMinimum(
  { olderThanDays, head }: { olderThanDays: number; head?: string | undefined },
  spans: readonly (Span & { head: string; kind: string })[],
): void {
  const short = spans.find(
    (span) => olderThanDays < span.minDays && span.head === (head ?? span.head),
  );
  if (short === undefined) return;
  throw new Refusal(
    409,
    'below-minimum',
    `${short.kind} of ${short.head} are kept for at least ${short.minDays} days (${short.from}.minDays); ` +
      `an order for data older than ${olderThanDays} days is below that.`,
  );
}
