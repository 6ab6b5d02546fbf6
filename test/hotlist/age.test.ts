import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { ListStatus } from '../../src/hotlist/hit-match.ts';
import { inZone } from '../support/in-zone.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { hotlistAt, hoursAgo, listFile, noon, readAs } from './hotlist-at.ts';

const hourMs = 3_600_000;
const content = 'plate\n7ABC123\n7AB*\n';

/** Entries that are on the disk, whatever their list's state. */
function storedEntries(folder: string): number {
  const db = new SQLite(join(folder, 'hotlist.db'), { readonly: true });
  try {
    return Number(db.prepare('SELECT count(*) FROM entry').pluck().get());
  } finally {
    db.close();
  }
}

describe('the age of a list', () => {
  it('counts from when its source made it: marked at 24 h, silent from 72 h (HOT-4)', async () => {
    const folder = temporaryFolder();
    let nowMs = noon;
    const hotlist = hotlistAt(folder, [{}], { clock: () => nowMs });
    const asOf = hoursAgo(10);
    await hotlist.importFile({ listId: 'svs', file: listFile(folder, content), asOf });
    const at = (hours: number, ms: number) => {
      nowMs = noon + (hours - 10) * hourMs + ms;
      const lists = hotlist.match(readAs('7ABC123')).map(({ list }) => list);
      const [status] = hotlist.status();
      return { count: lists.length, old: lists[0]?.old, state: status?.state, ageS: status?.ageS };
    };
    expect(at(10, 0)).toEqual({ count: 2, old: false, state: 'current', ageS: 36_000 });
    expect(at(24, 0)).toMatchObject({ old: false, state: 'current' });
    expect(at(24, 1000)).toMatchObject({ count: 2, old: true, state: 'old' });
    expect(at(72, -1000)).toMatchObject({ count: 2, old: true, state: 'old' });
    expect(at(72, 1000)).toMatchObject({ count: 0, state: 'expired' });
    expect(hotlist.status()[0]).toMatchObject({
      entries: 0,
      asOf,
      importedAt: new Date(noon).toISOString(),
      problem: expect.stringContaining('not refreshed for 72 h'),
    });
  });

  it('past its limit its data is deleted, and it is still shown as expired (HOT-4)', async () => {
    const folder = temporaryFolder();
    const first = hotlistAt(folder);
    const file = listFile(folder, content);
    await first.importFile({ listId: 'svs', file, asOf: hoursAgo(0) });
    await first[Symbol.asyncDispose]();
    expect(storedEntries(folder)).toBe(2);

    const clock = () => noon + 72 * hourMs + 1000;
    const later = hotlistAt(folder, [{}], { clock, maintain: true });
    await waitFor(() => storedEntries(folder) === 0, { what: 'the deletion' });
    expect(later.status()[0]).toMatchObject({ state: 'expired', entries: 0, asOf: hoursAgo(0) });

    const newer = new Date(clock()).toISOString();
    await later.importFile({ listId: 'svs', file, asOf: newer });
    expect(later.status()[0]).toMatchObject({ state: 'current', entries: 2, asOf: newer });
  });

  it('an unconfirmed jump of the clock silences a list and deletes nothing', async () => {
    const folder = temporaryFolder();
    let nowMs = noon;
    let believed = true;
    const hotlist = hotlistAt(folder, [{}, { id: 'other' }], {
      clock: () => nowMs,
      believesClock: () => believed,
      maintain: true,
    });
    const file = listFile(folder, content);
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(0) });
    nowMs += 20 * 365 * 24 * hourMs;
    believed = false;
    const importOther = () =>
      hotlist.importFile({ listId: 'other', file, asOf: new Date(nowMs).toISOString() });
    await importOther();
    expect(storedEntries(folder)).toBe(4);
    expect(hotlist.status()[0]).toMatchObject({
      state: 'expired',
      problem: expect.stringContaining('unless the clock is wrong'),
    });

    nowMs = noon;
    expect(hotlist.status()[0]).toMatchObject({ state: 'current', entries: 2 });
    expect(hotlist.match(readAs('7ABC123')).map(({ list }) => list.id)).toContain('svs');

    nowMs += 20 * 365 * 24 * hourMs;
    believed = true;
    await importOther();
    expect(storedEntries(folder)).toBe(2);
  });

  it('a list that was removed from the configuration keeps its age limit', async () => {
    const folder = temporaryFolder();
    const first = hotlistAt(folder, [{ id: 'gone', maxAgeH: 10 }]);
    const file = listFile(folder, content);
    await first.importFile({ listId: 'gone', file, asOf: hoursAgo(0) });
    await first[Symbol.asyncDispose]();
    const before = hotlistAt(folder, [], { clock: () => noon + 9 * hourMs, maintain: true });
    expect(before.match(readAs('7ABC123'))).toEqual([]);
    await before[Symbol.asyncDispose]();
    expect(storedEntries(folder)).toBe(2);
    hotlistAt(folder, [], { clock: () => noon + 11 * hourMs, maintain: true });
    await waitFor(() => storedEntries(folder) === 0, { what: 'the deletion' });
  });

  it('reports a list that grows old without a query', async () => {
    const folder = temporaryFolder();
    let nowMs = noon;
    const hotlist = hotlistAt(folder, [{}], { clock: () => nowMs });
    await hotlist.importFile({ listId: 'svs', file: listFile(folder, content), asOf: hoursAgo(0) });
    const told: ListStatus['state'][] = [];
    hotlist.on('changed', ([list]) => list !== undefined && told.push(list.state));
    nowMs += 25 * hourMs;
    await waitFor(() => told.includes('old'));
    nowMs += 48 * hourMs;
    await waitFor(() => told.includes('expired'));
  });

  it('is unknown, and so marked, when the list is dated after the clock', async () => {
    const folder = temporaryFolder();
    let nowMs = noon;
    const hotlist = hotlistAt(folder, [{}], { clock: () => nowMs });
    await hotlist.importFile({ listId: 'svs', file: listFile(folder, content), asOf: hoursAgo(0) });
    nowMs = Date.UTC(2026, 0, 1);
    expect(hotlist.match(readAs('7ABC123'))[0]?.list).toMatchObject({ old: true, ageS: 0 });
    expect(hotlist.status()[0]).toMatchObject({
      state: 'old',
      problem: expect.stringContaining('check the clock'),
    });
  });
});

