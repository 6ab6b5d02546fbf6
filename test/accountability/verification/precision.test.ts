import { describe, expect, it } from 'vitest';
import { measurePrecision } from '../../../src/accountability/verification/operations.ts';
import { wilson } from '../../../src/platform/statistics.ts';
import { matchOf, openVerification } from './open-verification.ts';

describe('live precision', () => {
  it('VER-11: figures from dispositions, by list, tier and head, with their interval', async () => {
    const { storeHit, act, dispose, seeAll, confirm, notWanted, db } = openVerification();
    const bolo = { ...matchOf({}).list, id: 'bolo' };
    const right = async (head: string) => {
      const hit = await storeHit({ head, match: matchOf({ id: head }) });
      await seeAll(hit);
      await confirm(hit);
      await dispose(hit, { outcome: 'arrest' });
    };
    for (let count = 0; count < 8; count += 1) await right('front');
    const near = matchOf({ id: 'near' }, { tier: 'near', list: bolo });
    const wrong = await storeHit({ head: 'left', match: near });
    await dispose(wrong, { outcome: 'misread_characters', correctedPlate: '8ABC128' });
    const stale = await storeHit({ head: 'left', match: matchOf({ id: 'old' }) });
    await notWanted(stale);
    await dispose(stale, { outcome: 'stale_entry' });
    await dispose(await storeHit(), { outcome: 'not_located' });
    await dispose(await storeHit(), { outcome: 'no_action' });
    const looked = await storeHit();
    await seeAll(looked);
    await dispose(looked, { outcome: 'no_action' });
    await storeHit();

    const figures = (by: 'all' | 'list' | 'tier' | 'head') => act(measurePrecision, { by });
    const all = await figures('all');
    expect(all.undisposed).toBe(1);
    expect(all.figures).toEqual([
      {
        group: 'all',
        right: 9,
        wrong: 2,
        undetermined: 2,
        precision: 9 / 11,
        interval: wilson(9, 11),
        errors: { misread_characters: 1, stale_entry: 1 },
        misreads: 1,
      },
    ]);
    expect((await figures('list')).figures).toMatchObject([
      { group: 'bolo', right: 0, wrong: 1, precision: 0 },
      { group: 'svs', right: 9, wrong: 1 },
    ]);
    expect((await figures('tier')).figures).toMatchObject([
      { group: 'exact', right: 9, wrong: 1 },
      { group: 'near', wrong: 1 },
    ]);
    expect((await figures('head')).figures).toMatchObject([
      { group: 'front', right: 9 },
      { group: 'left', wrong: 2 },
    ]);
    expect(JSON.stringify(all)).not.toContain('ABC');
    expect(db.prepare('SELECT count(*) FROM verification_outcome').pluck().get()).toBe(13);
  });

  it.each([
    // 81 of 263 is the example of Newcombe (1998).
    [0, 10, 0, 0.2775],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
    [81, 263, 0.2553, 0.3662],
  ])('the Wilson interval of %i of %i', (successes, trials, low, high) => {
    const interval = wilson(successes, trials);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
    expect(wilson(0, 0)).toBeNull();
  });
});
