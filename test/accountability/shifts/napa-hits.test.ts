import { describe, expect, it } from 'vitest';
import { makeEvidence } from '../../../src/accountability/evidence/operations.ts';
import { approveHotPlate } from '../../../src/accountability/hotplates/operations.ts';
import { listNotices } from '../../../src/accountability/notices/operations.ts';
import { reportUse, sampleInquiries } from '../../../src/accountability/oversight/operations.ts';
import { purgeNow, setHold } from '../../../src/accountability/retention/operations.ts';
import {
  confirmStatus,
  confirmVisual,
  disposeHit,
  listWrongAlerts,
  openHit,
  recordEnforcement,
} from '../../../src/accountability/verification/operations.ts';
import { describeDisposed } from '../../../src/cli/hit-text.ts';
import { dayMs } from '../../../src/platform/clock.ts';
import { waitFor } from '../../support/wait-for.ts';
import { burglary, openShift, wanted } from './shift.ts';

const why = { purpose: 'investigation' };
const hourMs = 3_600_000;

/** A unit under a profile by which nothing stays once headquarters has it. */
async function openUnit(profile = 'napa') {
  const unit = await openShift(profile, {
    moss: 'officer',
    det: 'detective',
    sgt: 'supervisor',
    clerk: 'records_clerk',
  });
  const { as, passes, acknowledgeAll, has, time } = unit;
  const listed = async () => {
    const { detectionId, hitId } = await passes(true);
    return { detectionId, hitId: hitId ?? '' };
  };
  /** Headquarters acknowledges, and what may go is gone: a read that nobody needs, by which one sees it. */
  const settle = async () => {
    const { detectionId } = await passes(false);
    acknowledgeAll();
    await waitFor(() => !has(detectionId), { what: 'a read to leave' });
    await as('ada', purgeNow, {});
  };
  const look = (hitId: string) =>
    as(
      'moss',
      confirmVisual,
      { id: hitId, characters: 'yes', state: 'yes', vehicle: 'yes' },
      burglary,
    );
  const later = (ms: number) => {
    time.ms += ms;
  };
  return { ...unit, listed, settle, look, later };
}

