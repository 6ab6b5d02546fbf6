import { expect, it } from 'vitest';
import {
  bookEvidence,
  listEvidence,
  makeEvidence,
} from '../../../src/accountability/evidence/operations.ts';
import { enterHotPlate } from '../../../src/accountability/hotplates/operations.ts';
import { listNotices } from '../../../src/accountability/notices/operations.ts';
import { dayMs } from '../../../src/platform/clock.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

const inquiry = { purpose: 'investigation', caseNumber: '26-004211' };

it('RET-9: the booking of a package is on record (V 426.5)', async () => {
  const { as, join, hitOf, time } = await openStaffedUnit('vallejo');
  join('dee', 'detective', 'D. Dee');
  join('moss', 'officer', 'M. Moss');
  const { id } = await as('dee', enterHotPlate, {
    plate: '8ABC123',
    plateAgain: '8ABC123',
    state: 'CA',
    category: 'felony_vehicle',
    synopsis: 'Robbery of a store',
    caseNumber: '26-004211',
    days: 30,
  });
  const hit = await hitOf({ id, caseNumber: '26-004211' });
  const made = await as('dee', makeEvidence, { detectionIds: [hit.detectionId] }, inquiry);

  expect(await as('dee', listEvidence, { unbooked: true })).toMatchObject([
    { id: made.id, by: 'D. Dee', caseNumber: '26-004211', detections: 1, bookings: [] },
  ]);
  time.ms += 3_600_000;
  const booking = { id: made.id, place: 'property room, shelf 4', propertyNumber: '26-P-118' };
  await as('moss', bookEvidence, booking);
  time.ms += 3_600_000;
  const moved = await as('dee', bookEvidence, { ...booking, place: 'court' });
  expect(
    moved.bookings.map(({ place, propertyNumber, by }) => [place, propertyNumber, by]),
  ).toEqual([
    ['property room, shelf 4', '26-P-118', 'M. Moss'],
    ['court', '26-P-118', 'D. Dee'],
  ]);
  expect(await as('dee', listEvidence, { unbooked: true })).toEqual([]);
  const unknown = { ...booking, id: hit.detectionId };
  await expect(as('dee', bookEvidence, unknown)).rejects.toThrow(/was made on this unit/);
});

it('RET-9: the packages of a case are found however many newer ones there are', async () => {
  const { as, join, passes, time } = await openStaffedUnit('vallejo');
  join('dee', 'detective', 'D. Dee');
  const make = async (caseNumber: string) => {
    const { detectionId } = await passes(false);
    time.ms += 60_000;
    return as('dee', makeEvidence, { detectionIds: [detectionId] }, { ...inquiry, caseNumber });
  };
  const made = await make('26-004211');
  await make('26-004212');
  expect(await as('dee', listEvidence, { limit: 1 })).toMatchObject([{ caseNumber: '26-004212' }]);
  const ofCase = await as('dee', listEvidence, { limit: 1, caseNumber: ' 26-004211' });
  expect(ofCase.map(({ id }) => id)).toEqual([made.id]);
  expect(await as('dee', listEvidence, { release: '2026-0001' })).toEqual([]);
});

it('RET-9: those who worked on a case are told before its reads are purged, and others are not', async () => {
  const days = { minDays: 0, maxDays: 60 };
  const { as, join, hitOf, time } = await openStaffedUnit('vallejo', {
    at: '2026-03-05T12:00:00Z',
    overrides: { retention: { reads: days, hits: days, images: days } },
  });
  join('dee', 'detective', 'D. Dee');
  join('tan', 'detective', 'R. Tan');
  const hit = await hitOf({ id: '0193a7c0-0000-7000-8000-000000000001', caseNumber: '26-004211' });
  await as('dee', makeEvidence, { detectionIds: [hit.detectionId] }, inquiry);
  const told = async (who: string) =>
    (await as(who, listNotices, {})).notices.filter(({ kind }) => kind === 'case-near-end');
  expect(await told('dee')).toEqual([]);
  time.ms += 50 * dayMs;
  const [near] = await told('dee');
  expect(near?.text).toContain('1 of 1 reads of case 26-004211 are purged from 2026-05-0');
  expect(await told('tan')).toEqual([]);
  time.ms += 3 * 3_600_000;
  expect(await told('dee')).toHaveLength(1);
});
