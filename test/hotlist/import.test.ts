import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { HotEntry } from '../../src/hotlist/hit-match.ts';
import type { ImportRequest, ImportResult } from '../../src/hotlist/import-result.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hotlistAt, hoursAgo, listFile } from './hotlist-at.ts';
import type { ListInput } from './list-config.ts';

/** Imports one file into a fresh list and gives what is then on it. */
async function imported(
  content: string | Uint8Array,
  list: ListInput = {},
  request: Partial<ImportRequest> = {},
): Promise<{ result: ImportResult; entries: HotEntry[]; folder: string }> {
  const folder = temporaryFolder();
  const hotlist = hotlistAt(folder, [list]);
  const file = listFile(folder, content);
  const result = await hotlist.importFile({
    listId: 'svs',
    file,
    asOf: hoursAgo(1),
    force: true,
    ...request,
  });
  return { result, entries: hotlist.entries('svs', { offset: 0, limit: 100 }), folder };
}

const plates = (entries: HotEntry[]) => entries.map(({ plate }) => plate);

describe('layouts (FMT-1)', () => {
  it('reads the usual headers in any order and case, and leaves other columns out (HOT-9)', async () => {
    const { entries } = await imported(
      'Owner,STATE,Plate,category,reason,make,model,colour,year,case_number,entry_id,entry_date,expires\n' +
        'a name,California,7abc 123,felony-vehicle,"Robbery, 2 Nov",FORD,F150,WHI,2019,26-17,N1,2026-11-01,2026-12-24\n',
    );
    expect(entries).toEqual([
      {
        id: 'N1',
        plate: '7ABC123',
        state: 'CA',
        plateType: null,
        category: 'felony_vehicle',
        reason: 'Robbery, 2 Nov',
        make: 'Ford',
        model: 'F150',
        colour: 'white',
        year: '2019',
        caseNumber: '26-17',
        enteredBy: null,
        approvedBy: null,
        entryDate: new Date(2026, 10, 1).toISOString(),
        expires: new Date(new Date(2026, 11, 25).getTime() - 1).toISOString(),
      },
    ]);
  });

  it('reads a file of bare plates', async () => {
    const layout = { header: false, columns: { plate: { index: 0 } } };
    const { entries, result } = await imported('7ABC123\n8XYZ999\n', { layout });
    expect(plates(entries)).toEqual(['7ABC123', '8XYZ999']);
    expect(entries[0]).toMatchObject({ state: null, category: 'other', reason: 'Stolen vehicles' });
    expect(result).toMatchObject({ records: 2, entries: 2, rejected: 0, previousEntries: null });
  });

  it.each([
    [';', 'QC;DEF228;2026-01-31;2027-05-31;P1'],
    [':', 'QC:DEF228:2026-01-31:2027-05-31:P1'],
    ['\t', 'QC\tDEF228\t2026-01-31\t2027-05-31\tP1'],
    ['|', 'QC|DEF228|2026-01-31|2027-05-31|P1'],
  ] as const)('reads columns by number, delimited by %j', async (delimiter, row) => {
    const { entries } = await imported(row, {
      layout: {
        delimiter,
        header: false,
        columns: {
          state: { index: 0 },
          plate: { index: 1 },
          entryDate: { index: 2 },
          expires: { index: 3 },
          entryId: { index: 4 },
        },
      },
    });
    expect(entries).toMatchObject([{ id: 'P1', plate: 'DEF228', state: 'QC' }]);
    expect(entries[0]?.expires).toMatch(/^2027-0[56]/);
  });

  it('reads fixed-width files and fills what a row leaves empty', async () => {
    const { entries } = await imported('EV7ABC123  CA20261101\r\nXX8XYZ999    20261102\r\n', {
      layout: {
        kind: 'fixed-width',
        dateFormats: ['yyyyMMdd'],
        columns: {
          category: { start: 0, length: 2 },
          plate: { start: 2, length: 9 },
          state: { start: 11, length: 2 },
          entryDate: { start: 13, length: 8 },
        },
        categories: { ev: 'stolen_vehicle' },
        defaultCategory: 'bolo',
        defaults: { state: 'NV', reason: 'From the county' },
      },
    });
    expect(entries).toMatchObject([
      { plate: '7ABC123', state: 'CA', category: 'stolen_vehicle', reason: 'From the county' },
      { plate: '8XYZ999', state: 'NV', category: 'bolo', reason: 'From the county' },
    ]);
  });

  it("takes the list's own codes by their mapping and reports the unknown ones (FMT-2, HOT-3)", async () => {
    const { entries, result } = await imported(
      'plate,category\n1AAA111,SVS\n2BBB222,ZZ\n3CCC333,ZZ\n',
      {
        layout: { categories: { SVS: 'stolen_vehicle' } },
      },
    );
    expect(entries.map(({ category }) => category)).toEqual(['stolen_vehicle', 'other', 'other']);
    expect(result.warnings.join()).toContain('"ZZ" (2 rows)');
  });

  it.each([
    ['MM/dd/yyyy', '11/30/2026', [2026, 10, 30]],
    ['dd/MM/yyyy', '30/11/2026', [2026, 10, 30]],
    ['MMddyyyy', '11302026', [2026, 10, 30]],
    ['yyyyMMdd', '20261130', [2026, 10, 30]],
  ] as const)('reads dates as %s', async (format, text, [year, month, day]) => {
    const { entries } = await imported(`plate,entry_date\n7ABC123,${text}\n`, {
      layout: { dateFormats: [format] },
    });
    expect(entries[0]?.entryDate).toBe(new Date(year, month, day).toISOString());
  });
});

