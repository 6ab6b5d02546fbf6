import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, dayMs } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { Detection } from '../../records/detection.ts';
import { createRecordReader } from '../../records/record-reader.ts';
import type { NewNotice } from '../notices/notice.ts';
import type { Search } from '../search/search.ts';
import { comparedWithinMs, isComparable } from '../search/two-places.ts';
import type { CloneFinding } from './finding.ts';
import type { CloneFindingRows } from './finding-rows.ts';

/** At headquarters: compares each read that comes in with those of the same plate by other units. */
export interface CloneWatch extends AsyncDisposable {
  /** Notes that a read is to be compared, if there is one to compare it with; in the transaction that has stored it. */
  note(detection: Detection): void;
  /** Compares what is noted, in a while. */
  wake(): void;
  start(): void;
  /** Why reads are not compared, in sentences. */
  problems(): string[];
}

/** Reads of one question of the thread, and of one commit. */
const batchSize = 200;
/** What came in so soon after each other is compared at once, ms. */
const gatherMs = 500;
const againAfterMs = 10_000;
/** Beyond so many findings of a day one notice tells of all: a unit whose clock or position is wrong makes them. */
const mostToldOfDay = 20;

/**
 * Finds plates that were read in two places between which no car drives, as `search/two-places.ts` judges. The intake only notes
 * the read; a thread of its own looks up the reads next to it in time.
 */
export function createCloneWatch(deps: {
  db: Database;
  rows: CloneFindingRows;
  /** A thread that no person's search waits for. */
  search: Pick<Search, 'ask'>;
  tell: (notices: readonly NewNotice[]) => void;
  clock: Clock;
  log: Log;
}): CloneWatch {
  const { db, rows, search, tell, clock, log } = deps;
  // A later revision gets a new number, so that one that is being compared now is compared again.
  const add = db.prepare('INSERT OR REPLACE INTO clone_due (detection_id) VALUES (?)');
  const due = db.prepare<[number], { number: number; id: string }>(
    'SELECT number, detection_id AS id FROM clone_due ORDER BY number LIMIT ?',
  );
  const done = db.prepare('DELETE FROM clone_due WHERE number <= ?');
  const { isReadAgain } = createRecordReader(db);
  const stopping = new AbortController();
  let working: Promise<void> | null = null;
  let isAgain = false;
  let problem: string | null = null;

  const compareSome = async (): Promise<boolean> => {
    const some = due.all(batchSize);
    const last = some.at(-1);
    if (last === undefined) return false;
    const ids = some.map(({ id }) => id);
    const known = ids.flatMap(rows.pairsOfRead);
    const { pairs, ended } = await search.ask('pairsAround', { ids, known });
    const nowMs = clock();
    db.transaction(() => {
      for (const pair of ended) rows.drop(pair);
      for (const pair of pairs) {
        const id = rows.add(pair, nowMs);
        if (id !== null) tell([noticeOf(rows.get(id), nowMs)]);
      }
      // What came or was revised meanwhile has a higher number.
      done.run(last.number);
    }).immediate();
    return some.length === batchSize;
  };

  const noticeOf = (finding: CloneFinding, nowMs: number): NewNotice => {
    const to = { permission: 'detections.search' } as const;
    const sinceMs = nowMs - dayMs;
    if (rows.foundSince(sinceMs) > mostToldOfDay) {
      const unit = rows.unitOfMost(sinceMs);
      return {
        ...{
          key: `clones ${Math.floor(nowMs / dayMs)}`,
          kind: 'clone',
          to,
          about: 'clones',
          atMs: nowMs,
        },
        text:
          `More than ${mostToldOfDay} plates were read in two places within a day. So many are hardly cloned: ` +
          `are clock and position of ${unit} right? (lookout clones list)`,
      };
    }
    const { id, units, leastM, mostS, latestAt } = finding;
    return {
      ...{ key: `clone ${id}`, kind: 'clone', to, about: `clone ${id}`, atMs: nowMs },
      text:
        `${units.join(' and ')} read one plate at least ${(leastM / 1000).toFixed(1)} km apart within ` +
        `${Math.round(mostS)} s, the later read at ${localTime(latestAt)}: no car drives that. ` +
        `Compare both reads, and say what it is (lookout clones show ${id})`,
    };
  };

  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      isAgain = false;
      const failed = problem !== null;
      await pause(failed ? againAfterMs : gatherMs, undefined, { signal: stopping.signal }).catch(
        () => {},
      );
      if (stopping.signal.aborted) return;
      try {
        while (await compareSome()) if (stopping.signal.aborted) return;
        problem = null;
        if (!isAgain) return;
      } catch (error) {
        const words = messageOf(error);
        if (words !== problem) log.error({ problem: words }, 'reads were not compared');
        problem = words;
      }
    }
  };
  const wake = (): void => {
    isAgain = true;
    working ??= work().finally(() => {
      working = null;
    });
  };

  return {
    note(detection) {
      // Of two reads of a plate the one that is stored last finds the other.
      const isDue = isComparable(detection) && isReadAgain(detection, comparedWithinMs);
      const isRevised = detection.revision > 1;
      if (isDue || (isRevised && rows.pairsOfRead(detection.id).length > 0)) add.run(detection.id);
    },
    wake,
    start: wake,
    problems: () =>
      problem === null
        ? []
        : [
            `Reads are not compared for plates in two places, and will be as soon as it works: ${problem}`,
          ],
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await working;
    },
  };
}
