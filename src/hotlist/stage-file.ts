import { columnOf } from '../platform/columns.ts';
import type { Database } from '../platform/database.ts';
import type { ImportCounts, RejectCount, RepairCount } from './import-result.ts';
import { type FileFacts, readListFile } from './list-file.ts';
import { createProfileCount, type ListProfile } from './list-profile.ts';
import type { ListRow } from './list-row.ts';
import type { HotList, RowRules } from './list-rules.ts';
import { createRowMapper, type MappedRow } from './map-row.ts';
import { createNearEstimate } from './near-estimate.ts';
import type { RejectsFile } from './rejects-file.ts';
import type { Rejection, Repair } from './row-entry.ts';
import { trailingCells } from './row-shape.ts';
import { entryFields } from './tables.ts';

/** A file read completely into the temporary table `ordered`, in the order of its keys, and its counts. */
export interface StagedFile extends ImportCounts {
  facts: FileFacts;
  /** Category codes that no mapping contains, with their rows. */
  unknownCodes: Map<string, number>;
  /** The last row has no line end and is unusable. */
  cutShort: boolean;
  /** When the file says that it was made, ms since the epoch; null if it does not. */
  asOfMs: number | null;
  /** The number of rows that the file states, and the number that it has; null if it states none. */
  stated: { count: number; rows: number } | null;
  profile: ListProfile;
}

const columns = entryFields.map(columnOf).join(', ');
const maxUnknownCodes = 100;

/**
 * Reads and checks a list file without touching the lists: rows go to a temporary table of this connection, which
 * SQLite keeps in an unnamed file that disappears with the process. Sorting them there lets the real table be written
 * from start to end, each page once.
 */