describe('encodings and line ends', () => {
  const text = 'plate,reason\n7ABC123,"Café, près du\nport"\n8XYZ999,Müller\n';
  const variants: [string, Uint8Array, NonNullable<ListInput['layout']>['encoding']][] = [
    ['utf-8', Buffer.from(text), 'utf-8'],
    ['utf-8 with its mark', Buffer.from(`\uFEFF${text}`), 'utf-8'],
    ['utf-8 with CRLF', Buffer.from(text.replaceAll('\n', '\r\n')), 'utf-8'],
    ['utf-8 with CR', Buffer.from(text.replaceAll('\n', '\r')), 'utf-8'],
    ['utf-8 without a last line end', Buffer.from(text.trimEnd()), 'utf-8'],
    ['utf-16le with its mark', iconv.encode(text, 'utf-16le', { addBOM: true }), 'utf-16le'],
    ['windows-1252', iconv.encode(text, 'windows-1252'), 'windows-1252'],
    ['iso-8859-1', iconv.encode(text, 'iso-8859-1'), 'iso-8859-1'],
  ];
  it.each(variants)('reads %s', async (_name, content, encoding) => {
    const { entries } = await imported(content, { layout: { encoding } });
    expect(entries.map(({ plate, reason }) => [plate, reason])).toEqual([
      ['7ABC123', 'Café, près du port'],
      ['8XYZ999', 'Müller'],
    ]);
  });

  it.each([
    ['utf-16le', 'utf-8', iconv.encode(text, 'utf-16le', { addBOM: true })],
    ['utf-16be', 'utf-8', iconv.encode(text, 'utf-16be', { addBOM: true })],
    ['utf-16', 'windows-1252', iconv.encode(text, 'utf-16le')],
    ['utf-8', 'windows-1252', Buffer.from(`\uFEFF${text}`)],
  ] as const)('refuses %s where the layout says %s', async (found, encoding, content) => {
    await expect(imported(content, { layout: { encoding } })).rejects.toThrow(
      `is ${found}, but the list's layout.encoding says ${encoding}`,
    );
  });

  it.each([
    ['an old spreadsheet', '\xd0\xcf\x11\xe0\xa1\xb1'],
    ['a document', '%PDF-1.7\n'],
  ])('refuses %s as what it is', async (_, head) => {
    const content = Buffer.from(head, 'latin1');
    await expect(imported(content)).rejects.toThrow('is not a text file but a spreadsheet');
  });

  it('keeps a vehicle whose text is not utf-8, and refuses one whose plate is not', async () => {
    const text = 'plate,reason,owner\n7ABC123,fine,Peña\n8XYZ999,Müller,x\n9Ä99,x,x\n';
    const { entries, result } = await imported(iconv.encode(text, 'windows-1252'));
    expect(entries.map(({ plate, reason }) => [plate, reason])).toEqual([
      ['7ABC123', 'fine'],
      ['8XYZ999', 'M?ller'],
    ]);
    expect(result.repairs).toEqual([
      {
        column: 'reason',
        seen: 'bytes that are not utf-8',
        done: 'shown as ?',
        rows: 1,
        firstRow: 3,
      },
    ]);
    expect(result.rejects).toEqual([
      { column: 'plate', reason: 'is not utf-8; see layout.encoding', rows: 1, firstRow: 4 },
    ]);
  });

  it('reads a file of many pieces that end anywhere, and numbers its rows as an editor does', async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, at) => `${1_000_000 + at},"é, n°\r\n${at}"\r\n`,
    );
    const { result, entries } = await imported(`plate,reason\r\n${rows.join('')}\r\n?,bad\r\n`);
    expect(result).toMatchObject({ records: 20_001, entries: 20_000, rejected: 1 });
    expect(result.rejects[0]?.firstRow).toBe(40_003);
    expect(entries[7]).toMatchObject({ plate: '1000007', reason: 'é, n° 7' });
  });
});

