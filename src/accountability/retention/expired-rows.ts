import { dayMs } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
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

interface DetectionRow {
  rowid: number;
  id: string;
  lastSeenMs: number;
}

interface ImageRow {
  rowid: number;
  id: string;
  detectionId: string;
  takenAtMs: number;
  head: string;
}

const stepSize = 64;

/** Finds what the policy lets go (RET-1 to RET-7). Looks only; the remover checks holds and receipts. */
export function createExpiredRows(deps: {
  db: Database;
  retention: Policy['retention'];
  mode: 'mobile' | 'fixed';
}) {
  const { db, retention, mode } = deps;
  const nextHead = db
    .prepare<[string], string | null>('SELECT min(head) FROM detection WHERE head > ?')
    .pluck();
  const detections = db.prepare<[string, number, number, number, number], DetectionRow>(
    `SELECT rowid, id, lastSeenMs FROM detection
     WHERE head = ? AND hit = ? AND (lastSeenMs, rowid) > (?, ?) AND lastSeenMs < ? AND closed = 1
     ORDER BY lastSeenMs, rowid LIMIT ${stepSize}`,
  );
  const images = db.prepare<[number, number, number], ImageRow>(
    `SELECT image.rowid AS rowid, image.id AS id, detectionId, takenAtMs, head
     FROM image JOIN detection ON detection.id = detectionId
     WHERE (takenAtMs, image.rowid) > (?, ?) AND takenAtMs < ? AND shedAtMs IS NULL
     ORDER BY takenAtMs, image.rowid LIMIT ${stepSize}`,
  );

  const spanFor = (kind: Kind, head: string): Span => spanOf(retention, kind, { head, mode });

  /** Every head that has records, whether it is still fitted or not. */
  const heads = (): string[] => {
    const found: string[] = [];
    for (let head = nextHead.get(''); typeof head === 'string'; head = nextHead.get(head)) {
      found.push(head);
    }
    return found;
  };

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
    let cursor: [number, number] = [Number.MIN_SAFE_INTEGER, 0];
    return {
      next() {
        if (!Number.isFinite(beforeMs)) return [];
        const rows = detections.all(head, kind === 'hits' ? 1 : 0, ...cursor, Math.ceil(beforeMs));
        const last = rows.at(-1);
        if (last) cursor = [last.lastSeenMs, last.rowid];
        return rows.map(({ id, lastSeenMs }) => {
          const forced = lastSeenMs < forcedMs;
          const rule = ruleOf(span, forced);
          return { what: 'detection', id, detectionId: id, atMs: lastSeenMs, head, rule, forced };
        });
      },
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
    let cursor: [number, number] = [Number.MIN_SAFE_INTEGER, 0];
    const step = (): ImageRow[] => {
      if (!Number.isFinite(latestMs)) return [];
      const rows = images.all(...cursor, Math.ceil(latestMs));
      const last = rows.at(-1);
      if (last) cursor = [last.takenAtMs, last.rowid];
      return rows;
    };
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
    heads,
    /** Every walk of a run. */
    walks(options: DueOptions): Walk[] {
      const all = heads().filter((head) => head === (options.head ?? head));
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
