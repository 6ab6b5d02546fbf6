import { writeFileSync } from 'node:fs';
import { join as pathOf } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  approveHotPlate,
  enterHotPlate,
  reportRecovered,
} from '../../../src/accountability/hotplates/operations.ts';
import {
  disposeHit,
  listOpenHits,
  openHit,
  recordEnforcement,
} from '../../../src/accountability/verification/operations.ts';
import { describe as hitText } from '../../../src/cli/hit-text.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';
import { typedEntry as entry } from '../hotplates/typed-entry.ts';

const why = { purpose: 'investigation', caseNumber: '26-004211' };

it('an alert whose hot plate was removed says so, and is closed as such (VER-8, HOT-11)', async () => {
  const overrides = { verification: { documentedIn: true } };
  const { as, join, hitOf, time, accountability } = await openStaffedUnit('vallejo', { overrides });
  join('dee', 'detective');
  join('boss', 'alpr_administrator');
  join('moss', 'officer');
  const { id } = await as('dee', enterHotPlate, entry);
  await as('boss', approveHotPlate, { id });
  const hit = await hitOf({ id, caseNumber: entry.caseNumber });
  const close = { id: hit.id, outcome: 'entry_removed' } as const;
  expect((await as('moss', openHit, { id: hit.id }, why)).entryEnd).toBeNull();
  await expect(as('moss', disposeHit, close)).rejects.toThrow(/The entry is on its list/);

  time.ms += 60_000;
  await as('boss', reportRecovered, { id });
  const end = { at: '2026-11-29T12:01:00.000Z', how: 'removed', outcome: 'recovered' };
  const seen = await as('moss', openHit, { id: hit.id });
  expect(seen).toMatchObject({ state: 'raised', entryEnd: end });
  const told = /the entry was removed at 2026-11-29 \d\d:01:00 [+-]\d\d:\d\d \(recovered\)/;
  expect(seen.act.warnings).toEqual([expect.stringMatching(told)]);
  expect(hitText(seen)).toContain('close the alert as such with --outcome entry_removed');
  expect(accountability.verification.standing(hit.id)?.entryEnd).toEqual(end);
  await expect(as('moss', recordEnforcement, { id: hit.id, action: 'stop' })).rejects.toThrow(
    /No action may be taken/,
  );
  expect((await as('moss', listOpenHits, {})).hits).toHaveLength(1);

  // The log of the hot plate documents it, and it says nothing of the reader or the list.
  const closed = await as('moss', disposeHit, close);
  expect(closed.view).toMatchObject({
    state: 'disposed',
    disposition: { outcome: 'entry_removed' },
  });
  expect(closed.muted).toBeNull();
  expect((await as('moss', listOpenHits, {})).hits).toEqual([]);
  const { figures } = accountability.verification.precision('all', 0, time.ms + 1);
  expect(figures).toMatchObject([{ right: 0, wrong: 0, undetermined: 1 }]);
});

it('an alert whose hot plate has expired says so, also before that is noted', async () => {
  const { as, join, hitOf, time } = await openStaffedUnit('vallejo');
  join('dee', 'detective');
  join('boss', 'alpr_administrator');
  join('moss', 'officer');
  const { id } = await as('dee', enterHotPlate, { ...entry, days: 1 });
  await as('boss', approveHotPlate, { id });
  const hit = await hitOf({ id, caseNumber: entry.caseNumber });
  time.ms += 2 * 86_400_000;
  const { entryEnd } = await as('moss', openHit, { id: hit.id }, why);
  expect(entryEnd).toMatchObject({ how: 'expired', outcome: null });
  const closing = { id: hit.id, outcome: 'entry_removed' } as const;
  expect((await as('moss', disposeHit, closing)).view.state).toBe('disposed');
});

describe('an alert whose entry its list no longer has', () => {
  const plates = ['8ABC123', '7XYZ890', '6KLM456'];

  /** A unit with a hit of the first of these plates, and the versions of its list. */
  async function alertedUnit() {
    const unit = await openStaffedUnit('vallejo');
    const { accountability, dataDir, time, join, storeHit } = unit;
    join('moss', 'officer');
    const file = pathOf(dataDir, 'svs.tbl');
    /** Takes a version of the list that its source made now, with these plates. */
    const take = async (listed: string[], state = 'CA') => {
      writeFileSync(file, listed.map((plate) => `${plate} ${state}3620251103\n`).join(''));
      const asOf = new Date(time.ms).toISOString();
      await accountability.hotlist.importFile({ listId: 'svs', file, asOf, force: true });
      time.ms += 60_000;
      return asOf;
    };
    await take(plates);
    const read = { plate: '8ABC123', characters: [], alternatives: [], state: null };
    const [match] = accountability.hotlist.match(read);
    if (match === undefined) throw new Error('the plate is not listed');
    const hit = await storeHit({ match });
    const seen = () => unit.as('moss', openHit, { id: hit.id }, why);
    return { ...unit, take, hit, seen };
  }

  it('says so, and is closed as such (VER-8)', async () => {
    const { as, take, hit, seen, accountability } = await alertedUnit();
    const { verification } = accountability;
    expect((await seen()).entryEnd).toBeNull();
    const before = verification.entriesVersion();
    const close = { id: hit.id, outcome: 'entry_removed' } as const;
    await expect(as('moss', disposeHit, close)).rejects.toThrow(/The entry is on its list/);

    const at = await take(plates.slice(1));
    // So that a card that is shown looks again.
    expect(verification.entriesVersion()).not.toBe(before);
    const end = { at, how: 'removed', outcome: null };
    expect(verification.standing(hit.id)?.entryEnd).toEqual(end);
    const view = await seen();
    expect(view).toMatchObject({ state: 'raised', entryEnd: end });
    expect(view.act.warnings).toContainEqual(expect.stringMatching(/^the entry was removed at /));
    expect((await as('moss', disposeHit, close)).view.state).toBe('disposed');
  });

  it('says nothing while a later version has it, in another state of issue or not, or an older one is used', async () => {
    const { take, seen, time } = await alertedUnit();
    await take(plates);
    expect((await seen()).entryEnd).toBeNull();
    // The plate of another state is another vehicle.
    await take(plates, 'NV');
    expect((await seen()).entryEnd).toMatchObject({ how: 'removed' });
    await take(plates);
    expect((await seen()).entryEnd).toBeNull();
    time.ms -= 86_400_000;
    await take(plates.slice(1));
    time.ms += 86_400_000;
    expect((await seen()).entryEnd).toBeNull();
  });
});
