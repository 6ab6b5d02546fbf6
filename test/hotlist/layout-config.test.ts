import { describe, expect, it } from 'vitest';
import { layoutSchema } from '../../src/config/sections/hotlist.ts';

/** Paths and messages of what is wrong with a layout. */
function faults(layout: unknown): string[] {
  const parsed = layoutSchema.safeParse(layout);
  return parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe('a layout that cannot fit its file is refused in the configuration', () => {
  it.each([
    [{ kind: 'fixed-width' }, 'columns: give the position of each field'],
    [{ header: false }, 'columns: give the position of each field'],
    [{ kind: 'fixed-width', columns: { plate: 'LIC' } }, 'columns.plate: use { start, length }'],
    [{ kind: 'fixed-width', columns: { plate: { index: 0 } } }, 'columns.plate: use { start'],
    [{ columns: { plate: { start: 0, length: 8 } } }, 'columns.plate: use a header or { index }'],
    [{ header: false, columns: { plate: 'LIC' } }, 'columns.plate: use { index }'],
    [
      { kind: 'fixed-width', record: '(?<tag>.+)', columns: { plate: { group: 'plate' } } },
      'columns.plate: record has no group (?<plate>',
    ],
    [{ categories: { SVS: 'stolen' } }, 'categories.SVS: Invalid option'],
  ])('%j', (layout, message) => {
    expect(faults(layout).join()).toContain(message);
  });

  it.each([
    {},
    { columns: { plate: 'LIC', state: { index: 1 } } },
    { header: false, columns: { plate: { index: 0 } } },
    { kind: 'fixed-width', record: '(?<tag>.+)', columns: { plate: { group: 'tag' } } },
    { kind: 'fixed-width', header: true, columns: { plate: { start: 0, length: 8 } } },
  ])('%j is good', (layout) => {
    expect(faults(layout)).toEqual([]);
  });
});
