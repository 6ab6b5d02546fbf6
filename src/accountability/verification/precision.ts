import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { wilson } from '../../platform/statistics.ts';
import type { Outcome } from './step.ts';

/** The groups by which the figures are split. */
export const precisionGroups = ['all', 'list', 'tier', 'head'] as const;
export type PrecisionGroup = (typeof precisionGroups)[number];

/** Precision of one group: the share of judged alerts that were right. */
export interface PrecisionFigure {
  /** List, tier or camera head; `all` for all alerts. */
  group: string;
  right: number;
  wrong: number;
  /** Closed with an outcome that does not say whether the alert was right. */
  undetermined: number;
  /** right / (right + wrong); null if there are none. */
  precision: number | null;
  /** 95 % Wilson score interval of the precision. */
  interval: { low: number; high: number } | null;
  /** The outcomes of the wrong ones. */
  errors: Partial<Record<Outcome, number>>;
  /** How many were read with an error, right and wrong alerts alike. */
  misreads: number;
}

interface Row {
  part: string;
  outcome: Outcome;
  judged: 'right' | 'wrong' | 'undetermined';
  hits: number;
  misreads: number;
}

const columns: Record<PrecisionGroup, string> = {
  all: "'all'",
  list: 'list_id',
  tier: 'tier',
  head: 'head',
};

/** The figures of one period, ISO times. */
export interface PrecisionReport {
  since: string;
  until: string;
  figures: PrecisionFigure[];
}

/** Figures from dispositions; they hold no plate and stay when the hits are deleted. */
export function createPrecision(db: Database) {
  const counts = (group: PrecisionGroup) =>
    db.prepare<[number, number], Row>(
      `SELECT ${columns[group]} AS part, outcome, judged, count(*) AS hits, sum(misread) AS misreads
       FROM verification_outcome
       WHERE at_ms >= ? AND at_ms < ? GROUP BY 1, 2, 3 ORDER BY 1`,
    );
  const statements = Object.fromEntries(
    precisionGroups.map((group) => [group, counts(group)]),
  ) as Record<PrecisionGroup, ReturnType<typeof counts>>;

  return function precision(
    group: PrecisionGroup,
    sinceMs: number,
    untilMs: number,
  ): PrecisionReport {
    const parts = new Map<string, PrecisionFigure>();
    for (const { part, outcome, judged, hits, misreads } of statements[group].all(
      sinceMs,
      untilMs,
    )) {
      const figure = parts.get(part) ?? {
        group: part,
        right: 0,
        wrong: 0,
        undetermined: 0,
        precision: null,
        interval: null,
        errors: {},
        misreads: 0,
      };
      parts.set(part, figure);
      figure[judged] += hits;
      figure.misreads += misreads;
      if (judged === 'wrong') figure.errors[outcome] = hits;
    }
    for (const figure of parts.values()) {
      const judged = figure.right + figure.wrong;
      figure.precision = judged === 0 ? null : figure.right / judged;
      figure.interval = wilson(figure.right, judged);
    }
    return { since: isoTime(sinceMs), until: isoTime(untilMs), figures: [...parts.values()] };
  };
}
