import SQLite from 'better-sqlite3';
import { parse as parseCsv } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../../src/platform/problem.ts';

const plate = '7ABC123';

test.each<[string, () => unknown, string]>([
  ['JSON', () => JSON.parse(`{"plate": ${plate}}`), 'not valid JSON'],
  [
    'a schema',
    () => z.strictObject({ kind: z.enum(['a']) }).parse({ kind: plate }),
    'kind: invalid_value',
  ],
  [
    'a schema with a key',
    () => z.strictObject({}).parse({ [plate]: 1 }),
    'the whole: unrecognized_keys',
  ],
  ['YAML', () => parseYaml(`a: ${plate}: ${plate}`), 'YAML reports'],
  ['CSV', () => parseCsv(`a,b\n"${plate}"x,1\n`, { columns: true }), 'CSV'],
  [
    'SQLite',
    () => new SQLite(':memory:').exec(`SELECT "${plate}" FROM "${plate}"`),
    'SQLITE_ERROR',
  ],
])('the words of a parser are not repeated, as they quote its input: %s', (_, parse, says) => {
  let thrown: unknown;
  try {
    parse();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Error);
  expect(messageOf(thrown)).toContain(says);
  expect(messageOf(thrown)).not.toContain(plate);
});
