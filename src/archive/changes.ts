import { randomUUID } from 'node:crypto';
import type { Database } from '../platform/database.ts';
import { createRowsToCopy } from '../records/rows-to-copy.ts';

/** How far the archive follows the detections. */
export interface Followed {
  source: string;
  /** The last change that the archive is known to have, and the last one that may be on its way to it. */
  copied: number;
  sending: number;
  /** Detections that were there before the archive are not all in it yet. */
  filling: boolean;
  refused: boolean;
}

/** Begins to note changes, or ends it: a database without an archive notes none. Says whether it was ended now. */
export function followChanges(db: Database, isFollowed: boolean): { ended: boolean } {
  const start = db.prepare(
    'INSERT INTO archive_follow (source) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM archive_follow)',
  );
  const end = db.prepare('DELETE FROM archive_follow');
  const forget = db.prepare('DELETE FROM archive_change');
  return db
    .transaction(() => {
      if (isFollowed) {
        start.run(randomUUID());
        return { ended: false };
      }
      const ended = end.run().changes > 0;
      if (ended) forget.run();
      return { ended };
    })
    .immediate();
}

/** How far the archive is; null where none is followed. */
export function createFollowed(db: Database): () => Followed | null {
  const row = db.prepare<
    [],
    { source: string; copied: number; sending: number; filling: number; refused: number }
  >(
    'SELECT source, copied, sending, filled_to IS NOT NULL AS filling, refused FROM archive_follow',
  );
  return () => {
    const found = row.get();
    return found === undefined
      ? null
      : { ...found, filling: found.filling === 1, refused: found.refused === 1 };
  };
}

/** The ids of detections that the archive does not have as they are now; null if there are more than `most`. */
export function createWaiting(db: Database, most: number): () => string[] | null {
  const ids = db
    .prepare<[number], string>('SELECT detection_id FROM archive_change LIMIT ?')
    .pluck();
  return () => {
    const found = ids.all(most + 1);
    return found.length > most ? null : found;
  };
}

/** Takes the noted changes, in parts, and drops those that the archive has. */
export function createChanges(db: Database) {
  const rows = createRowsToCopy(db);
  const fillPlace = db.prepare<[], { filledTo: string | null; fillEnd: string | null }>(
    'SELECT filled_to AS filledTo, fill_end AS fillEnd FROM archive_follow',
  );
  const startFill = db.prepare(
    "UPDATE archive_follow SET filled_to = '', fill_end = ?, refused = 0",
  );
  const fillTo = db.prepare('UPDATE archive_follow SET filled_to = ?');
  const countUp = db.prepare('UPDATE archive_follow SET changes = changes + 1');
  const add = db.prepare(
    `INSERT INTO archive_change (detection_id, change, at_ms)
     SELECT ?, change, at_ms FROM archive_next WHERE true ON CONFLICT (detection_id) DO NOTHING`,
  );
  const next = db.prepare<[number], { id: string; change: number }>(
    'SELECT detection_id AS id, change FROM archive_change ORDER BY change LIMIT ?',
  );
  const drop = db.prepare('DELETE FROM archive_change WHERE change <= ?');
  const send = db.prepare('UPDATE archive_follow SET sending = ?');
  const copy = db.prepare('UPDATE archive_follow SET copied = ?');
  const refuse = db.prepare('UPDATE archive_follow SET refused = ?');
  const count = db.prepare<[], { waiting: number; sinceMs: number | null }>(
    'SELECT count(*) AS waiting, min(at_ms) AS sinceMs FROM archive_change',
  );

  /** Adds some of the detections that were there before. */
  const fill = (most: number): void => {
    const { filledTo = null, fillEnd = null } = fillPlace.get() ?? {};
    if (filledTo === null) return;
    const ids = fillEnd === null ? [] : rows.idsAfter(filledTo, fillEnd, most);
    for (const id of ids) {
      countUp.run();
      add.run(id);
    }
    fillTo.run(ids.at(-1) ?? null);
  };

  /** The next changes, noted as on their way. */
  const reserve = db.transaction((most: number) => {
    const noted = next.all(most);
    // What changes comes first; what was there before goes with it, however much changes.
    if (noted.length < most) fill(most - noted.length);
    const taken = next.all(most);
    const last = taken.at(-1);
    if (last === undefined) return null;
    send.run(last.change);
    return { ids: taken.map(({ id }) => id), upTo: last.change };
  }).immediate;
  const readRows = db.transaction((ids: readonly string[]) => rows.of(ids));

  return {
    followed: createFollowed(db),
    /** The archive is empty: all detections must come into it. */
    startFill: (): void => void startFill.run(rows.lastId()),
    setRefused: (refused: boolean): void => void refuse.run(refused ? 1 : 0),
    /**
     * The next changes as the rows are now, and up to which change they are; null if there are none. What comes before them is in
     * the archive.
     */
    take(most: number) {
      const taken = reserve(most);
      if (taken === null) return null;
      // A row that changes after this is noted again. Nothing that stores waits while they are read.
      return { ...taken, rows: readRows(taken.ids) };
    },
    /** The archive has all up to this change. */
    copied: db.transaction((change: number) => {
      drop.run(change);
      copy.run(change);
    }).immediate,
    /** How many detections wait, and since when the longest; null if none does. */
    waiting: (): { waiting: number; sinceMs: number | null } =>
      count.get() ?? { waiting: 0, sinceMs: null },
    detections: rows.count,
  };
}
