import { expect, it } from 'vitest';
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
