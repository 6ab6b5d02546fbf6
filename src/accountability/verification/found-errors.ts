import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { createRecordReader } from '../../records/record-reader.ts';
import { type Author, type Correction, type Disposition, nameOf, type Outcome } from './step.ts';

/** An error of the reader or of a list that a disposition found, with the correction (VER-11, AUD-8). */
export interface FoundError {
  hitId: string;
  at: string;
  by: string;
  head: string | null;
  outcome: Outcome;
  correction: Correction | null;
  /** Name of the list, and the entry on it. */
  list: string;
  entry: string;
  /** The officer's notes; null if there are none, and once the hit is gone. */
  notes: string | null;
}

/** The errors that dispositions found, whether their hits are still here or not. */
export interface FoundErrors {
  /** Those of dispositions that count, oldest first. */
  between(sinceMs: number, untilMs: number): FoundError[];
  /** Forgets those of hits that are gone, from before this time. */
  sweep(beforeMs: number): void;
}

/** Reads them from the steps of the hits that are here, and from what was kept of those that are gone. */
export function createFoundErrors(db: Database): FoundErrors {
  const records = createRecordReader(db);
  const here = db.prepare<[number, number], { hitId: string; atMs: number; body: string }>(
    'SELECT hit_id AS hitId, at_ms AS atMs, body FROM verification_error WHERE at_ms >= ? AND at_ms < ?',
  );
  const gone = db.prepare<
    [number, number],
    Pick<FoundError, 'hitId' | 'outcome' | 'head' | 'list' | 'entry'> & {
      atMs: number;
      correction: string | null;
      foundBy: string;
    }
  >(
    `SELECT hit_id AS hitId, at_ms AS atMs, outcome, head, list_name AS list, entry_id AS entry, correction,
       found_by AS foundBy FROM data_error WHERE at_ms >= ? AND at_ms < ?`,
  );
  const forget = db.prepare('DELETE FROM data_error WHERE at_ms < ?');

  return {
    between(sinceMs, untilMs) {
      const ofHere = here.all(sinceMs, untilMs).flatMap(({ hitId, atMs, body }): FoundError[] => {
        const hit = records.hit(hitId);
        if (hit === undefined) return [];
        const { outcome, correction, notes, by } = JSON.parse(body) as Disposition & { by: Author };
        const { list, entry } = hit.match;
        const about = { head: hit.head, list: list.name, entry: entry.id };
        return [{ hitId, at: isoTime(atMs), by: nameOf(by), outcome, correction, notes, ...about }];
      });
      const ofGone = gone.all(sinceMs, untilMs).map(
        ({ atMs, correction, foundBy, ...rest }): FoundError => ({
          ...rest,
          at: isoTime(atMs),
          by: nameOf(JSON.parse(foundBy) as Author),
          correction: correction === null ? null : (JSON.parse(correction) as Correction | null),
          notes: null,
        }),
      );
      return [...ofHere, ...ofGone].sort((a, b) => (a.at < b.at ? -1 : 1));
    },
    sweep: (beforeMs) => void forget.run(Math.floor(beforeMs)),
  };
}
