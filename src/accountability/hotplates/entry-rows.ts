import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Person } from '../gate/person.ts';
import type { HotPlate, HotPlateContent, HotPlateState, LogEntry } from './hot-plate.ts';

type LogRow = Omit<LogEntry, 'by' | 'before' | 'after'> & {
  by: string | null;
  before: string | null;
  after: string | null;
};

/** A change or renewal of an entry that was refused. */
export interface RefusedChange {
  id: string;
  at: string;
  by: Person | null;
  askedBy: Person | null;
  note: string | null;
}

type RefusedChangeRow = Omit<RefusedChange, 'by' | 'askedBy'> & {
  by: string | null;
  askedBy: string | null;
};

/** Queries of hot plates and their log. */
export function createHotPlateRows(db: Database) {
  const put = db.prepare(
    `INSERT INTO hot_plate (id, state, owner, expires_ms, json) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, expires_ms = excluded.expires_ms, json = excluded.json`,
  );
  const byId = db.prepare<[string], string>('SELECT json FROM hot_plate WHERE id = ?').pluck();
  const byState = db
    .prepare<[string], string>('SELECT json FROM hot_plate WHERE state = ? ORDER BY id')
    .pluck();
  const pendingOf = db
    .prepare<[string], string>(
      "SELECT json FROM hot_plate WHERE state = ? AND json ->> '$.pending' IS NOT NULL ORDER BY id",
    )
    .pluck();
  const decided = db
    .prepare<[string], string>(
      // The index of the states would lead to every entry that is active.
      `SELECT json FROM hot_plate WHERE +state IN ('active', 'refused')
         AND coalesce(json ->> '$.ended.at', json ->> '$.approvedAt') >= ?`,
    )
    .pluck();
  const due = db
    .prepare<[number], string>(
      "SELECT json FROM hot_plate WHERE state IN ('active', 'awaiting', 'draft') AND expires_ms <= ? ORDER BY id",
    )
    .pluck();
  const revision = db.prepare<[], number>('SELECT number FROM hot_plate_revision').pluck();
  const addLog = db.prepare(
    'INSERT INTO hot_plate_log (hot_plate, at, kind, by, before, after, note) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const refusedChanges = db.prepare<[string], RefusedChangeRow>(
    `SELECT log.hot_plate AS id, log.at, log.by, log.note,
       (SELECT asked.by FROM hot_plate_log AS asked WHERE asked.hot_plate = log.hot_plate AND asked.seq < log.seq
        AND asked.kind IN ('change-asked', 'renewal-asked') ORDER BY asked.seq DESC LIMIT 1) AS askedBy
     FROM hot_plate_log AS log WHERE log.kind = 'change-refused' AND log.at >= ?`,
  );
  const logOf = db.prepare<[string], LogRow>(
    'SELECT seq, at, kind, by, before, after, note FROM hot_plate_log WHERE hot_plate = ? ORDER BY seq',
  );
  // Not checked against the schema again: that takes ten times as long and would block the daemon's event loop.
  const entryOf = (json: string): HotPlate => ({ confirmedAt: null, ...JSON.parse(json) });

  return {
    save(entry: HotPlate): void {
      const expires = entry.content?.expires ?? null;
      const expiresMs = expires === null ? null : Date.parse(expires);
      put.run(entry.id, entry.state, entry.enteredBy.account, expiresMs, JSON.stringify(entry));
    },
    find(id: string): HotPlate | undefined {
      const json = byId.get(id);
      return json === undefined ? undefined : entryOf(json);
    },
    ofState: (state: HotPlateState): HotPlate[] => byState.all(state).map(entryOf),
    /** Those of a state of which a change or renewal awaits approval. */
    pendingOf: (state: HotPlateState): HotPlate[] => pendingOf.all(state).map(entryOf),
    /** Those on the list that were approved since then, and those that were refused. */
    decidedSince: (sinceMs: number): HotPlate[] => decided.all(isoTime(sinceMs)).map(entryOf),
    /** Entries whose term is over and that are not marked as expired yet. */
    due: (nowMs: number): HotPlate[] => due.all(Math.floor(nowMs)).map(entryOf),
    /** A counter that every change increases, in whatever process. */
    revision: (): number => revision.get() ?? 0,
    log(hotPlate: string, entry: Omit<LogEntry, 'seq'>): void {
      const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
      const { at, kind, by, before, after, note } = entry;
      addLog.run(hotPlate, at, kind, json(by), json(before), json(after), note);
    },
    /** Changes and renewals that were refused since then. */
    refusedChanges: (sinceMs: number): RefusedChange[] =>
      refusedChanges.all(isoTime(sinceMs)).map(({ by, askedBy, ...row }) => ({
        ...row,
        by: personIn(by),
        askedBy: personIn(askedBy),
      })),
    logOf: (id: string): LogEntry[] =>
      logOf.all(id).map(({ by, before, after, ...row }) => ({
        ...row,
        by: personIn(by),
        before: contentOf(before),
        after: contentOf(after),
      })),
  };
}

const personIn = (json: string | null): Person | null =>
  json === null ? null : (JSON.parse(json) as Person);

function contentOf(json: string | null): HotPlateContent | null {
  return json === null ? null : (JSON.parse(json) as HotPlateContent);
}