describe('a refresh', () => {
  it('with the same time of making does not renew the age', async () => {
    const folder = temporaryFolder();
    let nowMs = noon;
    const hotlist = hotlistAt(folder, [{}], { clock: () => nowMs });
    const file = listFile(folder, content);
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
    nowMs += 10 * hourMs;
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
    expect(hotlist.status()[0]?.ageS).toBe(11 * 3600);
  });

  it('by a copy of the same file, dated by its file time, does not renew the age', async () => {
    const folder = temporaryFolder();
    let nowMs = noon;
    const hotlist = hotlistAt(folder, [{}], { clock: () => nowMs });
    const file = listFile(folder, content);
    const fileTime = async (ms: number) => {
      utimesSync(file, ms / 1000, ms / 1000);
      return hotlist.importFile({ listId: 'svs', file, asOf: 'file-time' });
    };
    const first = await fileTime(noon - 2 * hourMs);
    expect(first).toMatchObject({ asOf: hoursAgo(2) });
    expect(first.warnings[0]).toContain("file's modification time");
    nowMs += 5 * hourMs;
    const second = await fileTime(nowMs);
    expect(second).toMatchObject({ asOf: hoursAgo(2) });
    expect(second.warnings[0]).toContain('the age of the list is not renewed');
    listFile(folder, `${content}8XYZ999\n`);
    expect(await fileTime(nowMs)).toMatchObject({ asOf: hoursAgo(-5) });
  });

  it.each([
    ['older than the list in use', hoursAgo(3), /older than the list in use/],
    ['from the future', hoursAgo(-1), /is in the future/],
    ['too old to be kept', hoursAgo(72), /older than the 72 hours/],
    ['unclear', '11/22/2026', /cannot be read: it is not a time; write a day like/],
    ['untold', undefined, /say when its source made it/],
  ])('%s is refused', async (_name, asOf, message) => {
    const folder = temporaryFolder();
    const hotlist = hotlistAt(folder);
    const file = listFile(folder, content);
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(2) });
    const again = hotlist.importFile({ listId: 'svs', file, ...(asOf ? { asOf } : {}) });
    await expect(again).rejects.toThrow(message);
    expect(hotlist.status()[0]?.asOf).toBe(hoursAgo(2));
  });
});

it('a day on a list is one in the unit’s zone, also in the thread that reads the file', async () => {
  for (const [zone, expires] of [
    ['America/Los_Angeles', '2026-12-25T07:59:59.999Z'],
    ['Asia/Kolkata', '2026-12-24T18:29:59.999Z'],
    ['Pacific/Apia', '2026-12-24T10:59:59.999Z'],
  ] as const) {
    inZone(zone);
    const folder = temporaryFolder();
    const hotlist = hotlistAt(folder);
    const file = listFile(
      folder,
      'plate,state,category,reason,expires\n7ABC123,CA,stolen,x,2026-12-24\n',
    );
    await hotlist.importFile({ listId: 'svs', file, asOf: '2026-11-22T10:00:00Z' });
    const [entry] = hotlist.entries('svs', { limit: 1, offset: 0 });
    expect(entry?.expires).toBe(expires);
  }
});