describe('rows that cannot be used', () => {
  const content = [
    'plate,state,reason,expires',
    '7ABC123,CA,good,',
    ',CA,no plate,',
    'ABCDEFGHIJKL,CA,too long,',
    '8XYZ999,CA,no date,soon',
    '8XYZ999,CA,no such day,2026-02-30',
    '8XYZ999,CA',
    '8XYZ999,CA,a, comma,2026-12-01',
    `8XYZ999,CA,${'x'.repeat(501)},`,
    '9AAA111,CA,"a ""quoted"" word",',
    '9AAA222,CA,a stray " quote,',
    '9AAA333,CA,,2026-11-01',
    '9AAA444,CA,trailing commas,,,',
  ].join('\n');

  const unreadable =
    'is not a date in yyyy-MM-dd or iso or MM/dd/yyyy or yyyyMMdd or dd-MMM-yyyy or serial';

  it('are counted by reason, and written with row, column, reason and the raw row', async () => {
    const folder = temporaryFolder();
    const rejectsFile = join(folder, 'rejects.csv');
    const { result, entries } = await imported(content, {}, { rejectsFile });
    expect(plates(entries)).toEqual([
      ...['7ABC123', '8XYZ999', '8XYZ999', '9AAA111', '9AAA222', '9AAA444'],
    ]);
    expect(result).toMatchObject({ records: 12, entries: 6, rejected: 5, expired: 1 });
    const reasonsOf = (plate: string) =>
      entries.filter((each) => each.plate === plate).map(({ reason }) => reason);
    expect(reasonsOf('9AAA111')).toEqual(['a "quoted" word']);
    expect(reasonsOf('9AAA222')).toEqual(['a stray " quote']);
    expect(reasonsOf('8XYZ999').sort()).toEqual(['Stolen vehicles', 'x'.repeat(500)]);
    expect(result.repairs).toEqual([
      {
        column: null,
        seen: 'trailing cells left away',
        done: 'taken as empty',
        rows: 1,
        firstRow: 7,
      },
      {
        column: 'reason',
        seen: 'more than 500 characters',
        done: 'cut there',
        rows: 1,
        firstRow: 9,
      },
    ]);
    expect(parse(readFileSync(rejectsFile), { bom: true })).toEqual([
      ['row', 'column', 'reason', 'raw'],
      ['3', 'plate', 'is empty', ',CA,no plate,'],
      ['4', 'plate', 'is longer than 10 characters', 'ABCDEFGHIJKL,CA,too long,'],
      ['5', 'expires', unreadable, '8XYZ999,CA,no date,soon'],
      ['6', 'expires', unreadable, '8XYZ999,CA,no such day,2026-02-30'],
      [
        '8',
        '',
        'is the rest of the row before it, which a line break has cut',
        '8XYZ999,CA,a, comma,2026-12-01',
      ],
    ]);
    expect(statSync(rejectsFile).mode & 0o777).toBe(0o600);
  });

  it('stop the import when they are more than the list allows, and the old list stays', async () => {
    const folder = temporaryFolder();
    const hotlist = hotlistAt(folder);
    const asOf = hoursAgo(1);
    await hotlist.importFile({ listId: 'svs', file: listFile(folder, 'plate\n7ABC123\n'), asOf });
    const rejectsFile = join(folder, 'rejects.csv');
    const file = listFile(folder, content);
    await expect(hotlist.importFile({ listId: 'svs', file, asOf, rejectsFile })).rejects.toThrow(
      /5 of 12 rows cannot be used.*maxRejects.*--force/,
    );
    expect(readFileSync(rejectsFile, 'utf8').split('\n')).toHaveLength(7);
    expect(plates(hotlist.entries('svs', { offset: 0, limit: 9 }))).toEqual(['7ABC123']);
  });

  it('stop the import, forced or not, when no other row is left', async () => {
    await expect(imported('plate\n??\n')).rejects.toThrow(/no usable entry in 1 rows.*2 known/);
    await expect(imported('')).rejects.toThrow('no usable entry in 0 rows');
    await expect(imported('plate\n', {}, { force: false })).rejects.toThrow(
      'no usable entry in 0 rows',
    );
  });

  it('a quote that would swallow many rows is part of its own row alone', async () => {
    const swallowed = Array.from({ length: 30 }, (_, at) => `${1000 + at}ABC,x`);
    const text = ['plate,reason', '7ABC123,"open', ...swallowed, '8XYZ999,end"', '9AAA111,x', ''];
    const { result, entries } = await imported(text.join('\n'));
    expect(plates(entries)).toEqual([
      ...swallowed.map((row) => row.slice(0, 7)),
      ...['7ABC123', '8XYZ999', '9AAA111'],
    ]);
    expect(entries.find(({ plate }) => plate === '7ABC123')?.reason).toBe('"open');
    expect(result.rejected).toBe(0);
    expect(result.repairs).toEqual([
      {
        column: null,
        seen: 'a quote that never closes',
        done: 'taken as text',
        rows: 1,
        firstRow: 2,
      },
    ]);
  });

  it('wildcards beyond the cap are rejected', async () => {
    const { result, entries } = await imported('plate\n1A*\n2B?\n3C*\n', { maxWildcards: 2 });
    expect(plates(entries)).toEqual(['1A*', '2B?']);
    expect(result.wildcards).toBe(2);
    expect(result.rejects[0]?.reason).toContain('maxWildcards');
  });
});