describe('RET-6: a closed hit on a unit that keeps nothing', () => {
  it('stays for its correction, and leaves after twelve hours; the answer says so', async () => {
    const { as, listed, settle, has, later } = await openUnit();
    const { hitId, detectionId } = await listed();
    await settle();
    expect(has(detectionId)).toBe(true);
    const input = { id: hitId, outcome: 'not_located', cadNumber: '26-1' } as const;
    const disposed = await as('moss', disposeHit, input, why);
    expect(disposed.leaves).toEqual({ at: '2026-11-30T00:00:00.000Z', atMostDays: 30 });
    expect(describeDisposed(disposed)).toMatch(
      /It leaves this unit at 2026-11-30 .*\n.*evidence make FOLDER --hits .*\n.*hold set --detections /,
    );
    later(11 * hourMs);
    await settle();
    await as('moss', disposeHit, { ...input, outcome: 'no_action' }, why);
    later(11 * hourMs);
    await settle();
    expect(has(detectionId)).toBe(true);
    later(hourMs);
    await settle();
    expect(has(detectionId)).toBe(false);
  });

  it.each(['napa', 'strict'])(
    'RET-9: under %s is packed as evidence, and leaves a day after it',
    async (profile) => {
      const { as, listed, settle, look, has, later } = await openUnit(profile);
      const { hitId, detectionId } = await listed();
      const stated = { purpose: 'investigation', caseNumber: '26-0042', reason: 'stolen vehicle' };
      await as('moss', openHit, { id: hitId }, stated);
      await look(hitId);
      await as(
        'moss',
        confirmStatus,
        { id: hitId, channel: 'dispatch', source: 'Dispatcher 12', result: 'confirmed' },
        stated,
      );
      await as('moss', recordEnforcement, { id: hitId, action: 'stop' }, stated);
      const disposed = await as(
        'moss',
        disposeHit,
        { id: hitId, outcome: 'arrest', reportNumber: '26-0042' },
        stated,
      );
      expect(disposed.leaves).toMatchObject({ at: null });
      expect(describeDisposed(disposed)).toMatch(
        /stays on this unit until a day after it was packed/,
      );
      later(20 * dayMs);
      await settle();
      const made = await as('det', makeEvidence, { hitIds: [hitId] }, stated);
      expect(made.contents).toMatchObject({ detections: 1, hits: 1 });
      later(23 * hourMs);
      await settle();
      expect(has(detectionId)).toBe(true);
      later(hourMs);
      await settle();
      expect(has(detectionId)).toBe(false);
    },
  );

  it('that nobody packs leaves at the end of its longest time, and one on hold does not', async () => {
    const { as, listed, settle, look, has, later } = await openUnit();
    const [one, other] = [await listed(), await listed()];
    for (const { hitId } of [one, other]) {
      await look(hitId);
      await as(
        'moss',
        disposeHit,
        { id: hitId, outcome: 'person_located', cadNumber: '26-1' },
        why,
      );
    }
    const scope = { kind: 'detections' as const, detectionIds: [other.detectionId] };
    await as('det', setHold, { scope, reason: 'trial' }, why);
    later(29 * dayMs);
    await settle();
    expect([has(one.detectionId), has(other.detectionId)]).toEqual([true, true]);
    later(2 * dayMs);
    await settle();
    expect([has(one.detectionId), has(other.detectionId)]).toEqual([false, true]);
  });

  it('of a hot plate stays for the case that it was entered for, unless it was wrong', async () => {
    const { as, enter, hitOf, settle, has, later } = await openUnit();
    const { id } = await enter('det', { ...wanted, days: 30 });
    await as('sgt', approveHotPlate, { id });
    const seen = await hitOf({ id, caseNumber: '26-0042' });
    const wrong = await hitOf({ id, caseNumber: '26-0042' });
    const close = { cadNumber: '26-1' } as const;
    await as('moss', disposeHit, { id: seen.id, outcome: 'not_located', ...close }, why);
    await as('moss', disposeHit, { id: wrong.id, outcome: 'bad_entry', ...close }, why);
    later(dayMs);
    await settle();
    expect([has(seen.detectionId), has(wrong.detectionId)]).toEqual([true, false]);
    // Told although the hit is gone.
    const { notices } = await as('det', listNotices, {});
    expect(notices.filter(({ kind }) => kind === 'disposition').map(({ about }) => about)).toEqual(
      expect.arrayContaining([`hit ${seen.id}`, `hit ${wrong.id}`]),
    );
  });
});

it('AUD-8 VER-11: what dispositions found to be wrong stands in memorandum and report after the hits have left', async () => {
  const { as, listed, settle, has, later } = await openUnit();
  const [misread, stale] = [await listed(), await listed()];
  const misreadAs = {
    outcome: 'misread_characters',
    correctedPlate: '8FAK128',
    notes: 'The eight is a B on the vehicle.',
  } as const;
  await as('moss', disposeHit, { id: misread.hitId, ...misreadAs }, why);
  await as('moss', disposeHit, { id: stale.hitId, outcome: 'bad_entry', cadNumber: '26-1' }, why);
  const before = await as('ada', sampleInquiries, {});
  later(dayMs);
  await settle();
  expect([has(misread.detectionId), has(stale.detectionId)]).toEqual([false, false]);
  const { memo } = await as('ada', sampleInquiries, {});
  const rows = (text: string) => text.split('\n').filter((line) => line.includes('| alert no. …'));
  expect(rows(memo)).toHaveLength(2);
  expect(memo).toMatch(/misread characters \| \S+ \([A-Z]+\) → 8FAK128/);
  // The officer's free text goes with the hit, as it could no longer be struck.
  expect(before.memo).toContain('The eight is a B');
  expect(memo).not.toContain('The eight is a B');
  const { report } = await as('ada', reportUse, {});
  expect(report.dataErrors.map(({ what }) => what)).toEqual(['misread characters', 'bad entry']);
  expect(await as('ada', listWrongAlerts, {})).toHaveLength(2);
});
