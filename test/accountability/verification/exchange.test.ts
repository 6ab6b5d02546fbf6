import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../../../src/accountability/gate/refusal.ts';
import { alertStatusSchema } from '../../../src/accountability/verification/alert-status.ts';
import {
  type AlertUpdate,
  alertUpdateSchema,
} from '../../../src/accountability/verification/alert-update.ts';
import { statusOf } from '../../../src/accountability/verification/status-of-update.ts';
import type { Place } from '../../../src/accountability/verification/step.ts';
import type { Hit } from '../../../src/records/detection.ts';
import { waitingOf } from '../../records/open-records.ts';
import { sampleDetection } from '../../records/samples.ts';
import { matchOf, openVerification, raisedAtMs } from './open-verification.ts';

const unitPlace = { place: 'unit', unit: 'unit-7' } as const;
const headquartersPlace = { place: 'headquarters', unit: 'headquarters' } as const;
const officer = {
  account: '0192aaaa-0000-7000-8000-000000000001',
  username: 'moss',
  name: 'A. Moss',
  role: 'officer',
};
const dispatcher = {
  account: '0192aaaa-0000-7000-8000-000000000002',
  username: 'mdiaz',
  name: 'M. Diaz',
  role: 'dispatcher',
};
type Side = ReturnType<typeof openVerification>;

/** A unit and its headquarters, each on databases of its own. */
function openBoth(profile = 'vallejo') {
  return {
    unit: openVerification(profile),
    headquarters: openVerification(profile, { place: 'headquarters' }),
  };
}

/** A hit that the unit raised and headquarters has. */
async function raise(
  { unit, headquarters }: ReturnType<typeof openBoth>,
  changes: Partial<Hit> = {},
) {
  const detection = sampleDetection();
  const hit = await unit.storeHit(changes, detection);
  await headquarters.takeHit(hit, detection);
  return hit;
}

/** What one side has to tell the other, as it goes over the link. */
function updatesOf(side: Side): AlertUpdate[] {
  return side
    .updates()
    .map(({ lane: _, ...body }) => alertUpdateSchema.parse(JSON.parse(JSON.stringify(body))));
}

const deliver = (to: Side, update: AlertUpdate, from: Place) =>
  to.verification.takeUpdate(update, from);

/** How a hit stands at one side, but for the words for its authors, which name the place. */
function standingOf({ verification, db }: Side, { id }: Hit) {
  const {
    state,
    visual,
    status,
    asked,
    claim,
    occupant,
    exigent,
    act,
    actions,
    disposition,
    steps,
  } = verification.open(id);
  const figure = db.prepare('SELECT * FROM verification_outcome WHERE hit_id = ?').get(id);
  const isOpen = verification.isOpenHit(id);
  const all = {
    state,
    visual,
    status,
    asked,
    claim,
    occupant,
    exigent,
    act,
    actions,
    disposition,
    steps,
  };
  const withoutAuthors = JSON.parse(
    JSON.stringify({ ...all, figure, isOpen }, (key, value) => (key === 'by' ? undefined : value)),
  );
  return withoutAuthors as { state: string };
}

test('DSP-4: what an officer records is at headquarters as at the unit, with the place of its author, once', async () => {
  const both = openBoth();
  const { unit, headquarters } = both;
  const hit = await raise(both);
  const changed: string[] = [];
  headquarters.verification.events.on('changed', (_, state) => changed.push(state));
  await unit.seeAll(hit);
  await unit.confirm(hit);
  const [visual, status] = updatesOf(unit);
  expect(visual && deliver(headquarters, visual, unitPlace)).toBe('taken');
  expect(visual && deliver(headquarters, visual, unitPlace)).toBe('repeat');
  expect(status && deliver(headquarters, status, unitPlace)).toBe('taken');
  expect(standingOf(headquarters, hit)).toEqual(standingOf(unit, hit));
  expect(headquarters.verification.open(hit.id)).toMatchObject({
    state: 'validated',
    visual: { characters: { by: 'Test officer, unit unit-7' } },
  });
  expect(changed).toEqual(['visually_verified', 'validated']);
  expect(headquarters.unattended).toMatchObject([
    {
      operation: 'hits.take-update',
      category: 'Disposition',
      who: { account: null, username: 'unit-7', name: 'Test officer' },
      from: 'unit unit-7',
      object: `hit ${hit.id}`,
      query: { event: 'alert.visual' },
    },
    { query: { event: 'alert.status' } },
  ]);
  // What was taken is not told again.
  expect(headquarters.updates()).toEqual([]);
});

