import { describe, expect, test } from 'vitest';
import { listRights } from '../../../src/accountability/gate/list-rights.ts';
import type { ListSource } from '../../../src/accountability/gate/operation.ts';

const lists = () => [
  { id: 'ncic', source: 'federal' as const },
  { id: 'svs', source: 'state' as const },
  { id: 'hot-plates', source: null },
];

function mayBrowse(sources: readonly ListSource[], list: string): boolean {
  return listRights({ listSources: new Set(sources) }, lists)(list);
}

describe('who may browse a list (USR-9)', () => {
  test('needs the right to its source', () => {
    expect(mayBrowse(['federal'], 'ncic')).toBe(true);
    expect(mayBrowse(['department', 'state'], 'ncic')).toBe(false);
    expect(mayBrowse([], 'svs')).toBe(false);
  });

  test("needs no such right for the unit's own hot plates", () => {
    expect(mayBrowse([], 'hot-plates')).toBe(true);
  });

  test('needs the right to every source for a list that was removed from the configuration', () => {
    expect(mayBrowse(['department', 'state', 'federal'], 'removed')).toBe(true);
    expect(mayBrowse(['department', 'state'], 'removed')).toBe(false);
    expect(mayBrowse([], 'removed')).toBe(false);
  });
});
