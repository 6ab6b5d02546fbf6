import { afterAll, beforeAll } from 'vitest';
import { createLookUps, type LookUps } from '../../src/accountability/search/look-up.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createArchiveReader } from '../../src/archive/archive-reader.ts';
import { followChanges } from '../../src/archive/changes.ts';
import { followIntoArchive } from '../../src/archive/copier.ts';
import { type ArchiveSettings, connectArchive } from '../../src/archive/postgres/connect.ts';
import { searchIn } from '../accountability/search/open-search.ts';
import { waitFor } from '../support/wait-for.ts';
import { waitingOn } from './filled.ts';
import { openPostgres, type Postgres } from './postgres.ts';

const patienceMs = 60_000;

/**
 * All searches of the tests that this file imports look things up in the archive, once it has all; `isHalf`: in the archive and the own
 * files, as every second detection changed after it was copied. One database serves one test after the other.
 */
export function searchInArchive(isHalf: boolean): void {
  let postgres: Postgres | undefined;
  const empty: ArchiveSettings[] = [];
  let databases = 0;

  beforeAll(async () => {
    const own = await openPostgres();
    postgres = own;
    const takeDatabase = async (): Promise<ArchiveSettings> => {
      const known = empty.pop();
      if (known !== undefined) return known;
      databases += 1;
      return own.database(`look_ups_${databases}`);
    };
    searchIn((dataDir, limitMs = 30_000) => {
      const filled = takeDatabase().then((archive) => fill(dataDir, archive, isHalf));
      const ask = async <Answer>(look: (lookUps: LookUps) => Promise<Answer>): Promise<Answer> => {
        const { reader, settled, problems } = await filled;
        if (!isHalf) await settled();
        const answer = await reader.ask((store) => look(createLookUps(store, limitMs)));
        if (answer === null) throw new Error(`the archive did not answer: ${problems.join(', ')}`);
        return answer.result;
      };
      return {
        // The tests ask for nothing else.
        ask: (kind, input) =>
          ask((lookUps) => lookUps[kind as keyof LookUps](input as never) as Promise<never>),
        countPastReads: (query) => ask((lookUps) => lookUps.pastReads(query)),
        async [Symbol.asyncDispose]() {
          const { archive, close } = await filled;
          await close();
          await own.empty(archive.database);
          empty.push(archive);
        },
      };
    });
  }, 60_000);

  afterAll(async () => {
    searchIn(null);
    await postgres?.[Symbol.asyncDispose]();
  }, 60_000);
}

/** Copies the detections of a data folder into an archive, and opens it for look-ups, all in this thread. */
async function fill(dataDir: string, archive: ArchiveSettings, isHalf: boolean) {
  const db = openUnitDatabase(dataDir);
  followChanges(db, true);
  const copying = new AbortController();
  const copied = followIntoArchive({
    ...{ db, onHealth() {}, signal: copying.signal },
    connect: () => connectArchive(archive, { connections: 1, patienceMs }),
  });
  const stopCopying = async () => {
    copying.abort();
    await copied;
  };
  const settled = () =>
    waitFor(() => waitingOn(db) === 0, { what: 'a full archive', timeoutMs: 60_000 });
  await settled();
  if (isHalf) {
    await stopCopying();
    // Every second detection waits again to be copied, of very many some: with more in wait an archive is not asked.
    db.exec('UPDATE detection SET closed = closed WHERE rowid % 2 = 0 AND rowid <= 3000');
  }
  const problems: string[] = [];
  const reader = createArchiveReader({
    ...{ db, settings: archive, patienceMs },
    log: (problem) => problems.push(problem),
  });
  const close = async () => {
    await stopCopying();
    await reader[Symbol.asyncDispose]();
    db.close();
  };
  return { archive, reader, settled, problems, close };
}