test('DSP-4: a dispatcher’s answer at headquarters is on the unit’s card in their name, and is announced', async () => {
  const both = openBoth('barstow');
  const { unit, headquarters } = both;
  const hit = await raise(both);
  const announced: unknown[] = [];
  unit.verification.events.on('answered', (of, answer, by) => announced.push([of.id, answer, by]));
  headquarters.verification.startConfirmation(hit.id, dispatcher);
  headquarters.verification.confirmStatus(
    hit.id,
    { channel: 'clets_mdc', source: 'CLETS', result: 'confirmed' },
    dispatcher,
  );
  for (const update of [...updatesOf(headquarters), ...updatesOf(headquarters)]) {
    deliver(unit, update, headquartersPlace);
  }
  expect(unit.verification.standing(hit.id)).toMatchObject({
    state: 'status_confirmed',
    status: { result: 'confirmed', by: 'M. Diaz, headquarters' },
  });
  expect(announced).toEqual([[hit.id, 'verified', 'M. Diaz']]);
  expect(unit.unattended).toHaveLength(2);
  expect(unit.unattended[0]).toMatchObject({
    who: { username: 'headquarters', name: 'M. Diaz' },
    from: 'headquarters',
  });
});

test('a hit that has not come yet is unknown, and its steps can be taken later', async () => {
  const { unit, headquarters } = openBoth();
  const detection = sampleDetection();
  const hit = await unit.storeHit({}, detection);
  await unit.seeAll(hit);
  const [update] = updatesOf(unit);
  if (update === undefined) throw new Error('the unit told nothing');
  expect(deliver(headquarters, update, unitPlace)).toBe('unknown hit');
  expect(headquarters.unattended).toEqual([]);
  await headquarters.takeHit(hit, detection);
  expect(deliver(headquarters, update, unitPlace)).toBe('taken');
  expect(headquarters.verification.open(hit.id).state).toBe('visually_verified');
});

test('VER-8: an alert that headquarters closes is closed and silent at the unit, and open again there when it is reopened', async () => {
  const both = openBoth();
  const { unit, headquarters } = both;
  const hit = await raise(both);
  const { verification } = headquarters;
  const call = { channel: 'clets_mdc', source: 'CLETS', result: 'not_wanted' } as const;
  verification.confirmStatus(hit.id, call, dispatcher);
  const { muted } = verification.dispose(
    hit.id,
    { outcome: 'not_wanted', cadNumber: '26-0042' },
    dispatcher,
  );
  expect(muted).toEqual({ scope: 'entry', until: null });
  // Headquarters raises no alert that could be silent.
  expect(verification.mutes.list()).toEqual([]);
  const updates = updatesOf(headquarters);
  for (const update of updates.toReversed()) deliver(unit, update, headquartersPlace);
  expect(unit.verification.undisposedCount()).toBe(0);
  expect(unit.verification.isMuted(hit.match, hit.read.plate)).toBe(true);
  expect(unit.verification.mutes.list()).toMatchObject([{ mutedBy: 'M. Diaz, headquarters' }]);
  expect(standingOf(unit, hit)).toEqual(standingOf(headquarters, hit));

  unit.verification.reopen(hit.id, 'The vehicle is back on the road.', officer);
  for (const update of updatesOf(unit)) deliver(headquarters, update, unitPlace);
  expect(unit.verification.isMuted(hit.match, hit.read.plate)).toBe(false);
  expect(verification.undisposedCount()).toBe(1);
  expect(standingOf(unit, hit)).toEqual(standingOf(headquarters, hit));
});

test('HOT-9: a text that is struck at one place is in neither file', async () => {
  const both = openBoth();
  const { unit, headquarters } = both;
  const hit = await raise(both);
  const text = 'Robbery suspect Zebulon Quagmire shoots from the vehicle.';
  unit.verification.declareExigent(hit.id, text, officer);
  const [told] = updatesOf(unit);
  if (told === undefined) throw new Error('the unit told nothing');
  deliver(headquarters, told, unitPlace);
  headquarters.verification.strike(hit.id, 'exigent', dispatcher, true);
  const [strike] = updatesOf(headquarters);
  if (strike === undefined) throw new Error('headquarters told nothing');
  expect(deliver(unit, strike, headquartersPlace)).toBe('taken');
  expect(deliver(unit, strike, headquartersPlace)).toBe('repeat');
  // The message that had it comes once more.
  expect(deliver(headquarters, told, unitPlace)).toBe('repeat');
  for (const side of [unit, headquarters]) {
    expect(side.verification.open(hit.id)).toMatchObject({ exigent: { text: '(struck)' } });
    side.db.pragma('wal_checkpoint(TRUNCATE)');
    const file = readFileSync(join(side.dataDir, 'lookout.db'));
    expect(file.includes('Quagmire')).toBe(false);
  }
  expect(standingOf(unit, hit)).toEqual(standingOf(headquarters, hit));
  expect(unit.verification.open(hit.id).steps.at(-1)?.struck?.by).toBe('M. Diaz, headquarters');
});

