import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvText, utf8Mark } from '../../src/platform/csv.ts';

it('writes RFC 4180: CRLF ends every row; commas, quotes and line breaks are quoted', async () => {
  const rows = [
    ['a,b', 'say "no"', 'two\nlines'],
    ['carriage\rreturn', 'both\r\n', ' plain '],
  ];
  const text = await csvText(['x', 'y', 'z'], rows);
  expect(text).toBe(
    '\uFEFFx,y,z\r\n"a,b","say ""no""","two\nlines"\r\n"carriage\rreturn","both\r\n", plain \r\n',
  );
  expect(parse(text, { bom: true })).toEqual([['x', 'y', 'z'], ...rows]);
  expect(await csvText(['alone'], [])).toBe(`${utf8Mark}alone\r\n`);
});

it('leaves null and undefined empty, and writes numbers and truth values as they are', async () => {
  const row = [null, undefined, '', 0, -122.25, -1e-7, true, false];
  expect(await csvText([], [row])).toBe(`${utf8Mark}\r\n,,,0,-122.25,-1e-7,true,false\r\n`);
});

it.each([
  ['=1+1', `'=1+1`],
  ['+1', `'+1`],
  ['-ABC', `'-ABC`],
  ['@SUM(A1)', `'@SUM(A1)`],
  ['\t=1', `'\t=1`],
  ['\r=1', `"'\r=1"`],
  ['=A1,B1', `"'=A1,B1"`],
  ['＝1', `'＝1`],
  ['8-ABC', '8-ABC'],
  [`'-ABC`, `'-ABC`],
])('guards %j from being taken for a formula', async (cell, written) => {
  expect(await csvText([cell], [[cell, 'x']])).toBe(`${utf8Mark}${written}\r\n${written},x\r\n`);
});

it.each([
  // Plates that are numbers, amounts or have an exponent.
  ...['0012345', '1234567', '1E10', '12E3', '1e-5', '4D12', '1234567890123456789', '12.5', '$12'],
  // Days, months and times.
  ...['MAR12', '12MAR', '1JAN26', 'SEPT2', 'DEC2026', '12-Jan', '12-11', '1/2', '26-12'],
  ...['2026-11', '2026-11-28', '7:30', '7P', '7 PM', 'June 3, 2026', '１２３', '12/2026', '1.2.26'],
  ...['2026-11-28 14:03', '28.11.2026 14:03:05', '1 1/2', '12 345', '(12)', '12 %', '1,234.50'],
  // Truth values and errors.
  ...['TRUE', 'false', '#N/A'],
])('marks %j as text, which a spreadsheet would change', async (cell) => {
  expect(parse(await csvText(['plate'], [[cell]]), { bom: true })[1]).toEqual([`'${cell}`]);
});

it.each([
  ...['8FAK123', 'ABC1234', 'MARY12', 'MAYBE1', '12AB34', '7PAM123', 'E10', '1E10A', 'E1234', ''],
  // Numbers of requests, cases and telephones: neither a formula, nor a number, nor a day.
  ...['2026-0001', '2026-0012', '26-0042', '12-0042', '26-004211', '707-555-0142', '100/200/300'],
  ...['2026-11-28 14:03:05 -08:00', '018f2f6e-1111-7000-8000-000000000001', 'June'],
])('leaves %j as it is', async (cell) => {
  expect(parse(await csvText(['plate', 'x'], [[cell, 'x']]), { bom: true })[1]).toEqual([
    cell,
    'x',
  ]);
});

it('gives the event loop its turn within a long table', async () => {
  const rows = Array.from({ length: 2_001 }, (_, index) => [index, `plate ${index}`]);
  let turns = 0;
  const turn = () => {
    turns += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  const text = await csvText(['number', 'plate'], rows);
  clearImmediate(next);
  expect(parse(text, { bom: true })).toEqual([
    ['number', 'plate'],
    ...rows.map((row) => row.map(String)),
  ]);
  expect(turns).toBeGreaterThanOrEqual(10);
});