export async function stageFile(
  db: Database,
  list: HotList,
  rules: RowRules,
  file: string,
  nowMs: number,
  rejectsFile: RejectsFile | null,
): Promise<StagedFile> {
  db.exec(`
    DROP TABLE IF EXISTS temp.staged;
    DROP TABLE IF EXISTS temp.ordered;
    CREATE TEMP TABLE staged (row INTEGER PRIMARY KEY, ${columns});`);
  const insert = db.prepare(
    `INSERT INTO temp.staged VALUES (?, ${entryFields.map(() => '?').join(', ')})`,
  );
  const mapper = createRowMapper(list, rules, file, nowMs);
  const estimate = createNearEstimate();
  const rejects = new Map<string, RejectCount>();
  const repairs = new Map<string, RepairCount>();
  const profile = createProfileCount();
  const marks: StagedFile['marks'] = [];
  let asOfMs: number | null = null;
  let statedCount: number | null = null;
  const unknownCodes = new Map<string, number>();
  const count = {
    records: 0,
    rejected: 0,
    expired: 0,
    withoutPlate: 0,
    staged: 0,
    wildcards: 0,
    textLeftOut: 0,
    textKept: 0,
  };
  const denied = new Map<string, number>();
  let lastRejected = false;
  /** Number of rows that lack cells at their end, and whether the last row is one. */
  let shortRows = 0;
  let lastIsShort = false;

  const refuse = (row: ListRow, rejection: Rejection) => {
    const key = `${rejection.column} ${rejection.reason}`;
    const known = rejects.get(key) ?? { ...rejection, rows: 0, firstRow: row.row };
    rejects.set(key, { ...known, rows: known.rows + row.lines });
    count.rejected += row.lines;
    rejectsFile?.add(row, rejection);
    lastRejected = true;
  };

  const note = (row: ListRow, { column, seen, done }: Repair) => {
    const key = `${column} ${seen}`;
    const known = repairs.get(key) ?? { column, seen, done, rows: 0, firstRow: row.row };
    repairs.set(key, { ...known, rows: known.rows + 1 });
  };

  const place = (row: ListRow, before: ListRow | null, after: ListRow | null) => {
    const mapped: MappedRow | null = mapper.map(row, before, after);
    if (mapped === null) return;
    lastRejected = false;
    lastIsShort = false;
    if ('mark' in mapped) {
      const { kind, count: rows } = mapped.mark;
      marks.push({ row: row.row, kind, count: rows });
      asOfMs ??= mapped.mark.asOfMs;
      statedCount = rows ?? statedCount;
      return;
    }
    count.records += 1;
    if ('rejection' in mapped) return refuse(row, mapped.rejection);
    if ('withoutPlate' in mapped) {
      count.withoutPlate += 1;
      return;
    }
    if ('denied' in mapped) {
      denied.set(mapped.denied, (denied.get(mapped.denied) ?? 0) + 1);
      return;
    }
    const { entry, unknownCode } = mapped;
    for (const repair of mapped.repairs) note(row, repair);
    lastIsShort = mapped.repairs.some(({ seen }) => seen === trailingCells);
    if (lastIsShort) shortRows += 1;
    if (
      unknownCode !== null &&
      (unknownCodes.size < maxUnknownCodes || unknownCodes.has(unknownCode))
    ) {
      unknownCodes.set(unknownCode, (unknownCodes.get(unknownCode) ?? 0) + 1);
    }
    if (entry.expiresMs !== null && entry.expiresMs <= nowMs) {
      count.expired += 1;
      return;
    }
    if (entry.canonical === '') {
      if (count.wildcards >= list.maxWildcards) {
        const reason = `is beyond the ${list.maxWildcards} entries with ? or * that maxWildcards allows`;
        return refuse(row, { column: 'plate', reason });
      }
      count.wildcards += 1;
    } else if (list.near) estimate.add(entry.plate);
    if (mapped.personal === 'left-out') count.textLeftOut += 1;
    if (mapped.personal === 'kept') count.textKept += 1;
    const isKnown = (field: 'state' | 'category') => mapped.filled.includes(field);
    profile.add({
      plate: entry.plate,
      filled: mapped.filled,
      known: {
        state: isKnown('state') && entry.state !== null,
        category: isKnown('category') && unknownCode === null,
      },
    });
    insert.run(
      row.row,
      entryFields.map((field) => entry[field]),
    );
    count.staged += 1;
  };

  // Each row is judged with its neighbours.
  let before: ListRow | null = null;
  let current: ListRow | null = null;
  const take = (row: ListRow | null) => {
    const beside = row === null ? null : mapper.beside(row);
    if (row !== null && beside !== null) {
      return note(row, { column: null, seen: beside, done: 'not a vehicle' });
    }
    if (row !== null && mapper.awaitsHeader()) {
      // At once: it says what a whole row is, which the splitting of the next lines asks.
      place(row, before, null);
      before = row;
      return;
    }
    const held = current;
    current = row;
    if (held === null) return;
    place(held, before, row);
    before = held;
  };

  db.exec('BEGIN');
  let facts: FileFacts;
  try {
    facts = await readListFile(file, list.layout, mapper.isWhole, take);
    const last = current;
    take(null);
    if (last !== null && !lastRejected && !facts.endsWithLine && mapper.endsInPlate()) {
      note(last, {
        column: 'plate',
        seen: 'ends the file, without a line end',
        done: 'taken; is the file whole?',
      });
    }
  } finally {
    db.exec('COMMIT');
  }
  // Of rows with the same plate and id the last one is used: SQLite takes the bare columns from max(row)'s row.
  db.exec(`
    CREATE TEMP TABLE ordered AS
      SELECT ${columns}, max(row) AS row FROM temp.staged
      GROUP BY canonical, plate, id ORDER BY canonical, plate, id;
    DROP TABLE temp.staged;`);
  const { entries, wildcards } = db
    .prepare<[], { entries: number; wildcards: number }>(
      "SELECT count(*) AS entries, count(*) FILTER (WHERE canonical = '') AS wildcards FROM temp.ordered",
    )
    .get() ?? { entries: 0, wildcards: 0 };
  return {
    facts,
    records: count.records,
    entries,
    wildcards,
    rejected: count.rejected,
    expired: count.expired,
    duplicates: count.staged - entries,
    textLeftOut: count.textLeftOut,
    textKept: count.textKept,
    withoutPlate: count.withoutPlate,
    denied: Object.fromEntries(denied),
    rejects: [...rejects.values()].sort((a, b) => b.rows - a.rows),
    nearPer1000: estimate.per1000(),
    repairs: [...repairs.values()].sort((a, b) => b.rows - a.rows),
    marks,
    asOfMs,
    stated: statedCount === null ? null : { count: statedCount, rows: count.records },
    profile: profile.profile(),
    unknownCodes,
    // If other rows omit trailing cells too, a short last row does not mean that the file was cut.
    cutShort: (lastRejected || (lastIsShort && shortRows === 1)) && !facts.endsWithLine,
  };
}
