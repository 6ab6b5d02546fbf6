import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvText } from '../../src/platform/csv.ts';

it('writes RFC 4180: CRLF ends every row; commas, quotes and line breaks are quoted', async () => {
  const rows = [
    ['a,b', 'say "no"', 'two\nlines'],
    ['carriage\rreturn', 'both\r\n', ' plain '],
  ];
  const text = await csvText(['x', 'y', 'z'], rows);
  expect(text).toBe(
    'x,y,z\r\n"a,b","say ""no""","two\nlines"\r\n"carriage\rreturn","both\r\n", plain \r\n',
  );
  expect(parse(text)).toEqual([['x', 'y', 'z'], ...rows]);
  expect(await csvText(['alone'], [])).toBe('alone\r\n');
});

it('leaves null and undefined empty, and writes numbers and truth values as they are', async () => {
  const row = [null, undefined, '', 0, -122.25, -1e-7, true, false];
  expect(await csvText([], [row])).toBe('\r\n,,,0,-122.25,-1e-7,true,false\r\n');
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
  expect(await csvText([cell], [[cell, 'x']])).toBe(`${written}\r\n${written},x\r\n`);
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
  expect(parse(text)).toEqual([['number', 'plate'], ...rows.map((row) => row.map(String))]);
  expect(turns).toBeGreaterThanOrEqual(10);
});
