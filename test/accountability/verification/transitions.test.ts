import { describe, expect, it, test } from 'vitest';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import type { AlertStatus } from '../../../src/accountability/verification/alert-status.ts';
import { alertUpdateSchema } from '../../../src/accountability/verification/alert-update.ts';
import { aboutHit } from '../../../src/accountability/verification/entry-hash.ts';
import { judge } from '../../../src/accountability/verification/judge.ts';
import type { Step, StepBody } from '../../../src/accountability/verification/step.ts';
import {
  answerOf,
  checkOccupant,
  close,
  confirmStatus,
  confirmVisual,
  declareExigent,
  dispatchStep,
  disposalOf,
  enforce,
  isClosedWith,
  startConfirmation,
  updateOf,
} from '../../../src/accountability/verification/transitions.ts';
import { sampleDetection, sampleHit } from '../../records/samples.ts';

const { verification: policy } = loadPolicy({ profile: 'vallejo', overrides: {} }).policy;
const hit = sampleHit(sampleDetection());
const raisedMs = Date.parse(hit.raisedAt);
const nowMs = raisedMs + 60_000;
const by = { account: '0192aaaa-0000-7000-8000-000000000001', username: 'm', name: 'M', role: 'o' };

/** The state of the hit after these steps, a second apart. */
function stateAfter(...bodies: StepBody[]) {
  const steps = bodies.map(
    (body, index): Step => ({
      ...body,
      id: `step-${index}`,
      by,
      atMs: raisedMs + index * 1000,
      recordedAtMs: raisedMs + index * 1000,
    }),
  );
  return judge(hit, steps, policy);
}
const seen = confirmVisual(
  hit,
  stateAfter(),
  { characters: 'yes', state: 'yes', vehicle: 'yes' },
  { oIsZero: false, nowMs },
).steps;
const call = { channel: 'dispatch', source: 'Unit 12', result: 'confirmed' } as const;
const confirmed = confirmStatus(hit, stateAfter(), call, nowMs).steps;
const closed = stateAfter(
  ...seen,
  ...close(
    disposalOf(hit, stateAfter(), { outcome: 'not_located', notes: 'gone' }, policy),
    { closedWith: null, replaces: null },
    nowMs,
  ).steps,
);
const refusal = (code: string) => expect.objectContaining({ code });

describe('what an officer sees', () => {
  it('is one step for each aspect that was answered, about this read of this entry', () => {
    const { steps, update } = confirmVisual(
      hit,
      stateAfter(),
      { state: 'no', vehicle: 'yes' },
      { oIsZero: false, nowMs },
    );
    expect(steps).toEqual([
      { kind: 'visual', aspect: 'state', answer: 'no', about: aboutHit(hit) },
      { kind: 'visual', aspect: 'vehicle', answer: 'yes', about: aboutHit(hit) },
    ]);
    expect(update).toEqual({ event: 'alert.visual' });
  });
});

describe('a confirmation', () => {
  it('is recorded with when it was given', () => {
    const { steps, atMs, update } = confirmStatus(
      hit,
      stateAfter(),
      { ...call, atMs: raisedMs + 5 },
      nowMs,
    );
    expect(steps).toEqual([{ kind: 'status', ...call, about: aboutHit(hit) }]);
    expect(atMs).toBe(raisedMs + 5);
    expect(update).toEqual({ event: 'alert.status', status: call });
    expect(confirmStatus(hit, stateAfter(), call, nowMs).atMs).toBe(nowMs);
  });

  test.each([
    ['of before the alert', -60_001, false],
    ['of just before it, by another clock', -60_000, true],
    ['of just after now, by another clock', 120_000, true],
    ['of the future', 120_001, false],
  ])('%s counts or not (VER-3)', (_, sinceRaisedMs, counts) => {
    const told = { ...call, atMs: raisedMs + sinceRaisedMs };
    const confirm = () => confirmStatus(hit, stateAfter(), told, nowMs);
    if (counts) expect(confirm().atMs).toBe(told.atMs);
    else expect(confirm).toThrow(refusal('bad-time'));
  });
});

describe('an action', () => {
  it('is refused with all that is missing, until the hit is validated (VER-6)', () => {
    expect(() => enforce(stateAfter(...seen), { action: 'stop' }, nowMs)).toThrow(
      expect.objectContaining({
        code: 'not-validated',
        message: expect.stringContaining('status'),
      }),
    );
    const { steps, update } = enforce(stateAfter(...seen, ...confirmed), { action: 'stop' }, nowMs);
    expect(steps).toEqual([{ kind: 'enforcement', action: 'stop', note: null, warnings: [] }]);
    expect(update).toEqual({ event: 'alert.enforcement', note: 'stop' });
  });

  it('before the status needs an exigent reason, where the policy knows such an exit (VER-3)', () => {
    expect(() =>
      declareExigent(stateAfter(), 'child in the car', { clets: 'required' }, nowMs),
    ).toThrow(refusal('status-required'));
    expect(
      declareExigent(stateAfter(...confirmed), 'child', { clets: 'required' }, nowMs).steps,
    ).toHaveLength(1);
    const { update } = declareExigent(
      stateAfter(),
      'child in the car',
      { clets: 'required_unless_exigent' },
      nowMs,
    );
    expect(update).toMatchObject({ to: ['dispatch', 'supervisor'], note: 'child in the car' });
  });
});

