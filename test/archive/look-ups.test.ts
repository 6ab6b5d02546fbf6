import { describe } from 'vitest';
import { missingPostgres } from './postgres.ts';
import { searchInArchive } from './search-in-archive.ts';

if (missingPostgres) console.warn(`skipped: ${missingPostgres}`);

// Tests of searches in the own files, unchanged: both must find the same. Those of the half are all of them.
describe.skipIf(missingPostgres)(
  'SRC-5: looked up in the archive',
  { timeout: 60_000 },
  async () => {
    searchInArchive(false);
    await import('../accountability/search/search.test.ts');
    await import('../accountability/search/overview.test.ts');
    await import('../accountability/search/company.test.ts');
  },
);
