import type { UnitMode } from '../../config/sections/unit.ts';
import type { Database } from '../../platform/database.ts';
import { createOldestFirst, type RecordSource } from '../../records/oldest-first.ts';
import type { SourceMode } from '../../records/source-mode.ts';
import type { Policy } from '../policy/policy.ts';
import { isOneOf, type Kind, modeOfRecord, type Source, type Span, spanOf } from './keep-times.ts';
import { type DueOptions, dueBy, endsOf } from './rules.ts';

/** A detection or an image that may be due for deletion. */
export interface Candidate {
  what: 'detection' | 'image';
  id: string;
  /** For an image, its detection. */
  detectionId: string;
  /** When it was seen or taken, ms. */
  atMs: number;
  head: string;
  /** The row of the policy that applies. */
  rule: string;
  /** Past its maximum time: it is deleted whether headquarters has it or not. */
  forced: boolean;
}

/** One pass over candidates, oldest first, in small steps. */
export interface Walk {
  /** The next candidates; an empty list at the end. */
  next(): Candidate[];
}

/** Options of a run; `head`: only cameras of this name; `mode`: only those of cars or poles. */
export type WalkOptions = DueOptions & {
  head?: string | undefined;
  mode?: SourceMode | undefined;
};

/** A source as the records name it, and as the policy does. */
type FoundSource = RecordSource & Source;

const stepSize = 64;

/** Finds data that the policy permits to delete (RET-1 to RET-7). Read-only; the remover checks holds and receipts. */
export function createExpiredRows(deps: {
  db: Database;
  retention: Policy['retention'];
  mode: UnitMode;
}) {
  const { db, retention, mode } = deps;
  const { edgeStore } = retention;
  const records = createOldestFirst(db);

  const sources = (): FoundSource[] =>
    records.sources().map((from) => ({ ...from, mode: modeOfRecord(from.unitMode, mode) }));
  const spanFor = (kind: Kind, source: Source): Span => spanOf(retention, kind, source);

  const detectionWalk = (from: FoundSource, kind: 'reads' | 'hits', options: WalkOptions): Walk => {
    const { head, unitMode } = from;
    const span = spanFor(kind, from);
    const ends = endsOf(span, options, edgeStore);
    const { beforeMs } = ends;
    if (!Number.isFinite(beforeMs)) return { next: () => [] };
    const hit = kind === 'hits';
    const step = records.closedDetections({
      ...{ head, unitMode, hit, beforeMs, atATime: stepSize },
    });
    return {
      next: () =>
        step().map(({ id, lastSeenMs: atMs }) => {
          const due = dueBy(span, ends, atMs, edgeStore);
          return { what: 'detection', id, detectionId: id, atMs, head, ...due };
        }),
    };
  };

  /** Images by their own rows; in transient mode they are deleted with their detection. */
  const imageWalk = (options: WalkOptions, from: readonly FoundSource[]): Walk => {
    const ends = new Map(
      from.map((source) => {
        const span = spanFor('images', source);
        const { forcedMs, beforeMs } = endsOf(span, options, edgeStore);
        const untilMs = edgeStore === 'transient' ? forcedMs : beforeMs;
        return [keyOf(source), { span, forcedMs, beforeMs: untilMs }];
      }),
    );
    const latestMs = Math.max(...[...ends.values()].map(({ beforeMs }) => beforeMs));
    if (!Number.isFinite(latestMs)) return { next: () => [] };
    const step = records.images({ beforeMs: latestMs, atATime: stepSize });
    return {
      next() {
        for (;;) {
          const rows = step();
          const found = rows.flatMap(({ id, detectionId, takenAtMs, ...from }): Candidate[] => {
            const { head } = from;
            const end = ends.get(keyOf(from));
            if (end === undefined || takenAtMs >= end.beforeMs) return [];
            const due = dueBy(end.span, end, takenAtMs, edgeStore);
            return [{ what: 'image', id, detectionId, atMs: takenAtMs, head, ...due }];
          });
          if (found.length > 0 || rows.length === 0) return found;
        }
      },
    };
  };

  return {
    spanFor,
    /** Every source that has records. */
    sources,
    /** Every walk of a run. */
    walks(options: WalkOptions): Walk[] {
      const all = sources().filter((source) => isOneOf(options, source));
      return [
        ...all.flatMap((source) => [
          detectionWalk(source, 'reads', options),
          detectionWalk(source, 'hits', options),
        ]),
        imageWalk(options, all),
      ];
    },
  };
}

const keyOf = ({ head, unitMode }: RecordSource): string => `${head} ${unitMode}`;