test('HOT-9: a strike that comes before what it strikes leaves no text behind', async () => {
  const both = openBoth();
  const { unit, headquarters } = both;
  const hit = await raise(both);
  unit.verification.declareExigent(hit.id, 'Zebulon Quagmire shoots from the vehicle.', officer);
  const [told] = updatesOf(unit);
  unit.verification.strike(hit.id, 'exigent', officer, false);
  const strike = updatesOf(unit).at(-1);
  if (told === undefined || strike === undefined) throw new Error('the unit told nothing');
  deliver(headquarters, strike, unitPlace);
  deliver(headquarters, told, unitPlace);
  expect(standingOf(headquarters, hit)).toEqual(standingOf(unit, hit));
  expect(
    JSON.stringify(headquarters.db.prepare('SELECT body FROM verification_step').all()),
  ).not.toContain('Quagmire');
});

test('HOT-9: of two who strike the same text at both places, the first is named at both', async () => {
  const both = openBoth();
  const { unit, headquarters } = both;
  const hit = await raise(both);
  unit.verification.declareExigent(hit.id, 'Zebulon Quagmire shoots from the vehicle.', officer);
  for (const update of updatesOf(unit)) deliver(headquarters, update, unitPlace);
  headquarters.time.ms += 1000;
  headquarters.verification.strike(hit.id, 'exigent', dispatcher, true);
  unit.time.ms += 3000;
  unit.verification.strike(hit.id, 'exigent', officer, false);
  for (const update of updatesOf(unit)) deliver(headquarters, update, unitPlace);
  for (const update of updatesOf(headquarters)) deliver(unit, update, headquartersPlace);
  expect(unit.verification.open(hit.id).steps[0]?.struck?.by).toBe('M. Diaz, headquarters');
  expect(standingOf(unit, hit)).toEqual(standingOf(headquarters, hit));
});

test('DSP-1: what dispatch says by an alert-status reaches headquarters, and gives way to the step that it is about', async () => {
  const both = openBoth();
  const { unit, headquarters } = both;
  const hit = await raise(both);
  headquarters.verification.confirmStatus(
    hit.id,
    { channel: 'dispatch', source: 'Console 2', result: 'confirmed' },
    dispatcher,
  );
  const [update] = updatesOf(headquarters);
  const step = update?.steps?.[0];
  if (update === undefined || step === undefined) throw new Error('headquarters told nothing');
  unit.dispatch(hit, 'verified', step.atMs, { id: step.id });
  const echo = updatesOf(unit);
  expect(echo).toMatchObject([
    { event: 'alert.dispatch', by: { dispatch: 'Dispatcher 12' }, status: { result: 'confirmed' } },
  ]);
  for (const each of echo) expect(deliver(headquarters, each, unitPlace)).toBe('repeat');
  expect(deliver(unit, update, headquartersPlace)).toBe('taken');
  expect(unit.verification.open(hit.id).status).toMatchObject({
    source: 'Console 2',
    by: 'M. Diaz, headquarters',
  });
  expect(standingOf(unit, hit)).toEqual(standingOf(headquarters, hit));
});

test('what another dispatch center says is on headquarters’ board', async () => {
  const both = openBoth();
  const { unit, headquarters } = both;
  const hit = await raise(both);
  unit.dispatch(hit, 'confirmation_in_progress', unit.time.ms);
  unit.dispatch(hit, 'not_verified', unit.time.ms + 5);
  for (const each of updatesOf(unit).toReversed()) deliver(headquarters, each, unitPlace);
  expect(headquarters.verification.open(hit.id)).toMatchObject({
    state: 'not_wanted',
    status: { by: 'dispatch (Dispatcher 12)' },
  });
});

