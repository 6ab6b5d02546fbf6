import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { monthOf } from '../../platform/local-time.ts';
import { createMonthCounts, type SeenCounts } from '../../records/record-counts.ts';
import type { Official, Tenure } from '../officials/official.ts';
import type { Officials } from '../officials/officials.ts';
import type { Policy } from '../policy/policy.ts';

/** How many of the alerts that people judged were right, as the verification counts them. */
export interface Accuracy {
  right: number;
  wrong: number;
  undetermined: number;
  precision: number | null;
  interval: { low: number; high: number } | null;
}

/** Figures of one month in the unit's zone, without plates and places. */
export interface MonthFigures {
  month: string;
  /** Vehicles whose plate was read. */
  reads: number;
  /** Plates that were found and could not be read (CAP-8). */
  unread: number;
  hits: number;
  accuracy: Accuracy;
}

/** The figures that an agency publishes on its website (REL-7). */
export interface Statistics {
  agency: string;
  unit: string;
  madeAt: string;
  /** Who oversees the operation when this is made. */
  administrator: Official;
  /** Who oversaw it in these months, oldest first. */
  overseers: Tenure[];
  /** Maximum days for which each kind of data is kept; null: by the records schedule. */
  retentionDays: { reads: number | null; hits: number | null; images: number | null };
  storedOnUnit: Policy['retention']['edgeStore'];
  months: MonthFigures[];
}

const sliceMs = 4;
const stepMs = 3_600_000;
const none: Accuracy = { right: 0, wrong: 0, undetermined: 0, precision: null, interval: null };

/** Computes the figures that an agency publishes. */
export interface StatisticsMaker {
  /** The last months, oldest first; fewer if the unit is newer. */
  make(monthCount: number): Promise<Statistics>;
}

/** Counts in slices: a month may have millions of reads. */
export function createStatistics(deps: {
  db: Database;
  policy: Policy;
  unit: { agency: string; id: string };
  officials: Pick<Officials, 'overseer' | 'during'>;
  accuracy: (fromMs: number, toMs: number) => Accuracy | undefined;
  clock: Clock;
}): StatisticsMaker {
  const { db, policy, unit, officials, accuracy, clock } = deps;
  const counts = createMonthCounts(db);

  const countSeen = async (fromMs: number, toMs: number): Promise<SeenCounts> => {
    const total = { detections: 0, unread: 0 };
    let turnMs = performance.now();
    for (let atMs = counts.nextSeenMs(fromMs, toMs); atMs !== null; ) {
      const endMs = Math.min(atMs + stepMs, toMs);
      const { detections, unread } = counts.seen(atMs, endMs);
      total.detections += detections;
      total.unread += unread;
      atMs = counts.nextSeenMs(endMs, toMs);
      if (performance.now() - turnMs > sliceMs) {
        await nextTurn();
        turnMs = performance.now();
      }
    }
    return total;
  };

  const figuresOf = async (month: string): Promise<MonthFigures> => {
    const { fromMs, toMs } = bounds(month);
    const here = await countSeen(fromMs, toMs);
    const past = counts.gone(month);
    const unread = here.unread + past.unread;
    return {
      month,
      reads: here.detections + past.detections - unread,
      unread,
      hits: counts.hits(fromMs, toMs) + past.hits,
      accuracy: accuracy(fromMs, toMs) ?? none,
    };
  };

  return {
    async make(monthCount) {
      const nowMs = clock();
      const { reads, hits: ofHits, images, edgeStore } = policy.retention;
      const oldest = counts.firstMonth() ?? monthOf(nowMs);
      const months: MonthFigures[] = [];
      for (const month of lastMonths(nowMs, monthCount)) {
        if (month >= oldest) months.push(await figuresOf(month));
      }
      return {
        agency: unit.agency,
        unit: unit.id,
        madeAt: isoTime(nowMs),
        administrator: officials.overseer(nowMs),
        overseers: officials.during('overseer', bounds(months[0]?.month ?? oldest).fromMs, nowMs),
        retentionDays: { reads: reads.maxDays, hits: ofHits.maxDays, images: images.maxDays },
        storedOnUnit: edgeStore,
        months,
      };
    },
  };
}

function lastMonths(nowMs: number, count: number): string[] {
  const now = new Date(nowMs);
  return Array.from({ length: count }, (_, index) => {
    const back = count - 1 - index;
    return monthOf(new Date(now.getFullYear(), now.getMonth() - back).getTime());
  });
}

function bounds(month: string): { fromMs: number; toMs: number } {
  const [year = 0, of = 1] = month.split('-').map(Number);
  return { fromMs: new Date(year, of - 1).getTime(), toMs: new Date(year, of).getTime() };
}
