import { expect, test } from 'vitest';
import {
  type AlertUpdate,
  alertUpdateSchema,
} from '../../../src/accountability/verification/alert-update.ts';
import { sampleDetection } from '../../records/samples.ts';
import { openVerification } from './open-verification.ts';

const from = { place: 'unit', unit: 'unit-7' } as const;

/** A unit, a headquarters that has its hit, and what the unit tells, as a version without steps would. */
async function openOlder() {
  const unit = openVerification();
  const headquarters = openVerification('vallejo', { place: 'headquarters' });
  const detection = sampleDetection();
  const hit = await unit.storeHit({}, detection);
  await headquarters.takeHit(hit, detection);
  const told = (): AlertUpdate[] =>
    unit.updates().map(({ lane: _, steps: __, ...body }) => alertUpdateSchema.parse(body));
  const take = () => told().map((update) => headquarters.verification.takeUpdate(update, from));
  return { unit, headquarters, hit, told, take };
}

test('what an older unit tells of an alert is at headquarters, as far as it says it', async () => {
  const { unit, headquarters, hit, take } = await openOlder();
  unit.verification.startConfirmation(hit.id, {
    account: '0192aaaa-0000-7000-8000-000000000001',
    username: 'moss',
    name: 'A. Moss',
    role: 'officer',
  });
  await unit.seeAll(hit);
  await unit.confirm(hit);
  await unit.dispose(hit, { outcome: 'arrest' });
  expect(take()).toEqual(['taken', 'taken', 'taken', 'taken']);
  expect(headquarters.verification.open(hit.id)).toMatchObject({
    state: 'disposed',
    visual: { characters: { answer: 'yes', by: 'Test officer, unit unit-7' } },
    status: { channel: 'dispatch', source: 'Dispatcher 12', result: 'confirmed' },
    disposition: { outcome: 'arrest', cadNumber: '26-0042' },
  });
  expect(headquarters.verification.undisposedCount()).toBe(0);
  expect(take()).toEqual(['repeat', 'repeat', 'repeat', 'repeat']);
});

test('of a vehicle that does not match an older unit does not say in what: nothing is made up', async () => {
  const { unit, headquarters, hit, take } = await openOlder();
  unit.verification.confirmVisual(
    hit.id,
    { vehicle: 'no' },
    { account: '0192aaaa-0000-7000-8000-000000000001', username: 'm', name: 'M', role: 'officer' },
  );
  expect(take()).toEqual(['repeat']);
  expect(headquarters.verification.open(hit.id).steps).toEqual([]);
});

test('HOT-9: an older unit’s strike is obeyed, and also that of the unit once it is updated', async () => {
  const { unit, headquarters, hit, take } = await openOlder();
  const by = {
    account: '0192aaaa-0000-7000-8000-000000000001',
    username: 'moss',
    name: 'A. Moss',
    role: 'officer',
  };
  const stored = () =>
    JSON.stringify(headquarters.db.prepare('SELECT body FROM verification_step').all());
  unit.verification.declareExigent(hit.id, 'Zebulon Quagmire rams other cars.', by);
  expect(take()).toEqual(['taken']);
  expect(stored()).toContain('Quagmire');
  unit.time.ms += 1000;
  unit.verification.strike(hit.id, 'exigent', by, false);
  // Updated between: its strike carries the step, whose id headquarters has not.
  const { lane: _, ...strike } = unit.updates().at(-1) ?? {};
  expect(headquarters.verification.takeUpdate(alertUpdateSchema.parse(strike), from)).toBe('taken');
  expect(stored()).not.toContain('Quagmire');
  expect(headquarters.verification.open(hit.id).steps).toHaveLength(1);

  const other = await openOlder();
  other.unit.verification.declareExigent(other.hit.id, 'Zebulon Quagmire rams other cars.', by);
  other.take();
  other.unit.time.ms += 1000;
  other.unit.verification.strike(other.hit.id, 'exigent', by, false);
  const last = other.told().at(-1);
  if (last === undefined) throw new Error('the unit told nothing');
  expect(other.headquarters.verification.takeUpdate(last, from)).toBe('taken');
  expect(
    JSON.stringify(other.headquarters.db.prepare('SELECT body FROM verification_step').all()),
  ).not.toContain('Quagmire');
});
