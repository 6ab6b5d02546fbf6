import type { Database } from '../../platform/database.ts';
import { type AuditFilter, conditionsOf, indexFor } from './audit-filter.ts';
import { beforeAll, type Head, type Link } from './chain.ts';

/** Which of the records that fit a filter to read. */
export interface RecordPage {
  limit: number;
  /** The number after which to continue. */
  beyond?: number | undefined;
  newest?: boolean;
  /** Limits to these record numbers. */
  within?: { first: number; last: number };
}

/** Statements on tables `record` and `checkpoint` of `audit.db`. */
export function createRecordRows(db: Database) {
  const headOf = db.prepare<[], Head>('SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1');
  const hashAt = db.prepare<[number], string>('SELECT hash FROM record WHERE seq = ?').pluck();
  const after = db.prepare<[number], Pick<Link, 'seq' | 'hash' | 'seal'>>(
    'SELECT seq, hash, seal FROM record WHERE seq > ? ORDER BY seq',
  );
  const first = db.prepare<[], Link>('SELECT * FROM record WHERE seq = 1');
  const insert = db.prepare<Link>(
    'INSERT INTO record (seq, body, hash, seal) VALUES (@seq, @body, @hash, @seal)',
  );
  const newest = db.prepare<[], { seq: number; at: string }>(
    'SELECT seq, at FROM record ORDER BY seq DESC LIMIT 1',
  );
  const span = db.prepare<[string, string], { first: number | null; last: number | null }>(
    'SELECT min(seq) AS first, max(seq) AS last FROM record INDEXED BY record_at WHERE at >= ? AND at < ?',
  );
  const purgeable = db.prepare<[string], { upTo: number | null; records: number }>(
    // Up to the first record that is too young. After the clock was set back, older times can follow it; they stay.
    `SELECT max(seq) AS upTo, count(*) AS records FROM record WHERE seq > 1 AND seq <
       (SELECT coalesce(min(seq), 0) FROM record WHERE seq > 1 AND at >= ?)`,
  );
  const doubtful = db
    .prepare<[], number>(
      `SELECT max(seq) FROM record WHERE operation = 'audit.anomaly' AND outcome = 'failed'
       HAVING max(seq) > (SELECT coalesce(max(seq), 0) FROM record
                          WHERE operation = 'audit.verify' AND outcome = 'done')`,
    )
    .pluck();
  const insertCheckpoint = db.prepare(
    // A checkpoint already present comes from an interrupted purge.
    'INSERT INTO checkpoint (upTo, hash, decidedIn, seal) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const remove = db.prepare(
    'DELETE FROM record WHERE seq IN (SELECT seq FROM record WHERE seq > 1 AND seq <= ? LIMIT ?)',
  );

  return {
    head: (): Head => headOf.get() ?? beforeAll,
    hashAt: (seq: number): string | undefined => hashAt.get(seq),
    /** Those behind a record, in order. */
    after: (seq: number) => after.all(seq),
    first: (): Link | undefined => first.get(),
    insert: (link: Link): void => void insert.run(link),
    newest: () => newest.get() ?? null,
    page(filter: AuditFilter, { limit, beyond, newest = false, within }: RecordPage): Link[] {
      const { where, values } = conditionsOf(filter);
      const add = (condition: string, value: number | undefined): void => {
        if (value === undefined) return;
        where.push(condition);
        values.push(value);
      };
      add(newest ? 'seq < ?' : 'seq > ?', beyond);
      add('seq >= ?', within?.first);
      add('seq <= ?', within?.last);
      return db
        .prepare<(string | number)[], Link>(
          `SELECT seq, body, hash, seal FROM record ${indexFor(filter)}
           ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
           ORDER BY seq ${newest ? 'DESC' : ''} LIMIT ?`,
        )
        .all(...values, limit);
    },
    /** The first and last number of a period's records; 0 and 0 if it has none. */
    span({ from = '', to = '~' }: Pick<AuditFilter, 'from' | 'to'>) {
      const found = span.get(from, to);
      return { first: found?.first ?? 0, last: found?.last ?? 0 };
    },
    purgeable(before: string) {
      const found = purgeable.get(before);
      return { upTo: found?.upTo ?? 0, records: found?.records ?? 0 };
    },
    /** The newest record of tampering that was not verified since; null if there is none. */
    doubtfulSeq: (): number | null => doubtful.get() ?? null,
    insertCheckpoint(removed: { upTo: number; hash: string; decidedIn: number; seal: string }) {
      insertCheckpoint.run(removed.upTo, removed.hash, removed.decidedIn, removed.seal);
    },
    /** Removes at most `limit` of records 2 to `upTo`; returns how many. */
    remove: (upTo: number, limit: number): number => remove.run(upTo, limit).changes,
  };
}
