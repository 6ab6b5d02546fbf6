import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../platform/database.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { createChanges } from './changes.ts';
import type { ArchiveConnections, Ask } from './postgres/connect.ts';
import { ArchiveAway } from './postgres/faults.ts';
import { checkMark, moveMark, readMark, setMark } from './postgres/mark.ts';
import { makeArchive } from './postgres/prepare.ts';
import { createArchiveWriter } from './postgres/write.ts';

/** How the archive stands. Holds no plate. */
export interface ArchiveHealth {
  /** `starting`: nothing is known yet; `away`: it cannot be asked; `refused`: a person must see to it. */
  state: 'starting' | 'filling' | 'following' | 'away' | 'refused';
  /** Detections that are not in the archive as they are now, without those that it has yet to be filled with. */
  waiting: number;
  /** For how long the longest of them waits, s. */
  behindS: number;
  /** Detections written into the archive since the start, and those at headquarters when it began to be filled; 0 if it was full. */
  copied: number;
  toFill: number;
  problem: string | null;
}

const atATime = 500;
const idleMs = 250;
const againMs = 5000;
/** Behind by more than this is a problem, s. */
const lateS = 300;

/**
 * Follows the changes of the detections in `db`, its own connection, and makes the archive the same, some at a time and each
 * part in one transaction. What was sent and not noted as sent is sent again. Goes on until `signal` is aborted; tells `onHealth`.
 * `connect` is called at each try, so that a password or certificate that was corrected is read.
 */
export async function followIntoArchive(deps: {
  db: Database;
  connect: () => ArchiveConnections;
  onHealth: (health: ArchiveHealth) => void;
  signal: AbortSignal;
}): Promise<void> {
  const { db, connect, onHealth, signal } = deps;
  const changes = createChanges(db);
  const writer = createArchiveWriter();
  let copied = 0;
  let toFill = 0;

  const tell = (state: ArchiveHealth['state'], problem: string | null = null): void => {
    const { waiting, sinceMs } = changes.waiting();
    const behindS = sinceMs === null ? 0 : Math.max(0, Math.round((Date.now() - sinceMs) / 1000));
    const late =
      state === 'following' && behindS > lateS
        ? `the archive is ${Math.round(behindS / 60)} minutes behind; look at what else uses PostgreSQL and its disk`
        : null;
    onHealth({ state, waiting, behindS, copied, toFill, problem: problem ?? late });
  };

  /** Makes the tables, and looks whether they are of this database. */
  const begin = async (ask: Ask, place: string) => {
    await makeArchive(ask, place);
    const followed = changes.followed();
    if (followed === null) throw new Error('no archive is followed');
    const mark = await readMark(ask);
    if (checkMark(mark, followed, place) === 'known' && mark !== null) return mark;
    changes.startFill();
    const { source, copied: from } = followed;
    await setMark(ask, { source, copied: from });
    return { source, copied: from };
  };

  /** Copies until it fails or is stopped. */
  const follow = async (): Promise<void> => {
    await using connections = connect();
    const { place, transaction } = connections;
    let mark = await transaction((ask) => begin(ask, place));
    changes.setRefused(false);
    if (changes.followed()?.filling) toFill = changes.detections();
    if (mark.copied !== changes.followed()?.copied) changes.copied(mark.copied);
    while (!signal.aborted) {
      const part = changes.take(atATime);
      const state = changes.followed()?.filling ? 'filling' : 'following';
      if (part === null) {
        tell(state);
        if (state === 'following') await wait(idleMs, undefined, { signal });
        continue;
      }
      await transaction(async (ask) => {
        await moveMark(ask, mark, part.upTo, place);
        await writer.write(ask, part.ids, part.rows);
      });
      changes.copied(part.upTo);
      mark = { ...mark, copied: part.upTo };
      copied += part.rows.detections.length;
      tell(state);
    }
  };

  tell('starting');
  while (!signal.aborted) {
    try {
      await follow();
    } catch (error) {
      if (signal.aborted) return;
      const isRefused = error instanceof Problem && !(error instanceof ArchiveAway);
      // A person must see to it; it is tried again, as they may do so without a restart.
      if (isRefused) changes.setRefused(true);
      tell(isRefused ? 'refused' : 'away', messageOf(error));
      await wait(againMs, undefined, { signal }).catch(() => {});
    }
  }
}
