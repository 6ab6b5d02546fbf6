import { dayMs } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { createOldestFirst } from '../../records/oldest-first.ts';
import type { Policy } from '../policy/policy.ts';
import { type Kind, type Span, spanOf } from './keep-times.ts';

/** A detection or an image that may have come to its end. */
export interface Candidate {
  what: 'detection' | 'image';
  id: string;
  /** Of an image, the one that it belongs to. */
  detectionId: string;
  /** When it was seen or taken, ms. */
  atMs: number;
  head: string;
  /** The row of the policy that it goes by. */
  rule: string;
  /** Its longest time is over: it goes whether headquarters has it or not. */
  forced: boolean;
}

/** One walk over candidates, oldest first, in small steps. */
export interface Walk {
  /** The next ones, an empty list at the end. */
  next(): Candidate[];
}

/** What a run goes by. */
export interface DueOptions {
  nowMs: number;
  /** By a person's order: what is older than this goes too, once headquarters has it. */
  olderThanDays?: number | undefined;
  /** The order is for this source alone. */
  head?: string | undefined;
}

const stepSize = 64;

/** Finds what the policy lets go (RET-1 to RET-7). Looks only; the remover checks holds and receipts. */
export function createExpiredRows(deps: {
  db: Database;
  retention: Policy['retention'];
  mode: 'mobile' | 'fixed';
}) {
  const { db, retention, mode } = deps;
  const records = createOldestFirst(db);

  const spanFor = (kind: Kind, head: string): Span => spanOf(retention, kind, { head, mode });

  /** When things of this kind end: by the maximum, and earlier by an order or because nothing is to stay here. */
  const endsOf = (span: Span, { nowMs, olderThanDays }: DueOptions) => {
    const forcedMs =
      span.maxDays === null ? Number.NEGATIVE_INFINITY : nowMs - span.maxDays * dayMs;
    if (retention.edgeStore === 'transient') return { forcedMs, beforeMs: Number.MAX_SAFE_INTEGER };
    const orderedMs =
      olderThanDays === undefined
        ? Number.NEGATIVE_INFINITY
        : nowMs - Math.max(olderThanDays, span.minDays) * dayMs;
    return { forcedMs, beforeMs: Math.max(forcedMs, orderedMs) };
  };
  const ruleOf = (span: Span, forced: boolean): string => {
    if (forced) return `${span.from}.maxDays`;
    return retention.edgeStore === 'transient' ? 'retention.edgeStore' : `${span.from}.minDays`;
  };

  const detectionWalk = (head: string, kind: 'reads' | 'hits', options: DueOptions): Walk => {
    const span = spanFor(kind, head);
    const { forcedMs, beforeMs } = endsOf(span, options);
    if (!Number.isFinite(beforeMs)) return { next: () => [] };
    const hit = kind === 'hits';
    const step = records.closedDetections({ head, hit, beforeMs, atATime: stepSize });
    return {
      next: () =>
        step().map(({ id, lastSeenMs }) => {
          const forced = lastSeenMs < forcedMs;
          const rule = ruleOf(span, forced);
          return { what: 'detection', id, detectionId: id, atMs: lastSeenMs, head, rule, forced };
        }),
    };
  };

  /** Images by their own rows; in transient mode they go with their detection. */
  const imageWalk = (options: DueOptions, from: readonly string[]): Walk => {
    const transient = retention.edgeStore === 'transient';
    const ends = new Map(
      from.map((head) => {
        const span = spanFor('images', head);
        const { forcedMs, beforeMs } = endsOf(span, options);
        return [head, { span, forcedMs, beforeMs: transient ? forcedMs : beforeMs }];
      }),
    );
    const latestMs = Math.max(...[...ends.values()].map(({ beforeMs }) => beforeMs));
    if (!Number.isFinite(latestMs)) return { next: () => [] };
    const step = records.images({ beforeMs: latestMs, atATime: stepSize });
    return {
      next() {
        for (;;) {
          const rows = step();
          const due = rows.flatMap(({ id, detectionId, takenAtMs, head }): Candidate[] => {
            const end = ends.get(head);
            if (end === undefined || takenAtMs >= end.beforeMs) return [];
            const forced = takenAtMs < end.forcedMs;
            const rule = ruleOf(end.span, forced);
            return [{ what: 'image', id, detectionId, atMs: takenAtMs, head, rule, forced }];
          });
          if (due.length > 0 || rows.length === 0) return due;
        }
      },
    };
  };

  return {
    spanFor,
    heads: records.heads,
    /** Every walk of a run. */
    walks(options: DueOptions): Walk[] {
      const all = records.heads().filter((head) => head === (options.head ?? head));
      return [
        ...all.flatMap((head) => [
          detectionWalk(head, 'reads', options),
          detectionWalk(head, 'hits', options),
        ]),
        imageWalk(options, all),
      ];
    },
  };
}
