import { afterAll, beforeAll } from 'vitest';
import { openPostgres, type Postgres } from './postgres.ts';

/** A PostgreSQL for the tests of this file, which is there once they run. */
export function usePostgres(): Postgres {
  const postgres = {} as Postgres;
  beforeAll(async () => void Object.assign(postgres, await openPostgres()), 60_000);
  afterAll(() => postgres[Symbol.asyncDispose]?.(), 60_000);
  return postgres;
}
