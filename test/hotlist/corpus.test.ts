import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HotEntry } from '../../src/hotlist/hit-match.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hotlistAt, hoursAgo } from './hotlist-at.ts';
import type { ListInput } from './list-config.ts';

const folder = join(import.meta.dirname, '../../fixtures/hotlists');

/** What a list file of the corpus must give (fixtures/hotlists/README.md). */
interface Expected {
  about: string;
  file: string;
  list?: ListInput;
  entries: (Partial<HotEntry> & {
    plate: string;
    entryDay?: string | null;
    expiresDay?: string | null;
  })[];
  rejected: number;
  expired?: number;
  /** Rows in which something was put right. */
  repaired?: number;
  /** Words of the reason why the file is refused unless it is forced. */
  refusal?: string;
}

const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, Expected] => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))]);

/** The calendar day of a time in this unit's zone. */
function dayOf(time: string | null): string | null {
  if (time === null) return null;
  const at = new Date(time);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

describe('list files as they come (FMT-1, FMT-2)', () => {
  test('are at least a hundred', () => expect(cases.length).toBeGreaterThanOrEqual(100));

  test.each(cases)('%s', async (_name, expected) => {
    const hotlist = hotlistAt(temporaryFolder(), [{ maxRejects: 1, ...expected.list }]);
    const request = { listId: 'svs', file: join(folder, expected.file), asOf: hoursAgo(1) };
    const dry = await hotlist.importFile({ ...request, dryRun: true });
    if (expected.refusal === undefined) expect(dry.refusal).toBeNull();
    else expect(dry.refusal).toContain(expected.refusal);
    const result = await hotlist.importFile({ ...request, force: true });
    const byPlate = (a: { plate: string }, b: { plate: string }) => (a.plate < b.plate ? -1 : 1);
    const entries = hotlist.entries('svs', { offset: 0, limit: 100 }).sort(byPlate);
    const wanted = expected.entries.toSorted(byPlate);
    expect(entries.map(({ plate }) => plate)).toEqual(wanted.map(({ plate }) => plate));
    for (const [at, { entryDay, expiresDay, ...fields }] of wanted.entries()) {
      expect(entries[at]).toMatchObject(fields);
      if (entryDay !== undefined) expect(dayOf(entries[at]?.entryDate ?? null)).toBe(entryDay);
      if (expiresDay !== undefined) expect(dayOf(entries[at]?.expires ?? null)).toBe(expiresDay);
    }
    expect(result.rejected).toBe(expected.rejected);
    expect(result.rejects.reduce((sum, { rows }) => sum + rows, 0)).toBe(expected.rejected);
    expect(result.expired).toBe(expected.expired ?? 0);
    const repaired = result.repairs.reduce((sum, { rows }) => sum + rows, 0);
    if (expected.repaired !== undefined) expect(repaired).toBe(expected.repaired);
  });
});