test('a step that is made in the knowledge of one of a clock ahead counts after it, everywhere', async () => {
  const both = openBoth();
  const { unit, headquarters } = both;
  const hit = await raise(both);
  unit.time.ms += 365 * 86_400_000;
  await unit.confirm(hit);
  for (const each of updatesOf(unit)) deliver(headquarters, each, unitPlace);
  headquarters.verification.confirmStatus(
    hit.id,
    { channel: 'clets_mdc', source: 'CLETS', result: 'not_wanted' },
    dispatcher,
  );
  for (const each of updatesOf(headquarters)) deliver(unit, each, headquartersPlace);
  for (const { verification } of [unit, headquarters]) {
    expect(verification.open(hit.id).state).toBe('not_wanted');
  }
});

test('each place refuses by its own policy, and takes what the other’s permits', async () => {
  const unit = openVerification('strict');
  const headquarters = openVerification('napa', { place: 'headquarters' });
  const hit = await raise({ unit, headquarters });
  const why = 'The vehicle rams other cars on the bridge.';
  expect(() => unit.verification.declareExigent(hit.id, why, officer)).toThrow(Refusal);
  headquarters.verification.declareExigent(hit.id, why, dispatcher);
  for (const each of updatesOf(headquarters)) deliver(unit, each, headquartersPlace);
  expect(unit.verification.open(hit.id)).toMatchObject({
    state: 'exigent',
    act: { allowed: false },
  });
  const stop = { action: 'stop' } as const;
  expect(() => unit.verification.enforce(hit.id, stop, officer)).toThrow(/No action may be taken/);
});

/** One thing that somebody does at one of the places, or that the link does. */
type Deed = {
  side: 'unit' | 'headquarters';
  hit: number;
  does: (typeof deeds)[number];
  pauseMs: number;
};
const deeds = [
  'visual-yes',
  'visual-no',
  'start',
  'confirmed',
  'not-wanted',
  'no-response',
  'told-earlier',
  'exigent',
  'occupant',
  'enforce',
  'strike',
  'close-located',
  'close-misread',
  'close-not-wanted',
  'reopen',
  'claim',
  'take-over',
  'release',
  'clock-back',
  'deliver',
  'lose-and-repeat',
] as const;

function perform(side: Side, { id }: Hit, does: Deed['does'], who: typeof officer): void {
  const { verification, time } = side;
  const call = { channel: 'clets_mdc', source: 'CLETS' } as const;
  const yes = { characters: 'yes', state: 'yes', vehicle: 'yes' } as const;
  const acts: Partial<Record<Deed['does'], () => unknown>> = {
    'visual-yes': () => verification.confirmVisual(id, yes, who),
    'visual-no': () => verification.confirmVisual(id, { vehicle: 'no' }, who),
    start: () => verification.startConfirmation(id, who),
    confirmed: () => verification.confirmStatus(id, { ...call, result: 'confirmed' }, who),
    'not-wanted': () => verification.confirmStatus(id, { ...call, result: 'not_wanted' }, who),
    'no-response': () => verification.confirmStatus(id, { ...call, result: 'no_response' }, who),
    'told-earlier': () =>
      verification.confirmStatus(id, { ...call, result: 'confirmed', atMs: time.ms - 5000 }, who),
    exigent: () => verification.declareExigent(id, 'It rams other cars.', who),
    occupant: () => verification.checkOccupant(id, { answer: 'yes' }, who),
    enforce: () => verification.enforce(id, { action: 'stop' }, who),
    strike: () => verification.strike(id, 'notes', who, true),
    'close-located': () =>
      verification.dispose(id, { outcome: 'not_located', notes: 'Gone on arrival.' }, who),
    'close-misread': () =>
      verification.dispose(
        id,
        { outcome: 'misread_characters', cadNumber: '26-1', correctedPlate: '8ABC128' },
        who,
      ),
    'close-not-wanted': () =>
      verification.dispose(id, { outcome: 'not_wanted', cadNumber: '26-1' }, who),
    reopen: () => verification.reopen(id, 'It was closed by mistake.', who),
    claim: () => verification.claim(id, undefined, who),
    'take-over': () => verification.claim(id, 'The shift has ended.', who),
    release: () => verification.release(id, who),
    'clock-back': () => {
      time.ms -= 40_000;
    },
  };
  try {
    acts[does]?.();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

test('DSP-4: whatever both places do, and however messages are lost, doubled and overtaken, a hit stands alike at both in the end', {
  timeout: 300_000,
}, async () => {
  const deed = fc.record({
    side: fc.constantFrom('unit' as const, 'headquarters' as const),
    hit: fc.nat(2),
    does: fc.constantFrom(...deeds),
    pauseMs: fc.constantFrom(0, 1, 700, 9000),
  });
  const both = openBoth();
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 25 }), fc.infiniteStream(fc.nat()), (...run) =>
      runBoth(both, ...run),
    ),
    { numRuns: 60 },
  );
});

