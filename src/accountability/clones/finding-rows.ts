import { uuidv7 } from 'uuidv7';
import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { Refusal } from '../gate/refusal.ts';
import type { FoundPair } from '../search/pairs-around.ts';
import type {
  ClonedMisread,
  CloneFinding,
  CloneFindings,
  CloneVerdict,
  OpenedClone,
} from './finding.ts';

/** Most pairs of one finding; the oldest go, and stay counted. */
const mostPairs = 100;
/** Pairs that are shown of one. */
const shownPairs = 20;

/** A pair of a finding as it is stored. */
type StoredPair = Omit<FoundPair, 'plate' | 'state'>;

interface Row {
  id: string;
  plate: string;
  state: string | null;
  foundMs: number;
  times: number;
  verdict: CloneVerdict | null;
  note: string | null;
  judgedMs: number | null;
  judgedBy: string | null;
}

/** The findings as rows of `lookout.db`. */
export type CloneFindingRows = ReturnType<typeof createCloneFindingRows>;

/** Opens the findings on `lookout.db`. */
export function createCloneFindingRows(db: Database) {
  const columns = `id, plate, state, found_ms AS foundMs, times, verdict, note, judged_ms AS judgedMs,
    judged_by AS judgedBy`;
  const byId = db.prepare<[string], Row>(`SELECT ${columns} FROM clone_finding WHERE id = ?`);
  const listed = db.prepare<[number, number], Row>(
    `SELECT ${columns} FROM clone_finding WHERE ? OR verdict IS NULL ORDER BY found_ms DESC, id DESC LIMIT ?`,
  );
  const open = db
    .prepare<[], number>('SELECT count(*) FROM clone_finding WHERE verdict IS NULL')
    .pluck();
  const foundSince = db
    .prepare<[number], number>('SELECT count(*) FROM clone_finding WHERE found_ms >= ?')
    .pluck();
  // One that was judged to be no clone is closed: what is found after it is looked at anew.
  const joins = db
    .prepare<{ plate: string; state: string | null }, string>(
      `SELECT id FROM clone_finding WHERE plate = @plate AND (verdict IS NULL OR verdict = 'clone')
       AND (state IS NULL OR @state IS NULL OR state = @state) ORDER BY found_ms DESC, id DESC LIMIT 1`,
    )
    .pluck();
  const insert = db.prepare(
    'INSERT INTO clone_finding (id, plate, state, found_ms, times) VALUES (?, ?, ?, ?, 0)',
  );
  const addPair = db.prepare(
    `INSERT INTO clone_pair (earlier, later, finding, later_ms, earlier_unit, later_unit, least_m, most_s, least_mps)
     VALUES (@earlier, @later, @finding, @laterMs, @earlierUnit, @laterUnit, @leastM, @mostS, @leastMps)
     ON CONFLICT (earlier, later) DO UPDATE SET later_ms = excluded.later_ms, least_m = excluded.least_m,
       most_s = excluded.most_s, least_mps = excluded.least_mps`,
  );
  const knows = db
    .prepare<[string, string], number>(
      'SELECT EXISTS (SELECT 1 FROM clone_pair WHERE earlier = ? AND later = ?)',
    )
    .pluck();
  const noteTime = db.prepare(
    'UPDATE clone_finding SET times = times + 1, state = coalesce(state, ?) WHERE id = ?',
  );
  const dropOldPairs = db.prepare(
    `DELETE FROM clone_pair WHERE (earlier, later) IN (SELECT earlier, later FROM clone_pair WHERE finding = ?
     ORDER BY later_ms DESC LIMIT -1 OFFSET ${mostPairs})`,
  );
  const dropPair = db.prepare('DELETE FROM clone_pair WHERE earlier = ? AND later = ?');
  const pairs = db.prepare<[string, number], StoredPair>(
    `SELECT earlier, later, later_ms AS laterMs, earlier_unit AS earlierUnit, later_unit AS laterUnit,
       least_m AS leastM, most_s AS mostS, least_mps AS leastMps
     FROM clone_pair WHERE finding = ? ORDER BY later_ms DESC LIMIT ?`,
  );
  const pairsOfRead = db.prepare<[string, string], { earlier: string; later: string }>(
    `SELECT earlier, later FROM clone_pair WHERE earlier = ?
     UNION SELECT earlier, later FROM clone_pair INDEXED BY clone_pair_later WHERE later = ?`,
  );
  const judge = db.prepare(
    'UPDATE clone_finding SET verdict = ?, note = ?, judged_ms = ?, judged_by = ? WHERE id = ?',
  );
  const keepMisread = db.prepare(
    'INSERT OR REPLACE INTO clone_misread (finding, at_ms, judged_by, note, units, least_m, most_s) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const dropMisread = db.prepare('DELETE FROM clone_misread WHERE finding = ?');
  const forgetMisreads = db.prepare('DELETE FROM clone_misread WHERE at_ms < ?');
  const misreads = db.prepare<
    [number, number],
    Omit<ClonedMisread, 'units' | 'at'> & { units: string; atMs: number }
  >(
    `SELECT finding AS id, at_ms AS atMs, judged_by AS by, note, units, least_m AS leastM, most_s AS mostS
     FROM clone_misread WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, finding`,
  );
  const unitsOfFindings = db
    .prepare<[number], string>(
      `SELECT unit FROM (
         SELECT DISTINCT finding, earlier_unit AS unit FROM clone_pair
         UNION SELECT DISTINCT finding, later_unit FROM clone_pair)
       JOIN clone_finding ON clone_finding.id = finding WHERE found_ms >= ?
       GROUP BY unit ORDER BY count(*) DESC, unit LIMIT 1`,
    )
    .pluck();

  const findingOf = (row: Row): CloneFinding => {
    const { id, foundMs, times, verdict, note, judgedMs, judgedBy } = row;
    const all = pairs.all(id, mostPairs);
    const [latest] = all;
    return {
      ...{ id, foundAt: isoTime(foundMs), times },
      latestAt: isoTime(latest?.laterMs ?? foundMs),
      leastM: latest?.leastM ?? 0,
      mostS: latest?.mostS ?? 0,
      leastMps: latest?.leastMps ?? 0,
      units: [...new Set(all.flatMap((each) => [each.earlierUnit, each.laterUnit]))].sort(),
      judged:
        verdict === null ? null : { verdict, note, at: isoTime(judgedMs ?? 0), by: judgedBy ?? '' },
    };
  };
  const found = (id: string): Row => {
    const row = byId.get(id);
    if (row !== undefined) return row;
    throw new Refusal(
      404,
      'no-such-finding',
      'There is no such finding: its reads may have been purged by the policy since, or one of them was corrected.',
    );
  };

  return {
    /** Puts a pair to the finding of its plate, or to a new one, whose id is returned; in the caller's transaction. */
    add(pair: FoundPair, nowMs: number): string | null {
      const { plate, state, ...values } = pair;
      const isKnown = knows.get(pair.earlier, pair.later) === 1;
      const joined = isKnown ? undefined : joins.get({ plate, state });
      const id = joined ?? uuidv7();
      if (!isKnown && joined === undefined) insert.run(id, plate, state, Math.floor(nowMs));
      addPair.run({ ...values, finding: id });
      if (isKnown) return null;
      noteTime.run(state, id);
      dropOldPairs.run(id);
      return joined === undefined ? id : null;
    },
    /** Takes back a pair that a correction of a read has ended. */
    drop: ({ earlier, later }: Pick<FoundPair, 'earlier' | 'later'>) =>
      void dropPair.run(earlier, later),
    pairsOfRead: (id: string) => pairsOfRead.all(id, id),
    foundSince: (sinceMs: number) => foundSince.get(sinceMs) ?? 0,
    /** The unit that is in the most findings since a time. */
    unitOfMost: (sinceMs: number) => unitsOfFindings.get(sinceMs) ?? null,
    get: (id: string) => findingOf(found(id)),
    list({ all, limit }: { all: boolean; limit: number }): CloneFindings {
      const rows = listed.all(all ? 1 : 0, limit + 1);
      return {
        findings: rows.slice(0, limit).map(findingOf),
        open: open.get() ?? 0,
        more: rows.length > limit,
      };
    },
    /** Throws a Refusal (404) if it is no longer here. */
    open(id: string): Omit<OpenedClone, 'pairs'> & { pairs: StoredPair[] } {
      const row = found(id);
      const { plate, state } = row;
      return { ...findingOf(row), plate, state, pairs: pairs.all(id, shownPairs) };
    },
    /** Notes a person's verdict; a later one takes its place. Throws a Refusal (404) if it is no longer here. */
    judge(
      id: string,
      given: { verdict: CloneVerdict; note: string | null; by: string; atMs: number },
    ): CloneFinding {
      const { verdict, note, by } = given;
      const atMs = Math.floor(given.atMs);
      return db.transaction(() => {
        judge.run(verdict, note, atMs, by, found(id).id);
        const finding = findingOf(found(id));
        const { units, leastM, mostS } = finding;
        if (verdict === 'misread') {
          keepMisread.run(id, atMs, by, note, JSON.stringify(units), leastM, mostS);
        } else dropMisread.run(id);
        return finding;
      })();
    },
    /** What was judged to be a misread between two times, also where its reads are gone; the earliest verdict first. */
    misreads: (sinceMs: number, untilMs: number): ClonedMisread[] =>
      misreads.all(sinceMs, untilMs).map(({ units, atMs, ...rest }) => ({
        ...{ ...rest, at: isoTime(atMs), units: JSON.parse(units) as string[] },
      })),
    /** Forgets those of before this time. */
    forgetMisreads: (beforeMs: number) => void forgetMisreads.run(Math.floor(beforeMs)),
  };
}
