import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { roomOf, type SourceFile, sourceFiles } from './support/source-rooms.ts';

const wings = ['vision', 'accountability'];

/** A table or view, where it is made, and by whom. */
interface Owned {
  name: string;
  kind: 'TABLE' | 'VIEW';
  file: string;
  room: string;
}

/** A place that names a table or view in SQL. `tie`: by a foreign key or a trigger, which a schema alone can have. */
interface Mention {
  name: string;
  file: string;
  room: string;
  tie: boolean;
}

/** Every table and view that the last migration leaves, under the name that it gives it. */
function owned(files: readonly SourceFile[]): Owned[] {
  return files.flatMap(({ path: file, text }) => {
    const renamed = new Map(
      [...text.matchAll(/\bALTER TABLE (\w+) RENAME TO (\w+)/g)].map(([, from, to]) => [from, to]),
    );
    return [...text.matchAll(/\bCREATE (?:VIRTUAL )?(TABLE|VIEW) (?:IF NOT EXISTS )?(\w+)/g)]
      .filter(({ index, 2: name }) => !text.slice(index).includes(`DROP VIEW ${name};`))
      .map(([, kind = '', name = '']) => ({
        name: renamed.get(name) ?? name,
        kind: kind as Owned['kind'],
        file,
        room: roomOf(file, wings),
      }));
  });
}

/** Every name behind a word that a table follows, those after a comma of FROM among them. SQL is in capitals here. */
function mentions(files: readonly SourceFile[]): Mention[] {
  return files.flatMap(({ path: file, text }) => {
    const room = roomOf(file, wings);
    const named = (pattern: RegExp, tie: boolean): Mention[] =>
      [...text.matchAll(pattern)].flatMap(([, names = '']) =>
        names.split(',').map((part) => ({
          name: part.trim().replace(/^"|["\s].*$/gs, ''),
          file,
          room,
          tie,
        })),
      );
    return [
      ...named(/\b(?:FROM|JOIN)\s+("?\w+"?(?:(?:\s+AS)?\s+[a-z]\w*)?(?:\s*,\s*"?\w+"?)*)/g, false),
      ...named(/\b(?:INTO|UPDATE|TABLE|EXISTS)\s+("?\w+)/g, false),
      ...named(/\bREFERENCES\s+("?\w+)/g, true),
      ...named(/\bTRIGGER\s+\w+\s+(?:BEFORE|AFTER)[\w\s]*?\sON\s+("?\w+)/g, true),
    ];
  });
}

/** What a room says in SQL of another room's tables, as `file: table`. */
function trespasses(files: readonly SourceFile[]): string[] {
  const tables = owned(files).filter(({ kind }) => kind === 'TABLE');
  return mentions(files).flatMap(({ name, file, room, tie }) => {
    const owner = tables.find((table) => table.name === name);
    if (owner === undefined || owner.room === room) return [];
    if (tie && basename(file) === 'tables.ts') return [];
    return [`${file}: ${name}`];
  });
}

const files = sourceFiles();
const platformFile = 'platform/schema-steps.ts';

describe('the tables of the databases', () => {
  test('are all found, with statements on each', () => {
    const all = owned(files);
    const said = new Set(mentions(files).map(({ name }) => name));
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter(({ name }) => !said.has(name))).toEqual([]);
  });

  test('are made in the tables.ts of one room each', () => {
    const all = owned(files);
    expect(all.map(({ name }) => name)).toHaveLength(new Set(all.map(({ name }) => name)).size);
    const elsewhere = all.filter(
      ({ file }) => basename(file) !== 'tables.ts' && file !== platformFile,
    );
    expect(elsewhere).toEqual([]);
  });

  test('are named in the SQL of their own room alone', () => {
    expect(trespasses(files)).toEqual([]);
  });

  test('are named outright, so that this can be read from the source', () => {
    const hidden = files.filter(({ text }) =>
      /\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES)\s+"?\$\{/.test(text),
    );
    // It copies rows between two files of one form, by a list of tables.
    expect(hidden.map(({ path }) => path)).toEqual(['accountability/take-over-rows.ts']);
  });

  test('stand in the README of the source with who reads them', () => {
    const readme = readFileSync(join(import.meta.dirname, '../src/README.md'), 'utf8');
    const lines = new Set(readme.split('\n'));
    expect(whoReadsWhat().filter((row) => !lines.has(row))).toEqual([]);
  });
});

/** The rows of the table of `src/README.md`. */
function whoReadsWhat(): string[] {
  const all = owned(files);
  const list = (names: Iterable<string>) =>
    [...new Set(names)].map((name) => `\`${name}\``).join(', ');
  const short = (room: string) => room.replace('accountability/', '');
  const rooms = [...new Set(all.map(({ room }) => room))].sort();
  const rows = rooms.map((room) => {
    const own = all.filter((each) => each.room === room);
    const tables = own.filter(({ kind }) => kind === 'TABLE').map(({ name }) => name);
    const others = new Map<string, string[]>();
    for (const mention of mentions(files)) {
      if (mention.room === room || !own.some(({ name }) => name === mention.name)) continue;
      const key = mention.tie ? `keys and triggers on \`${mention.name}\`` : `\`${mention.name}\``;
      others.set(key, [...(others.get(key) ?? []), short(mention.room)]);
    }
    const readers = readModels(room, tables).map(([file, by]) => `\`${file}\`: ${by.join(', ')}`);
    const through = [...others].map(([what, by]) => `${what}: ${[...new Set(by)].join(', ')}`);
    return `| ${short(room)} | ${list(tables)} | ${[...readers, ...through].join('; ')} |`;
  });
  return ['| room | tables | others read through |', ...rows];
}

/** Files of a room that only read its tables, with the other rooms that import functions of them. */
function readModels(room: string, tables: readonly string[]): [file: string, by: string[]][] {
  return files
    .filter(({ path }) => roomOf(path, wings) === room)
    .filter((file) => mentions([file]).some(({ name }) => tables.includes(name)))
    .filter(({ text }) => !/\b(INTO|UPDATE|DELETE|CREATE)\b/.test(text))
    .flatMap(({ path, text }): [string, string[]][] => {
      const functions = [...text.matchAll(/^export (?:async )?function (\w+)/gm)].map(
        ([, name]) => name,
      );
      const by = files
        .filter(({ path: other }) => roomOf(other, wings) !== room)
        .filter((other) => importedFrom(path, other).some((name) => functions.includes(name)))
        .map(({ path: other }) => roomOf(other, wings).replace('accountability/', ''));
      return by.length === 0 ? [] : [[basename(path), [...new Set(by)].sort()]];
    });
}

/** The names that a file imports from another, but for types. */
function importedFrom(source: string, { path, text }: SourceFile): string[] {
  return [...text.matchAll(/^import \{([^}]*)\} from '(\.{1,2}\/[^']+)'/gm)]
    .filter(([, , from = '']) => join(dirname(path), from) === source)
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim().split(' ')[0] ?? ''));
}

