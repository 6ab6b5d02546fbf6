import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hotlistAt, hoursAgo, listFile } from './hotlist-at.ts';
import type { ListInput } from './list-config.ts';

const corpus = join(import.meta.dirname, '../../fixtures/hotlists');
const cases = readdirSync(corpus)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, { file: string; list?: ListInput }] => [
    name,
    JSON.parse(readFileSync(join(corpus, name), 'utf8')),
  ])
  // Each takes four threads; these are of every kind.
  .filter((_, at) => at % 8 === 0);
const all = { offset: 0, limit: 500 };

describe('a file of the entries of a list, for other units', () => {
  test.each(cases)('gives another unit the same list: %s', async (_name, { file, list = {} }) => {
    const folder = temporaryFolder();
    const own = hotlistAt(folder, [{ maxRejects: 1, ...list }]);
    const asOf = hoursAgo(1);
    await own.importFile({ listId: 'svs', file: join(corpus, file), asOf, force: true });
    const entries = join(folder, 'entries.csv');
    const written = await own.writeEntries('svs', entries);
    expect(written.entries).toBe(own.status()[0]?.entries);

    // Another unit knows nothing of how the source's file looked.
    const otherFolder = temporaryFolder();
    const other = hotlistAt(otherFolder);
    const { sha256 } = written;
    const result = await other.importFile({
      ...{ listId: 'svs', file: entries, asOf, sha256, entries: written.entries },
      form: 'entries',
      force: true,
    });
    expect(result).toMatchObject({ entries: written.entries, rejected: 0, repairs: [] });
    expect(other.entries('svs', all)).toEqual(own.entries('svs', all));
    const again = await other.writeEntries('svs', join(otherFolder, 'again.csv'));
    expect(again.sha256).toBe(sha256);
  });

  test('the next file of the source is compared with its last one, whatever came between them', async () => {
    const folder = temporaryFolder();
    const hotlist = hotlistAt(folder);
    const source = (count: number) =>
      listFile(
        folder,
        `plate,reason\n${Array.from({ length: count }, (_, at) => `7ABC${100 + at},Stolen\n`).join('')}`,
        `source-${count}.csv`,
      );
    await hotlist.importFile({ listId: 'svs', file: source(100), asOf: hoursAgo(3) });
    const file = join(folder, 'entries.csv');
    await hotlist.writeEntries('svs', file);
    const form = 'entries' as const;
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(2), form, force: true });
    const next = await hotlist.importFile({
      listId: 'svs',
      file: source(101),
      asOf: hoursAgo(1),
    });
    expect(next.entries).toBe(101);
  });

  test('a list without entries in use gives none', async () => {
    const folder = temporaryFolder();
    const hotlist = hotlistAt(folder);
    await expect(hotlist.writeEntries('svs', join(folder, 'entries.csv'))).rejects.toThrow(
      'hot list "svs" has no entries in use',
    );
  });
});
