import { describe } from 'vitest';
import { missingPostgres } from './postgres.ts';
import { searchInArchive } from './search-in-archive.ts';

if (missingPostgres) console.warn(`skipped: ${missingPostgres}`);

// The tests of searches in the own files, unchanged: both must find the same.
describe.skipIf(missingPostgres)(
  'SRC-5: looked up in half of the archive and half of the own files',
  { timeout: 60_000 },
  async () => {
    searchInArchive(true);
    await import('../accountability/search/search.test.ts');
    await import('../accountability/search/overview.test.ts');
    await import('../accountability/search/company.test.ts');
    await import('../accountability/search/days.test.ts');
    await import('../accountability/search/export.test.ts');
    await import('../accountability/search/nothing-found.test.ts');
    await import('../accountability/canvass/canvass.test.ts');
  },
);
