import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HitMatch } from '../../src/hotlist/hit-match.ts';
import { createHotlist } from '../../src/hotlist/hotlist.ts';
import { createLog } from '../../src/platform/log.ts';
import { type Pages, spoil } from '../support/spoil.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hotlistAt, hoursAgo, listFile, noon, readAs } from './hotlist-at.ts';
import { configOf } from './list-config.ts';

const plates = Array.from({ length: 20_000 }, (_, at) => `7A${100_000 + at}`);
const rows = `plate\n${plates.join('\n')}\n`;

/** The unit's own entry, which must alert whatever happens to the lists. */
const local = { tier: 'exact', entry: { plate: '8LOCAL8' }, list: { priority: 1 } } as HitMatch;

function ownerAt(folder: string, warn: (line: string) => void = () => {}) {
  const log = createLog({ level: 'silent' });
  log.error = ((_: unknown, text: string) => warn(text)) as typeof log.error;
  const hotlist = createHotlist({
    path: join(folder, 'hotlist.db'),
    config: configOf([{}]),
    local: { match: ({ plate }) => (plate === '8LOCAL8' ? [local] : []) },
    log,
    clock: () => noon,
  });
  onTestFinished(() => hotlist[Symbol.asyncDispose]());
  return hotlist;
}

async function filledFolder(): Promise<string> {
  const folder = temporaryFolder();
  const hotlist = ownerAt(folder);
  await hotlist.importFile({ listId: 'svs', file: listFile(folder, rows), asOf: hoursAgo(1) });
  hotlist.setEnabled('svs', true, 'Moss');
  await hotlist[Symbol.asyncDispose]();
  return folder;
}

const asideIn = (folder: string) =>
  readdirSync(folder).filter((name) => /^hotlist\.db\.damaged-\d{8}T\d{6}Z$/.test(name));

const places: Pages[] = [0, 1, 2, 3, 5, 40, 150, -2, -1, 'all but the first', 'all'];

describe.each(places)('hotlist.db with page %s overwritten', (pages) => {
  test('at the start: the hot plates alert, the loss is said, the file is kept, a new list alerts', async () => {
    const folder = await filledFolder();
    spoil(join(folder, 'hotlist.db'), pages);
    const words: string[] = [];
    const hotlist = ownerAt(folder, (text) => words.push(text));
    expect(hotlist.match(readAs('8LOCAL8'))).toEqual([local]);
    hotlist.start();
    // The whole file is looked through, though no plate was read from the damaged page.
    await expect.poll(() => asideIn(folder)).toHaveLength(1);
    const [aside = ''] = asideIn(folder);
    expect(statSync(join(folder, aside)).mode & 0o777).toBe(0o600);
    expect(hotlist.status()[0]).toMatchObject({ state: 'empty', entries: 0 });
    expect(hotlist.status()[0]?.problem).toMatch(
      /^GONE, it does not alert: .* as hotlist\.db\.dam/,
    );
    expect(words).toContain(
      'the database of the hot lists is damaged and was set aside: every list must come again',
    );
    expect(hotlist.match(readAs('8LOCAL8'))).toEqual([local]);
    const file = listFile(folder, rows);
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
    expect(hotlist.match(readAs('7A100007'))).toHaveLength(1);
    expect(hotlist.status()[0]).toMatchObject({ problem: null, entries: plates.length });
    expect(asideIn(folder)).toEqual([aside]);
  });

  test('while it is in use: no read makes it throw', async () => {
    const folder = await filledFolder();
    const hotlist = ownerAt(folder);
    hotlist.start();
    spoil(join(folder, 'hotlist.db'), pages);
    for (const plate of plates) hotlist.match(readAs(plate));
    hotlist.probe();
    expect(hotlist.match(readAs('8LOCAL8'))).toEqual([local]);
    await expect.poll(() => asideIn(folder)).toHaveLength(1);
    await expect.poll(() => hotlist.status()[0]?.problem).toMatch(/^GONE/);
    expect(hotlist.match(readAs('8LOCAL8'))).toEqual([local]);
  });
});

test('a write-ahead log that is overwritten while it is in use is set aside with its file', async () => {
  const folder = await filledFolder();
  const hotlist = ownerAt(folder);
  hotlist.start();
  const file = listFile(folder, rows.replaceAll('7A', '7B'), 'b.csv');
  await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(0.5) });
  spoil(join(folder, 'hotlist.db-wal'), 'all');
  for (const plate of plates) hotlist.match(readAs(plate.replace('7A', '7B')));
  expect(hotlist.match(readAs('8LOCAL8'))).toEqual([local]);
  await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(0.5) }).catch(() => undefined);
  await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(0.5) });
  expect(hotlist.match(readAs('7B100007'))).toHaveLength(1);
});

test('what a person switched off stays off in the new file, where it can still be read', async () => {
  const folder = temporaryFolder();
  const before = ownerAt(folder);
  await before.importFile({ listId: 'svs', file: listFile(folder, rows), asOf: hoursAgo(1) });
  before.setEnabled('svs', false, 'Moss');
  await before[Symbol.asyncDispose]();
  spoil(join(folder, 'hotlist.db'), -1);
  const hotlist = ownerAt(folder);
  hotlist.start();
  await expect.poll(() => asideIn(folder)).toHaveLength(1);
  expect(hotlist.status()[0]).toMatchObject({ state: 'off', chosen: { by: 'Moss' } });
});

test('a command leaves the file to the daemon and says what to do in one sentence', async () => {
  const folder = await filledFolder();
  spoil(join(folder, 'hotlist.db'), 'all but the first');
  const command = () => hotlistAt(folder, [{}], { maintain: false });
  expect(() => command().entries('svs', { offset: 0, limit: 10 })).toThrow(
    /hotlist\.db: the file is damaged \(SQLITE_CORRUPT\)\. Start lookout, or restart it/,
  );
  spoil(join(folder, 'hotlist.db'), 0);
  expect(command).toThrow(/hotlist\.db: the file is damaged \(SQLITE_NOTADB\)/);
  expect(asideIn(folder)).toEqual([]);
});