async function runBoth(
  both: ReturnType<typeof openBoth>,
  done: readonly Deed[],
  chances: Iterator<number>,
): Promise<void> {
  for (const { outbox, time } of [both.unit, both.headquarters]) {
    outbox.acknowledged(waitingOf(outbox).map(({ id }) => id));
    time.ms = raisedAtMs + 10_000;
  }
  const detection = sampleDetection();
  const hits: Hit[] = [];
  // Two lists have the vehicle, so that they are closed together; one is about a person.
  for (const match of [
    matchOf({}),
    matchOf({ id: 'ncic-1' }, { list: { ...matchOf({}).list, id: 'ncic', name: 'NCIC' } }),
  ]) {
    const hit = await both.unit.storeHit({ match }, detection);
    await both.headquarters.takeHit(hit, detection);
    hits.push(hit);
  }
  hits.push(await raise(both, { match: matchOf({ category: 'wanted_person' }) }));
  const chance = (below: number) => chances.next().value % below;
  const sent = {
    unit: new Map<string, AlertUpdate>(),
    headquarters: new Map<string, AlertUpdate>(),
  };
  const collect = () => {
    for (const side of ['unit', 'headquarters'] as const) {
      for (const update of updatesOf(both[side])) {
        const key = JSON.stringify(update);
        sent[side].set(key, update);
      }
    }
  };
  const arrive = (side: 'unit' | 'headquarters', update: AlertUpdate) =>
    side === 'unit'
      ? deliver(both.headquarters, update, unitPlace)
      : deliver(both.unit, update, headquartersPlace);
  for (const { side, hit, does, pauseMs } of done) {
    for (const { time } of [both.unit, both.headquarters]) time.ms += pauseMs;
    collect();
    const waiting = [...sent[side].values()];
    if (does === 'deliver') {
      const update = waiting[chance(Math.max(1, waiting.length))];
      if (update !== undefined) arrive(side, update);
    } else if (does === 'lose-and-repeat') {
      for (const update of waiting.filter(() => chance(2) === 1)) arrive(side, update);
    } else {
      const of = hits[hit];
      if (of !== undefined) perform(both[side], of, does, side === 'unit' ? officer : dispatcher);
    }
  }
  collect();
  const all = (['unit', 'headquarters'] as const).flatMap((side) =>
    [...sent[side].values()].map((update) => ({ side, update })),
  );
  const shuffled = all
    .map((each) => ({ each, at: chance(1_000_000) }))
    .sort((one, other) => one.at - other.at);
  for (const { each } of [...shuffled, ...shuffled]) arrive(each.side, each.update);
  for (const hit of hits) {
    expect(standingOf(both.headquarters, hit)).toEqual(standingOf(both.unit, hit));
  }
}

test('DSP-2: what is done at headquarters is told to all units by the id of its step, as far as it concerns them', async () => {
  const both = openBoth();
  const { unit, headquarters } = both;
  const hit = await raise(both);
  const { verification } = headquarters;
  verification.startConfirmation(hit.id, dispatcher);
  verification.confirmStatus(
    hit.id,
    { channel: 'clets_mdc', source: 'CLETS', result: 'no_response' },
    dispatcher,
  );
  headquarters.time.ms += 1000;
  verification.confirmStatus(
    hit.id,
    { channel: 'clets_mdc', source: 'CLETS', result: 'confirmed' },
    dispatcher,
  );
  const updates = updatesOf(headquarters);
  const statuses = updates.map((update) => statusOf(update, hit));
  expect(statuses).toMatchObject([
    { state: 'confirmation_in_progress', unit: 'unit-7', by: 'M. Diaz' },
    null,
    { state: 'verified', hitId: hit.id, alert: { plate: '8ABC123', make: 'Subaru' } },
  ]);
  // The unit that raised it gets the steps too, and announces the answer once.
  const announced: string[] = [];
  unit.verification.events.on('answered', (_, answer) => announced.push(answer));
  for (const [index, update] of updates.entries()) {
    const status = statuses[index];
    if (status) unit.verification.onAlertStatus(alertStatusSchema.parse(status));
    deliver(unit, update, headquartersPlace);
    if (status) unit.verification.onAlertStatus(status);
  }
  expect(announced).toEqual(['verified']);
  expect(standingOf(unit, hit)).toEqual(standingOf(headquarters, hit));
});
