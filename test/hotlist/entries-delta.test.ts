import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyDelta, writeDelta } from '../../src/hotlist/entries-delta.ts';
import { entriesHeader } from '../../src/hotlist/entries-file.ts';
import { applyListDelta, makeListDelta } from '../../src/hotlist/list-deltas.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Entry {
  plate: string;
  id: string;
  rest: string;
}

const quoted = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const bytesOrder = (a: Entry, b: Entry) =>
  Buffer.compare(Buffer.from(a.plate), Buffer.from(b.plate)) ||
  Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));

function entriesFile(path: string, entries: readonly Entry[]): string {
  const lines = entries
    .toSorted(bytesOrder)
    .map(({ plate, id, rest }) => `${plate},${quoted(id)},${quoted(rest)}`);
  writeFileSync(path, `${[entriesHeader, ...lines].join('\n')}\n`);
  return path;
}

/** Numbers that look like chance and are the same each time. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % below;
  };
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
/** Ids as sources have them, those of one plate among them that only a quote or a letter beyond ASCII tells apart. */
const ids = ['e1', 'e,1', 'e"1', 'é1', '𝄞1', '豈1', '', 'E-1', '-x', '+x'];

describe('the difference of two versions of a list', () => {
  test('makes the newer of the older, byte by byte, whatever was added, changed and removed', () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const folder = temporaryFolder();
      const below = numbersFrom(seed);
      const all = Array.from({ length: 300 }, (_, at) => ({
        plate: `7A${Math.floor(at / ids.length)}`,
        id: ids[at % ids.length] ?? '',
        rest: `word ${below(5)}`,
      }));
      const base = entriesFile(
        join(folder, 'base'),
        all.filter(() => below(10) > 1),
      );
      const file = entriesFile(
        join(folder, 'file'),
        all
          .filter(() => below(10) > 1)
          .map((each) => (below(8) === 0 ? { ...each, rest: 'x' } : each)),
      );
      const delta = join(folder, 'delta');
      const made = writeDelta(base, file, delta);
      if (made === null) throw new Error('the difference is longer than the file');
      expect(made).toEqual({ sha256: sha256(delta), bytes: statSync(delta).size });
      const result = applyDelta(base, delta, join(folder, 'result'));
      expect(result).toEqual({ sha256: sha256(file), bytes: statSync(file).size });
    }
  });

  test('is not made where it is no shorter than the file', () => {
    const folder = temporaryFolder();
    const twenty = (letter: string) =>
      Array.from({ length: 20 }, (_, at) => ({
        plate: `7${letter}${100 + at}`,
        id: 'e',
        rest: 'x',
      }));
    const base = entriesFile(join(folder, 'base'), twenty('A'));
    const file = entriesFile(join(folder, 'file'), twenty('B'));
    expect(writeDelta(base, file, join(folder, 'delta'))).toBeNull();
    expect(readdirSync(folder).sort()).toEqual(['base', 'file']);
  });

  test('that does not fit the file at hand leaves nothing', async () => {
    const folder = temporaryFolder();
    const entry = (plate: string) => ({ plate, id: 'e', rest: 'x'.repeat(50) });
    const base = entriesFile(join(folder, 'base'), ['7AAA111', '7AAA112', '7AAA113'].map(entry));
    const file = entriesFile(join(folder, 'file'), ['7AAA111', '7AAA113'].map(entry));
    const delta = join(folder, 'delta');
    expect(await makeListDelta(base, file, delta)).not.toBeNull();
    const result = join(folder, 'result');
    await expect(applyListDelta(file, delta, result)).rejects.toThrow('was not there');
    writeFileSync(delta, 'something else\n');
    await expect(applyListDelta(base, delta, result)).rejects.toThrow('neither + nor -');
    writeFileSync(base, 'plate\n7ABC123\n');
    await expect(makeListDelta(base, file, delta)).rejects.toThrow('no file of entries');
    expect(existsSync(result)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.making'))).toEqual([]);
  });
});