describe('a statement on another room’s table', () => {
  const at = (path: string, text: string): SourceFile => ({ path, text });
  const home = at('records/tables.ts', 'CREATE TABLE detection (id TEXT); CREATE VIEW seen AS');

  test.each([
    'SELECT id FROM detection WHERE id = ?',
    'SELECT id FROM hold AS held, detection',
    'SELECT id FROM hold JOIN detection ON true',
    'INSERT INTO detection VALUES (1)',
    'UPDATE detection SET id = 1',
    'DELETE FROM detection',
    'DROP TABLE detection',
    'SELECT id FROM\n  "detection"',
  ])('is found: %s', (sql) => {
    expect(trespasses([home, at('alerts/a.ts', `db.prepare(\`${sql}\`)`)])).toEqual([
      'alerts/a.ts: detection',
    ]);
  });

  test('is found under the name that a migration gave the table', () => {
    const renamed = at('records/tables.ts', 'CREATE TABLE old (id); ALTER TABLE old RENAME TO hit');
    expect(trespasses([renamed, at('alerts/a.ts', "'SELECT id FROM hit'")])).toEqual([
      'alerts/a.ts: hit',
    ]);
  });

  test('is none in the room itself, on a view, or as a key of a table', () => {
    const own = at('records/reader.ts', "'SELECT 1 FROM detection'");
    const view = at('alerts/a.ts', "'SELECT 1 FROM seen'");
    const key = at('alerts/tables.ts', 'detectionId TEXT REFERENCES detection (id)');
    const trigger = at('alerts/tables.ts', 'CREATE TRIGGER t AFTER INSERT ON detection BEGIN');
    expect(trespasses([home, own, view, key, trigger])).toEqual([]);
  });

  test('is one where a key or trigger is made anywhere else', () => {
    const key = at('alerts/a.ts', 'detectionId TEXT REFERENCES detection (id)');
    expect(trespasses([home, key])).toEqual(['alerts/a.ts: detection']);
  });
});
