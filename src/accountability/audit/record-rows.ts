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
  within?: RecordSpan;
}

/** Record numbers from the first to the last, both in it. */
export interface RecordSpan {
  first: number;
  last: number;
}

/** Statements on tables `record` and `checkpoint` of `audit.db`. */
export interface RecordRows {
  head(): Head;
  hashAt(seq: number): string | undefined;
  /** The records after this one, in order. */
  after(seq: number): Pick<Link, 'seq' | 'hash' | 'seal'>[];
  first(): Link | undefined;
  insert(link: Link): void;
  newest(): { seq: number; at: string } | null;
  page(filter: AuditFilter, page: RecordPage): Link[];
  /** How many of these records fit, by category. */
  count(filter: AuditFilter, within: RecordSpan): { category: string; records: number }[];
  /** Everybody whom a record names, each with the name that the newest gives. */
  people(): { username: string; name: string }[];
  /** The first and last number of a period's records; 0 and 0 if it has none. */
  span(period: Pick<AuditFilter, 'from' | 'to'>): RecordSpan;
  /** The newest record older than this time, and the number of records up to it. */
  purgeable(before: string): { upTo: number; records: number };
  /** The newest record of tampering that was not verified since; null if there is none. */
  doubtfulSeq(): number | null;
  insertCheckpoint(removed: { upTo: number; hash: string; decidedIn: number; seal: string }): void;
  /** Removes at most `limit` of records 2 to `upTo`; returns how many. */
  remove(upTo: number, limit: number): number;
}

export function createRecordRows(db: Database): RecordRows {
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
  const people = db.prepare<[], { username: string; name: string }>(
    // From each name to the next one in the index, instead of through all records.
    `WITH RECURSIVE person (username) AS (
       SELECT min(username) FROM record WHERE username > ''
       UNION ALL
       SELECT (SELECT min(username) FROM record WHERE username > person.username) FROM person
       WHERE person.username IS NOT NULL)
     SELECT username,
       (SELECT json_extract(body, '$.who.name') FROM record INDEXED BY record_username
        WHERE record.username = person.username ORDER BY seq DESC LIMIT 1) AS name
     FROM person WHERE username IS NOT NULL`,
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
    head: () => headOf.get() ?? beforeAll,
    hashAt: (seq) => hashAt.get(seq),
    after: (seq) => after.all(seq),
    first: () => first.get(),
    insert: (link) => void insert.run(link),
    newest: () => newest.get() ?? null,
    page(filter, { limit, beyond, newest = false, within }) {
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
    count(filter, { first, last }) {
      const { where, values } = conditionsOf(filter);
      return db
        .prepare<(string | number)[], { category: string; records: number }>(
          `SELECT category, count(*) AS records FROM record ${indexFor(filter)}
           WHERE ${[...where, 'seq >= ?', 'seq <= ?'].join(' AND ')} GROUP BY category`,
        )
        .all(...values, first, last);
    },
    people: () => people.all(),
    span({ from = '', to = '~' }) {
      if (from === '' && to === '~') return { first: 1, last: newest.get()?.seq ?? 0 };
      const found = span.get(from, to);
      return { first: found?.first ?? 0, last: found?.last ?? 0 };
    },
    purgeable(before) {
      const found = purgeable.get(before);
      return { upTo: found?.upTo ?? 0, records: found?.records ?? 0 };
    },
    doubtfulSeq: () => doubtful.get() ?? null,
    insertCheckpoint(removed) {
      insertCheckpoint.run(removed.upTo, removed.hash, removed.decidedIn, removed.seal);
    },
    remove: (upTo, limit) => remove.run(upTo, limit).changes,
  };
}
