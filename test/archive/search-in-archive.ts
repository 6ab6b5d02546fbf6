import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, expect } from 'vitest';
import { createSearch } from '../../src/accountability/search/search.ts';
import { searchIn } from '../accountability/search/open-search.ts';
import { startArchive, whenFull } from './filled.ts';
import { openPostgres, type Postgres } from './postgres.ts';

/**
 * All searches of the tests that this file imports look things up in the archive, once it has all; `isHalf`: in the archive and the own
 * files, as every second detection changed after it was copied.
 */
export function searchInArchive(isHalf: boolean): void {
  let postgres: Postgres | undefined;
  let databases = 0;

  beforeAll(async () => {
    const own = await openPostgres();
    postgres = own;
    searchIn((dataDir, limitMs = 30_000) => {
      databases += 1;
      const filled = own.database(`test_${databases}`).then(async (archive) => {
        const copier = startArchive(dataDir, archive);
        await whenFull(dataDir);
        if (isHalf) {
          await copier[Symbol.asyncDispose]();
          changeHalf(dataDir);
        }
        return createSearch({ dataDir, limitMs, archive });
      });
      const ask = async <Answer>(look: (search: Awaited<typeof filled>) => Promise<Answer>) => {
        const search = await filled;
        if (!isHalf) await whenFull(dataDir);
        const answer = await look(search);
        expect(search.answered.byOwnFiles).toBe(0);
        return answer;
      };
      return {
        ask: (kind, input) => ask((search) => search.ask(kind, input)),
        countPastReads: (query) => ask((search) => search.countPastReads(query)),
        [Symbol.asyncDispose]: async () => (await filled)[Symbol.asyncDispose](),
      };
    });
  }, 60_000);

  afterAll(async () => {
    searchIn(null);
    await postgres?.[Symbol.asyncDispose]();
  });
}

/** Every second detection waits again to be copied. */
function changeHalf(dataDir: string): void {
  const db = new SQLite(join(dataDir, 'lookout.db'));
  db.prepare('UPDATE detection SET closed = closed WHERE rowid % 2 = 0').run();
  db.close();
}
