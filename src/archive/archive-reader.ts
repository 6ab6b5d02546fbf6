import type { Database } from '../platform/database.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { createOwnStore, type DetectionStore } from '../records/detection-store.ts';
import { createFollowed, createWaiting } from './changes.ts';
import { joinStores } from './joint-store.ts';
import { createArchiveStore } from './postgres/archive-store.ts';
import { type ArchiveSettings, connectArchive } from './postgres/connect.ts';
import { readMark } from './postgres/mark.ts';

/** With more than these in wait the archive is too far behind to be asked. */
const mostWaiting = 2000;
/** After a failure it is left alone for this long. */
const pauseMs = 5000;

/** Look-ups in the archive, where that can answer in full. */
export interface ArchiveReader extends AsyncDisposable {
  /**
   * Looks up in the archive, joined with what it does not have yet; null where it cannot answer: it is being filled, is far behind,
   * is another's or is away.
   */
  ask<Result>(look: (store: DetectionStore) => Promise<Result>): Promise<{ result: Result } | null>;
}

/** `db`: any connection to `lookout.db`; `log` is told why the archive could not answer. */
export function createArchiveReader(deps: {
  db: Database;
  settings: ArchiveSettings;
  patienceMs: number;
  log: (problem: string) => void;
}): ArchiveReader {
  const { db, settings, patienceMs, log } = deps;
  const own = createOwnStore(db);
  const followed = createFollowed(db);
  const waiting = createWaiting(db, mostWaiting);
  let connections: ReturnType<typeof connectArchive> | undefined;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;

  return {
    async ask(look) {
      const state = followed();
      if (state === null || state.filling || state.refused) return null;
      if (performance.now() < pausedUntilMs) return null;
      // Before the archive is asked: what it gets meanwhile is then looked up here, and not twice.
      const ids = waiting();
      if (ids === null) return null;
      try {
        connections ??= connectArchive(settings, { connections: 4, patienceMs });
        const { ask } = connections;
        const mark = await readMark(ask);
        // Another's, or an older state of it that was restored.
        if (mark === null || mark.source !== state.source || mark.copied < state.copied)
          return null;
        return { result: await look(joinStores(own, createArchiveStore(ask, ids), ids)) };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        pausedUntilMs = performance.now() + pauseMs;
        // Made anew later: the password or the certificate may have been corrected by then.
        void connections?.[Symbol.asyncDispose]();
        connections = undefined;
        log(messageOf(error));
        return null;
      }
    },
    async [Symbol.asyncDispose]() {
      await connections?.[Symbol.asyncDispose]();
    },
  };
}
