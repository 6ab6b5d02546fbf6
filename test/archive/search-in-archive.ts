import { afterAll, beforeAll } from 'vitest';
import { createLookUps, type LookUps } from '../../src/accountability/search/look-up.ts';
import type { ArchiveSettings } from '../../src/archive/postgres/connect.ts';
import { searchIn } from '../accountability/search/open-search.ts';
import { fillArchive } from './filled.ts';
import { openPostgres, type Postgres } from './postgres.ts';

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
      const filled = takeDatabase().then((archive) => fillArchive(dataDir, archive, isHalf));
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
