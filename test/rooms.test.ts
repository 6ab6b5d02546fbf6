import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { roomOf, sourceFiles } from './support/source-rooms.ts';

/** An import of one room by another, with the files where it happens. */
interface Arrow {
  from: string;
  to: string;
  files: string[];
}

/** Every import in the source that leads from one room to another, or with `of` from one file to another. */
function arrows(wings: readonly string[], of = (file: string) => roomOf(file, wings)): Arrow[] {
  const found = new Map<string, Arrow>();
  for (const { path: file, text } of sourceFiles()) {
    for (const [, path = ''] of text.matchAll(/(?:from|import|import\()\s*'(\.{1,2}\/[^']+)'/g)) {
      const target = join(dirname(file), path);
      const [from, to] = [of(file), of(target)];
      if (from === to) continue;
      const arrow = found.get(`${from} ${to}`) ?? { from, to, files: [] };
      arrow.files.push(`${file} imports ${target}`);
      found.set(`${from} ${to}`, arrow);
    }
  }
  return [...found.values()];
}

/** The arrows on a way that leads back to where it began, with their files: none where every arrow runs down. */
function arrowsUp(all: readonly Arrow[]): string[] {
  const next = Map.groupBy(all, ({ from }) => from);
  const reaches = (room: string, goal: string, seen = new Set<string>()): boolean => {
    if (room === goal) return true;
    if (seen.has(room)) return false;
    seen.add(room);
    return (next.get(room) ?? []).some(({ to }) => reaches(to, goal, seen));
  };
  return all.filter(({ from, to }) => reaches(to, from)).flatMap(({ files }) => files);
}

describe('the rooms of the source', () => {
  test('there are imports between rooms to judge', () => {
    expect(arrows(['vision', 'accountability']).length).toBeGreaterThan(50);
  });

  test('import each other in one direction only', () => {
    expect(arrowsUp(arrows(['vision', 'accountability', 'headquarters']))).toEqual([]);
  });

  test('also when each wing is taken as one', () => {
    expect(arrowsUp(arrows([]))).toEqual([]);
  });

  test('no file imports one that leads back to it', () => {
    expect(arrowsUp(arrows([], (file) => file))).toEqual([]);
  });

  test('config and platform import no other room', () => {
    const up = arrows([]).filter(
      ({ from, to }) => (from === 'config' && to !== 'platform') || from === 'platform',
    );
    expect(up).toEqual([]);
  });
});

test('a way that leads back is found', () => {
  const arrow = (from: string, to: string): Arrow => ({ from, to, files: [`${from} to ${to}`] });
  expect(arrowsUp([arrow('a', 'b'), arrow('b', 'c'), arrow('c', 'a'), arrow('c', 'd')])).toEqual([
    'a to b',
    'b to c',
    'c to a',
  ]);
});