describe('files that are not what they should be', () => {
  it('a missing column names the header that was found', async () => {
    const layout = { columns: { plate: 'LIC', state: 'LIS' } };
    await expect(imported('PLATE,LIS\n7ABC123,CA\n', { layout })).rejects.toThrow(
      /the header has no "LIC"; it has "PLATE", "LIS"\. Correct hotlist\.lists, svs: layout\.columns\.plate/,
    );
  });

  it('a file without its header quotes no vehicle, and is a problem of the list on every screen', async () => {
    const folder = temporaryFolder();
    const hotlist = hotlistAt(folder);
    const take = (content: string) =>
      hotlist.importFile({
        listId: 'svs',
        file: listFile(folder, content),
        asOf: hoursAgo(1),
      });
    await take('plate,state\n7ABC123,CA\n');
    expect(hotlist.status()[0]).toMatchObject({ entries: 1, problem: null });
    await expect(take('8XYZ999,CA\n9AAA111,CA\n')).rejects.toThrow('the header has no "plate"');
    const { entries, problem } = hotlist.status()[0] ?? {};
    expect(entries).toBe(1);
    expect(problem).toMatch(/^the newest file was refused at .*: the header has no "plate"/);
    expect(problem).not.toMatch(/8XYZ|9AAA/);
    await take('plate,state\n8XYZ999,CA\n');
    expect(hotlist.status()[0]?.problem).toBeNull();
  });

  it.each([
    ['a web page', '<html><table><tr><td>7ABC123</td></tr></table></html>'],
    ['XML', '\uFEFF<?xml version="1.0"?><Row>7ABC123</Row>'],
    ['JSON', '[{"plate":"7ABC123"}]'],
    ['RTF', '{\\rtf1 7ABC123}'],
    ['a RAR archive', 'Rar!\u001A\u0007'],
  ])('%s is no list', async (_, content) => {
    await expect(imported(content)).rejects.toThrow('is not a text file but');
  });

  it('a repeated column name, or a number beyond the row, is refused', async () => {
    await expect(imported('plate,plate\n7ABC123,x\n')).rejects.toThrow('"plate" 2 times');
    const layout = { header: false, columns: { plate: { index: 3 } } };
    await expect(imported('7ABC123,x\n', { layout })).rejects.toThrow('has 2 columns');
  });

  it('a quote that never closes, and a row cut off at the end, are a file cut short', async () => {
    const rows = Array.from({ length: 100 }, (_, at) => `${1000 + at}ABC,CA`).join('\n');
    const open = { force: false };
    await expect(imported(`plate,state\n${rows}\n9AAA111,"C`, {}, open)).rejects.toThrow(
      'ends in the middle of a row',
    );
    await expect(imported(`plate,state\n${rows}\n9AAA111`, {}, open)).rejects.toThrow(
      'ends in the middle of a row',
    );
    expect((await imported(`plate,state\n${rows}`, {}, open)).result.entries).toBe(100);
  });

  it('a missing file, a folder, an unknown list and a wrong hash are reported', async () => {
    const folder = temporaryFolder();
    const hotlist = hotlistAt(folder);
    const asOf = hoursAgo(1);
    const file = listFile(folder, 'plate\n7ABC123\n');
    const of = (more: Partial<ImportRequest>) =>
      hotlist.importFile({ listId: 'svs', file, asOf, ...more });
    await expect(of({ file: join(folder, 'none.csv') })).rejects.toThrow(
      /none\.csv: cannot be read/,
    );
    await expect(of({ file: folder })).rejects.toThrow('is not a file');
    await expect(of({ listId: 'sfr' })).rejects.toThrow(
      'no hot list "sfr" is configured: the lists are svs',
    );
    await expect(of({ sha256: '0'.repeat(64) })).rejects.toThrow('not the expected one');
    const sha256 = createHash('sha256').update('plate\n7ABC123\n').digest('hex');
    expect(await of({ sha256 })).toMatchObject({ sha256, bytes: 14 });
  });
});

