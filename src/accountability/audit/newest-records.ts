import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditFilter } from './audit-filter.ts';
import type { AuditLog } from './audit-log.ts';
import type { AuditRecord } from './audit-record.ts';
import { type DeedKind, deedKinds, kindOfCategory } from './deed-kinds.ts';

/** So many records a turn of the event loop; fewer for a plate, for which each of them must be opened. */
const sliceFor = ({ plate }: AuditFilter): number => (plate === undefined ? 5000 : 1000);

type Reader = Pick<AuditLog, 'read' | 'span' | 'count'>;

/** The newest records that fit, newest first; `before`: older than this number. */
export async function newestRecords(
  log: Reader,
  filter: AuditFilter,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<AuditRecord[]> {
  const { first, last } = log.span(filter);
  const slice = sliceFor(filter);
  const found: AuditRecord[] = [];
  let end = before === undefined ? last : Math.min(last, before - 1);
  while (end >= first && end > 0 && found.length < limit) {
    const within = { first: Math.max(first, end - slice + 1), last: end };
    found.push(...log.read(filter, { limit: limit - found.length, newest: true, within }));
    end = within.first - 1;
    await nextTurn();
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
  const slice = sliceFor(filter);
  const isWhole = Object.values(filter).every((value) => value === undefined);
  for (const kind of isWhole ? deedKinds : []) {
    const found = log.count({ kind }, { first, last });
    counts[kind] = found.reduce((sum, { records }) => sum + records, 0);
    await nextTurn();
  }
  for (let from = isWhole ? last + 1 : first; from <= last; from += slice) {
    const within = { first: from, last: Math.min(last, from + slice - 1) };
    for (const { category, records } of log.count(filter, within)) {
      counts[kindOfCategory(category)] += records;
    }
    await nextTurn();
  }
  return counts;
}
