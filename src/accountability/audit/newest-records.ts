import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditFilter } from './audit-filter.ts';
import type { AuditLog } from './audit-log.ts';
import type { AuditRecord } from './audit-record.ts';
import { type DeedKind, deedKinds, kindOfCategory } from './deed-kinds.ts';

/** A turn of the event loop is for records of so long, as the turn before has shown, ms. */
const turnMs = 5;
/** The first turn, at most and at least so many records; for a plate each of them must be opened. */
const firstSlice = 250;
const mostInSlice = 5000;
const leastInSlice = 50;

/**
 * Reads records in turns of the event loop, with as many in each as a turn has time for: on a machine that is busy with
 * reading plates a fixed number would hold the loop up ten times as long.
 */
function createSlices() {
  let records = firstSlice;
  return {
    records: () => records,
    async read<T>(work: () => T): Promise<T> {
      const fromMs = performance.now();
      const found = work();
      const fit = (records * turnMs) / Math.max(0.1, performance.now() - fromMs);
      records = Math.round(Math.min(mostInSlice, Math.max(leastInSlice, fit)));
      await nextTurn();
      return found;
    },
  };
}

type Reader = Pick<AuditLog, 'read' | 'span' | 'count'>;

/** The newest records that fit, newest first; `before`: older than this number. */
export async function newestRecords(
  log: Reader,
  filter: AuditFilter,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<AuditRecord[]> {
  const { first, last } = log.span(filter);
  const slices = createSlices();
  const found: AuditRecord[] = [];
  let end = before === undefined ? last : Math.min(last, before - 1);
  while (end >= first && end > 0 && found.length < limit) {
    const within = { first: Math.max(first, end - slices.records() + 1), last: end };
    const page = { limit: limit - found.length, newest: true, within };
    found.push(...(await slices.read(() => log.read(filter, page))));
    end = within.first - 1;
  }
  return found;
}

/** How many records of each kind fit the rest of a filter. */
export async function countByKind(
  log: Reader,
  { kind: _, ...filter }: AuditFilter,
): Promise<Record<DeedKind, number>> {
  const counts = Object.fromEntries(deedKinds.map((kind) => [kind, 0])) as Record<DeedKind, number>;
  const { first, last } = log.span(filter);
  const slices = createSlices();
  const isWhole = Object.values(filter).every((value) => value === undefined);
  for (const kind of isWhole ? deedKinds : []) {
    const found = log.count({ kind }, { first, last });
    counts[kind] = found.reduce((sum, { records }) => sum + records, 0);
    await nextTurn();
  }
  for (let from = isWhole ? last + 1 : first; from <= last; ) {
    const within = { first: from, last: Math.min(last, from + slices.records() - 1) };
    from = within.last + 1;
    for (const { category, records } of await slices.read(() => log.count(filter, within))) {
      counts[kindOfCategory(category)] += records;
    }
  }
  return counts;
}
