import { describe, expect, test } from 'vitest';
import type { ListVersion } from '../../src/accountability/lists/list-versions.ts';
import {
  lagProblems,
  type ReportedList,
  unitListsOf,
} from '../../src/headquarters/lists/unit-lists.ts';

const hour = 3_600_000;
const day = Date.UTC(2026, 10, 20);

function version(number: number, rest: Partial<ListVersion> = {}): ListVersion {
  return {
    ...{ listId: 'svs', number, sequence: number, sha256: `${number}`.repeat(64) },
    ...{ bytes: 100, entries: 40, asOfMs: day + number * hour, inUseMs: day + number * hour },
    ...{ by: 'Ada Cole', note: null, publishedMs: day + number * hour + 60_000 },
    ...{ importedMs: day + number * hour, withdrawn: null, ...rest },
  };
}

const reported = (of: ListVersion, rest: Partial<ReportedList> = {}): ReportedList => ({
  ...{ id: 'svs', state: 'current', entries: of.entries, ageS: 60, sha256: of.sha256 },
  asOf: new Date(of.asOfMs).toISOString(),
  since: new Date(of.asOfMs + 120_000).toISOString(),
  problem: null,
  toldAtMs: day + 10 * hour,
  ...rest,
});

describe('which unit has which version of a list', () => {
  const newestFirst = [version(3), version(2), version(1)];
  const of = (told: ReportedList[], versions = newestFirst) =>
    unitListsOf(told, ['svs'], () => versions)[0];

  test('is told by what the unit says of its list', () => {
    const since = new Date(day + 3 * hour + 120_000).toISOString();
    expect(of([reported(version(3))])).toMatchObject({ standing: 'current', version: 3, since });
    expect(of([reported(version(1))])).toMatchObject({
      ...{ standing: 'behind', version: 1, newest: 3 },
    });
    const own = reported(version(3), { sha256: 'a'.repeat(64) });
    expect(of([own])).toMatchObject({ standing: 'other', version: null });
    const empty = reported(version(3), { sha256: null, asOf: null, since: null, entries: 0 });
    expect(of([empty])).toMatchObject({ standing: 'none', version: null });
    expect(of([])).toMatchObject({ standing: 'not-configured' });
  });

  test('a version that was put in force again is the newest, also on units that had it before', () => {
    const { sha256, asOfMs } = version(1);
    const again = [version(4, { sha256, asOfMs }), ...newestFirst];
    expect(of([reported(version(1))], again)).toMatchObject({ standing: 'current', version: 4 });
    expect(of([reported(version(3))], again)).toMatchObject({ standing: 'behind', version: 3 });
  });

  test('one that was taken back is so on a unit once the unit says so after that', () => {
    const taken = [version(4, { withdrawn: 'off', sha256: '', entries: 0 }), ...newestFirst];
    const nothing = { sha256: null, asOf: null, since: null, entries: 0 };
    const since = day + 4 * hour + 60_000;
    const said = (toldAtMs: number) => of([reported(version(3), { ...nothing, toldAtMs })], taken);
    expect(said(since - 1000)).toMatchObject({ standing: 'behind', version: null, newest: 4 });
    expect(said(since + 1000)).toMatchObject({ standing: 'withdrawn', version: null });
  });

  test('one that is not published yet counts for no unit', () => {
    const waiting = [version(4, { publishedMs: null }), ...newestFirst];
    expect(of([reported(version(3))], waiting)).toMatchObject({ standing: 'current', newest: 3 });
    expect(unitListsOf([], ['svs'], () => [version(1, { publishedMs: null })])).toEqual([]);
  });

  test('a unit on the air that lags for a quarter of an hour is a problem', () => {
    const lists = unitListsOf([reported(version(1))], ['svs'], () => newestFirst);
    const publishedMs = day + 3 * hour + 60_000;
    const problems = (afterMin: number, isHeard = true) =>
      lagProblems('car-7', isHeard, lists, publishedMs + afterMin * 60_000);
    expect(problems(14)).toEqual([]);
    expect(problems(15)).toEqual([
      expect.stringMatching(
        /^unit car-7: has version 1 of hot list svs; version 3 went to the units at /,
      ),
    ]);
    expect(problems(60, false)).toEqual([]);
  });
});
