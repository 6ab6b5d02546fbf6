import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AlertStatus } from '../../../src/accountability/verification/alert-status.ts';
import {
  listOtherUnitsAlerts,
  openHit,
} from '../../../src/accountability/verification/operations.ts';
import { sampleDetection, sampleHit } from '../../records/samples.ts';
import { matchOf, openVerification, raisedAtMs } from './open-verification.ts';

const at = (seconds: number) => raisedAtMs + seconds * 1000;

describe('what dispatch says', () => {
  it('DSP-1: the answer of dispatch moves the state on the unit, audited as of headquarters', async () => {
    const { storeHit, dispatch, verification, unattended } = openVerification('barstow');
    const hit = await storeHit();
    dispatch(hit, 'confirmation_in_progress', at(2));
    expect(verification.open(hit.id)).toMatchObject({
      state: 'confirmation_in_progress',
      asked: { at: new Date(at(2)).toISOString(), by: 'dispatch (Dispatcher 12)' },
    });
    dispatch(hit, 'verified', at(6));
    expect(verification.open(hit.id)).toMatchObject({
      state: 'status_confirmed',
      status: {
        channel: 'dispatch',
        source: 'Dispatcher 12',
        result: 'confirmed',
        by: 'dispatch (Dispatcher 12)',
      },
    });
    expect(unattended).toHaveLength(2);
    expect(unattended[1]).toMatchObject({
      category: 'Disposition',
      from: 'headquarters',
      object: `hit ${hit.id}`,
      who: { account: null, username: 'headquarters', name: 'Dispatcher 12' },
      query: { state: 'verified' },
    });
  });

  it('DSP-4: a verified alert is announced once, however often and in whatever order the messages arrive', async () => {
    const { storeHit, dispatch, verification } = openVerification('vallejo');
    const hit = await storeHit();
    const told: unknown[] = [];
    verification.events.on('answered', (of, result, by) => told.push([of.id, result, by]));
    const id = randomUUID();
    dispatch(hit, 'verified', at(6), { id });
    // Later on the wire, earlier in time.
    dispatch(hit, 'confirmation_in_progress', at(2));
    dispatch(hit, 'verified', at(6), { id });
    dispatch(hit, 'not_verified', at(3));
    expect(verification.open(hit.id).state).toBe('status_confirmed');
    expect(told).toEqual([[hit.id, 'verified', 'Dispatcher 12']]);
    dispatch(hit, 'not_verified', at(9));
    expect(verification.open(hit.id).state).toBe('not_wanted');
    expect(told.at(-1)).toEqual([hit.id, 'not_verified', 'Dispatcher 12']);
    expect(told).toHaveLength(2);
  });

  it('DSP-1: every order of arrival gives the same state', async () => {
    const words = [
      ['confirmation_in_progress', 1],
      ['not_verified', 2],
      ['confirmation_in_progress', 3],
      ['verified', 4],
    ] as const;
    const { storeHit, dispatch, verification } = openVerification('vallejo');
    for (const order of permutations([0, 1, 2, 3])) {
      const hit = await storeHit();
      for (const index of order) {
        const word = words[index];
        if (word) dispatch(hit, word[0], at(word[1]));
      }
      expect(verification.open(hit.id).state).toBe('status_confirmed');
    }
  });

  it('DSP-1: an answer about a reading that was amended since does not count', async () => {
    const { storeHit, verification, db } = openVerification('vallejo');
    const hit = await storeHit();
    const say = (plate: string) =>
      verification.onAlertStatus({
        id: randomUUID(),
        hitId: hit.id,
        unit: 'unit-7',
        state: 'verified',
        at: new Date(at(5)).toISOString(),
        by: 'Dispatcher 12',
        alert: {
          plate,
          state: 'CA',
          category: 'stolen_vehicle',
          make: null,
          model: null,
          colour: null,
          seenAt: hit.raisedAt,
          latitude: null,
          longitude: null,
          headingDeg: null,
        },
      });
    say('8ABC128');
    expect(verification.open(hit.id)).toMatchObject({ state: 'raised', status: null });
    expect(verification.open(hit.id).steps).toHaveLength(1);
    say('8ABC123');
    expect(verification.open(hit.id).state).toBe('status_confirmed');
    expect(db.prepare('SELECT count(*) FROM verification_step').pluck().get()).toBe(2);
  });

  it('DSP-2: alerts of other units are kept to be shown, the latest word of each, for a day', async () => {
    const { verification, act, time, storeHit } = openVerification();
    const heard: AlertStatus[] = [];
    verification.events.on('elsewhere', (status) => heard.push(status));
    const alert = {
      plate: '7XYZ001',
      state: 'CA',
      category: 'stolen_vehicle',
      make: 'HONDA',
      model: 'CIVIC',
      colour: 'RED',
      seenAt: new Date(at(0)).toISOString(),
      latitude: 38.1,
      longitude: -122.2,
      headingDeg: 270,
    };
    const hitId = randomUUID();
    const say = (state: AlertStatus['state'], seconds: number, more: Partial<AlertStatus> = {}) =>
      verification.onAlertStatus({
        id: randomUUID(),
        hitId,
        unit: 'unit-8',
        state,
        by: 'Dispatcher 12',
        alert,
        at: new Date(at(seconds)).toISOString(),
        ...more,
      });
    say('verified', 8);
    say('confirmation_in_progress', 3);
    say('raised', 5, { hitId: randomUUID(), unit: 'unit-9' });
    expect(heard.map(({ unit, state }) => `${unit} ${state}`)).toEqual([
      'unit-8 verified',
      'unit-9 raised',
    ]);
    const shown = await act(listOtherUnitsAlerts, {});
    expect(shown.map(({ unit, state }) => `${unit} ${state}`)).toEqual([
      'unit-8 verified',
      'unit-9 raised',
    ]);
    expect(shown[0]?.alert).toEqual(alert);
    // On this unit's own hit of that vehicle they are beside it.
    const hit = await storeHit({
      read: { ...sampleHit(sampleDetection()).read, plate: '7XYZ001' },
    });
    expect(verification.open(hit.id).elsewhere.map(({ unit }) => unit)).toEqual([
      'unit-8',
      'unit-9',
    ]);
    const other = await storeHit();
    expect(verification.open(other.id).elsewhere).toEqual([]);
    // DSP-5: a later sighting brings the new direction.
    say('verified', 20, {
      alert: { ...alert, headingDeg: 90, seenAt: new Date(at(20)).toISOString() },
    });
    expect((await act(listOtherUnitsAlerts, {}))[0]?.alert?.headingDeg).toBe(90);
    time.ms += 25 * 3_600_000;
    expect(await act(listOtherUnitsAlerts, {})).toEqual([]);
  });

  it('DSP-3: the hit that dispatch works from names vehicle, plate, issuer, direction, place and time', async () => {
    const { storeHit, act } = openVerification();
    const hit = await storeHit({ match: matchOf({ model: 'OUTBACK' }) });
    const shown = await act(openHit, { id: hit.id });
    expect(shown).toMatchObject({
      plate: '8ABC123',
      match: { entry: { make: 'Subaru', model: 'OUTBACK', colour: 'blue', state: 'CA' } },
      direction: { headingDeg: 91.3, source: 'own-course' },
      fix: { latitude: -33.8567844 },
      raisedAt: hit.raisedAt,
    });
  });

  it('a word on a hit that was purged here changes nothing', () => {
    const { verification, unattended } = openVerification();
    verification.onAlertStatus({
      id: randomUUID(),
      hitId: randomUUID(),
      unit: 'unit-7',
      state: 'verified',
      at: new Date(at(1)).toISOString(),
      by: 'Dispatcher 12',
      alert: null,
    });
    expect(unattended).toEqual([]);
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

it('DSP-2: an answer of a clock that is ahead does not outweigh what comes after it', async () => {
  const { storeHit, dispatch, notWanted, verification, time } = openVerification();
  const hit = await storeHit();
  dispatch(hit, 'verified', time.ms + 365 * 86_400_000);
  expect(verification.open(hit.id).status?.result).toBe('confirmed');
  time.ms += 60_000;
  await notWanted(hit);
  expect(verification.open(hit.id).state).toBe('not_wanted');
});