describe('repeated rows', () => {
  it('with the same plate and entry id: the last one counts', async () => {
    const { entries, result } = await imported(
      'plate,entry_id,reason\n7ABC123,N1,first\n7ABC123,N2,other\n7abc-123,N1,last\n',
    );
    expect(entries.map(({ id, reason }) => [id, reason])).toEqual([
      ['N1', 'last'],
      ['N2', 'other'],
    ]);
    expect(result.duplicates).toBe(1);
  });

  it('without ids are one entry when they say the same, and keep their id in the next file', async () => {
    const content = 'plate,reason\n7ABC123,a\n7ABC123,a\n7ABC123,b\n';
    const first = await imported(content);
    const second = await imported(`plate,reason\n8XYZ999,z\n7ABC123,b\n`);
    expect(first.entries).toHaveLength(2);
    const idOf = (entries: HotEntry[]) => entries.find(({ reason }) => reason === 'b')?.id;
    expect(idOf(first.entries)).toMatch(/^svs-[0-9a-f]{16}$/);
    expect(idOf(second.entries)).toBe(idOf(first.entries));
  });
});

describe('guards', () => {
  it('a list that shrank too much is refused, whatever its age; --force imports it', async () => {
    const folder = temporaryFolder();
    const hotlist = hotlistAt(folder, [{ maxShrink: 0.3 }]);
    const rows = (count: number) =>
      `plate\n${Array.from({ length: count }, (_, at) => `${1000 + at}ABC\n`).join('')}`;
    const of = (count: number, more: Partial<ImportRequest> = {}) =>
      hotlist.importFile({
        listId: 'svs',
        file: listFile(folder, rows(count)),
        asOf: hoursAgo(1),
        ...more,
      });
    const entries = () => hotlist.status()[0]?.entries;
    await of(100);
    await expect(of(69)).rejects.toThrow(
      /has 69 entries where list "svs" has 100: 31 % fewer.*--force/,
    );
    expect(entries()).toBe(100);
    expect(await of(70)).toMatchObject({ entries: 70, previousEntries: 100 });
    await of(1, { force: true });
    expect(entries()).toBe(1);
  });

  it('a dry run changes nothing and says what an import would do', async () => {
    const folder = temporaryFolder();
    const hotlist = hotlistAt(folder);
    const asOf = hoursAgo(1);
    const first = listFile(folder, 'plate\n7ABC123\n2BBB222\n');
    await hotlist.importFile({ listId: 'svs', file: first, asOf });
    const before = hotlist.status();
    const file = listFile(folder, 'plate,state\n9AAA11O,CA\n9AAA110,CA\n?,CA\nX,\n', 'new.csv');
    const result = await hotlist.importFile({ listId: 'svs', file, asOf, dryRun: true });
    expect(result).toMatchObject({ dryRun: true, records: 4, entries: 3, previousEntries: 2 });
    expect(result.refusal).toContain('1 of 4 rows cannot be used');
    expect(plates(result.samples)).toEqual(['9AAA11O', '9AAA110', 'X']);
    const notes = result.warnings.join('\n');
    expect(notes).toMatch(/different from another plate of this file .*: 2 entries \(rows 2, 3\)/);
    expect(notes).toMatch(/fewer than 4 or more than 8 characters: 1 entry \(row 5\)/);
    expect(notes).toMatch(/no state of issue: 1 entry \(row 5\)/);
    expect(notes).not.toContain('9AAA');
    expect(hotlist.status()).toEqual(before);
    await expect(hotlist.importFile({ listId: 'svs', file, asOf })).rejects.toThrow(
      result.refusal ?? '-',
    );
  });

  it('closing in the middle of an import leaves the old list, and nothing in the way of the next', async () => {
    const folder = temporaryFolder();
    const first = hotlistAt(folder);
    const asOf = hoursAgo(1);
    const old = listFile(folder, 'plate\n7ABC123\n');
    await first.importFile({ listId: 'svs', file: old, asOf });
    // Many times as many as the quickest machine imports before it is closed.
    const rows = Array.from({ length: 1_000_000 }, (_, at) => `${1_000_000 + at}C\n`);
    const file = listFile(folder, `plate\n${rows.join('')}`, 'large.csv');
    const stopped = expect(first.importFile({ listId: 'svs', file, asOf })).rejects.toThrow(
      'stopped',
    );
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400));
    await first[Symbol.asyncDispose]();
    await stopped;
    const second = hotlistAt(folder);
    expect(second.status()[0]).toMatchObject({ state: 'current', entries: 1 });
    expect(await second.importFile({ listId: 'svs', file: old, asOf })).toMatchObject({
      entries: 1,
    });
  }, 120_000);

  it('leaves no rejects file behind when the import fails midway', async () => {
    const folder = temporaryFolder();
    const rejectsFile = join(folder, 'rejects.csv');
    const failing = imported(`plate\n?\n${'7'.repeat(70_000)}`, {}, { rejectsFile });
    await expect(failing).rejects.toThrow('is longer than');
    const missing = imported('', {}, { rejectsFile, file: '/nowhere/list.csv' });
    await expect(missing).rejects.toThrow('cannot be read');
    expect(existsSync(rejectsFile) || existsSync(`${rejectsFile}.part`)).toBe(false);
  });

  it('estimates how many alerts near matching may add, as PRA-2 calculates', async () => {
    // 7OAA333 has the variants 7DAA333 and 7QAA333 of its own pattern; 70AA333 is of one that no entry has.
    const { result } = await imported('plate\n7OAA333\n7AAA333\n');
    expect(result.nearPer1000).toBeCloseTo((1000 * 2) / (10 ** 4 * 26 ** 3), 10);
  });
});