it('an occupant is checked only where the reason is about a person (VER-7)', () => {
  expect(() => checkOccupant(stateAfter(), { answer: 'yes' }, nowMs)).toThrow(refusal('no-person'));
  const state = { ...stateAfter(), occupant: { asked: true as const, step: null } };
  expect(checkOccupant(state, { answer: 'no', basis: 'expired tags' }, nowMs)).toEqual({
    steps: [{ kind: 'occupant', answer: 'no', basis: 'expired tags' }],
    atMs: nowMs,
    update: { event: 'alert.occupant', to: [] },
  });
});

describe('a closed hit', () => {
  test.each([
    ['seen', () => confirmVisual(hit, closed, { vehicle: 'yes' }, { oIsZero: false, nowMs })],
    ['asked about', () => startConfirmation(closed, nowMs)],
    ['confirmed', () => confirmStatus(hit, closed, call, nowMs)],
    ['checked', () => checkOccupant(closed, { answer: 'yes' }, nowMs)],
    ['declared exigent', () => declareExigent(closed, 'text', policy, nowMs)],
    ['acted upon', () => enforce(closed, { action: 'stop' }, nowMs)],
  ])('cannot be %s', (_, transition) => {
    expect(transition).toThrow(refusal('disposed'));
  });

  it('can be disposed of again, which corrects it', () => {
    const told = { outcome: 'misread_characters', correctedPlate: '8ABC128', notes: 'n' } as const;
    expect(disposalOf(hit, closed, told, policy)).toMatchObject({
      outcome: 'misread_characters',
      correction: { corrected: { plate: '8ABC128' } },
    });
  });
});

describe('closing', () => {
  it('by an arrest needs a validated hit, or an action that was recorded (VER-6)', () => {
    const told = { outcome: 'arrest', notes: 'booked' } as const;
    expect(() => disposalOf(hit, stateAfter(...seen), told, policy)).toThrow(
      refusal('not-validated'),
    );
    const stopped: StepBody = { kind: 'enforcement', action: 'stop', note: null, warnings: [] };
    for (const state of [stateAfter(...seen, ...confirmed), stateAfter(stopped)]) {
      expect(disposalOf(hit, state, told, policy).outcome).toBe('arrest');
    }
  });

  it('notifies dispatch and the entering member, and names the hit that it was closed with', () => {
    const disposition = disposalOf(
      hit,
      stateAfter(),
      { outcome: 'not_located', notes: 'gone' },
      policy,
    );
    const { steps, update } = close(disposition, { closedWith: 'other', replaces: null }, nowMs);
    expect(steps).toMatchObject([{ kind: 'disposition', outcome: 'not_located', with: 'other' }]);
    expect(update?.to).toEqual(['dispatch', 'entering_member']);
    expect(update?.disposition).not.toHaveProperty('with');
  });

  it('takes along the open hits of the vehicle, but none that was withdrawn or is closed', () => {
    expect(isClosedWith(hit, stateAfter(), 'other')).toBe(true);
    expect(isClosedWith(hit, closed, 'other')).toBe(false);
    expect(isClosedWith({ ...hit, state: 'withdrawn' }, stateAfter(), 'other')).toBe(false);
  });
});

describe('a word of dispatch', () => {
  const word = (state: AlertStatus['state']): AlertStatus => ({
    id: hit.id,
    unit: hit.unit,
    hitId: hit.id,
    state,
    by: 'Dispatcher 4',
    at: hit.raisedAt,
    alert: null,
  });

  it('is a step of the hit if it contains its status', () => {
    expect(dispatchStep(word('confirmation_in_progress'), 'about')).toEqual({
      kind: 'confirmation-started',
    });
    expect(dispatchStep(word('verified'), 'about')).toMatchObject({ result: 'confirmed' });
    expect(dispatchStep(word('not_verified'), 'about')).toMatchObject({ result: 'not_wanted' });
  });

  it('answers once: when it counts, and says another thing than before', () => {
    const step = dispatchStep(word('verified'), aboutHit(hit));
    if (step === null) throw new Error('dispatch answers by a step');
    expect(answerOf(stateAfter(), stateAfter(step), 'step-0')).toBe('verified');
    expect(answerOf(stateAfter(step), stateAfter(step, step), 'step-1')).toBeNull();
    const no = dispatchStep(word('not_verified'), aboutHit(hit)) ?? step;
    expect(answerOf(stateAfter(step), stateAfter(step, no), 'step-1')).toBe('not_verified');
    // A word about an earlier reading does not count.
    expect(
      answerOf(stateAfter(), stateAfter({ ...no, about: 'older' } as StepBody), 'step-0'),
    ).toBeNull();
  });
});

test('a message to dispatch holds everything that its schema asks for', () => {
  const { update } = startConfirmation(stateAfter(), nowMs);
  if (update === null) throw new Error('dispatch is told of a confirmation');
  const message = updateOf(hit, update, {
    state: 'confirmation_in_progress',
    by,
    nowMs,
    steps: [],
  });
  expect(alertUpdateSchema.parse(message)).toMatchObject({
    event: 'alert.confirmation-started',
    hitId: hit.id,
    plate: hit.read.plate,
    to: ['dispatch'],
    note: null,
  });
});
