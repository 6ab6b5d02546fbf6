import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { disposeHit } from '../../src/accountability/verification/operations.ts';
import type { AlertView } from '../../src/console/alert-view.ts';
import { exampleConsensus, exampleMatch } from '../alerts/sample-alerts.ts';
import { openStaffedUnit } from '../support/staffed-unit.ts';
import { waitFor } from '../support/wait-for.ts';
import { askAsPage, type TestScreen } from './screen.ts';
import { startUnitConsole } from './unit-console.ts';

const why = { purpose: 'investigation', incidentNumber: '26-0042' };
const felony = exampleMatch({ entry: { id: 'f-1', category: 'felony_vehicle' } });
const stolen = exampleMatch();

const cardOf = (screen: TestScreen, id: string): AlertView => {
  const card = screen.alerts.get(id);
  if (card === undefined || card.withheld) throw new Error(`${id} is not on the screen`);
  return card;
};
const seenPath = (id: string) => `api/live/${id}/seen`;

/** A unit with two screens: of an officer's, and by default of the same officer's session. */
async function twoScreens(other: 'reyes' | 'moss' = 'reyes') {
  const staffed = await openStaffedUnit('vallejo');
  const officer = await staffed.enrol('reyes', 'officer');
  if (other === 'moss') await staffed.enrol('moss', 'officer');
  const unit = await startUnitConsole(staffed);
  const screens = [await unit.screenOf('reyes'), await unit.screenOf(other)] as const;
  return { staffed, officer, unit, screens };
}

test('what one screen has marked as seen is seen on every screen, by whom and when, and can be taken back (PRA-6)', async () => {
  const { unit, screens, staffed } = await twoScreens();
  const [here, there] = screens;
  const id = uuidv7();
  await unit.see([felony], { id });
  await waitFor(() => screens.every(({ alerts }) => alerts.has(id)));
  const { revision, hitId, shortId } = cardOf(here, id);
  expect(hitId.endsWith(shortId)).toBe(true);
  expect(cardOf(here, id).seen).toBeNull();

  const { status, body } = await here.post(seenPath(id), { input: { revision } });
  expect([status, body.seen?.by]).toEqual([200, 'Test reyes (reyes)']);
  await waitFor(() => cardOf(there, id).seen !== null);
  expect(cardOf(there, id)).toMatchObject({ revision, seen: body.seen });
  expect((await there.post(`api/live/${id}/unseen`, { input: { revision } })).status).toBe(200);
  await waitFor(() => cardOf(here, id).seen === null);
  const told = staffed.accountability.audit
    .read({}, { limit: 50, newest: true })
    .filter(({ operation }) => /^alerts\.(un)?seen$/.test(operation))
    .map(({ operation, outcome, object, who }) => [operation, outcome, object, who.username]);
  expect(told.reverse()).toEqual(
    ['alerts.seen', 'alerts.unseen'].flatMap((name) =>
      ['started', 'done'].map((outcome) => [name, outcome, `alert ${id}`, 'reyes']),
    ),
  );
});

test('an alert that has changed since it was drawn is not marked: the answer says to look again (PRA-6)', async () => {
  const { unit, screens } = await twoScreens();
  const [here] = screens;
  const id = uuidv7();
  await unit.see([stolen], { id });
  await waitFor(() => here.alerts.has(id));
  const { revision } = cardOf(here, id);
  const read = exampleConsensus('7ABC12B');
  await unit.see([{ ...felony, differences: [] }], { id, consensus: read });
  await waitFor(() => cardOf(here, id).revision > revision);
  const late = await here.post(seenPath(id), { input: { revision } });
  expect([late.status, late.body.code]).toEqual([409, 'alert-changed']);
  expect(cardOf(here, id).seen).toBeNull();
  const now = cardOf(here, id).revision;
  expect((await here.post(seenPath(id), { input: { revision: now } })).status).toBe(200);
  expect((await here.post(seenPath('x'), { input: { revision: now } })).status).toBe(404);
  expect((await here.post(seenPath(id), { input: {} })).status).toBe(400);
});

test('after a restart what was seen is seen and what was not is not, also with its versions (PRA-6, PRA-7)', async () => {
  const { staffed, unit, screens } = await twoScreens();
  const [here] = screens;
  const ids = [uuidv7(), uuidv7()] as const;
  await unit.see([felony], { id: ids[0] });
  await unit.see([exampleMatch({ entry: { id: 's-2' } })], { id: ids[1] });
  await waitFor(() => here.alerts.size === 2);
  const before = new Map([...here.alerts].map(([id, { revision }]) => [id, revision]));
  await here.post(seenPath(ids[1]), { input: { revision: before.get(ids[1]) } });
  const seen = cardOf(here, ids[1]).seen;
  // The unit goes without a word: nothing is written at the end.
  await unit[Symbol.asyncDispose]();

  const again = await startUnitConsole(staffed);
  const screen = await again.screenOf('reyes');
  expect([...screen.alerts.keys()].sort()).toEqual([...ids].sort());
  expect(cardOf(screen, ids[0])).toMatchObject({ seen: null, class: 'urgent' });
  expect(cardOf(screen, ids[1]).seen).toEqual(seen);
  expect(new Map([...screen.alerts].map(([id, { revision }]) => [id, revision]))).toEqual(before);

  // A later sighting that sounds is news, and does not come back as seen either.
  await again.see([exampleMatch({ entry: { id: 's-2' } })], { id: uuidv7() });
  await waitFor(() => cardOf(screen, ids[1]).seen === null);
  expect(cardOf(screen, ids[1]).revision).toBeGreaterThan(before.get(ids[1]) ?? 0);
  await again[Symbol.asyncDispose]();
  const third = await startUnitConsole(staffed);
  expect(cardOf(await third.screenOf('reyes'), ids[1]).seen).toBeNull();
});

test('a locked session marks nothing, and its page is told how many wait, by class (PRA-6)', async () => {
  const { unit, screens, staffed } = await twoScreens('moss');
  const [here, there] = screens;
  const id = uuidv7();
  await unit.see([felony], { id });
  await unit.see([exampleMatch({ entry: { id: 's-2' } })], { id: uuidv7() });
  await waitFor(() => here.alerts.size === 2);
  const { revision } = cardOf(here, id);
  await here.post('api/session/lock');
  expect((await here.post(seenPath(id), { input: { revision } })).status).toBe(423);
  const waiting = { urgent: 1, standard: 1, near: 0, informational: 0 };
  expect(await here.next('locked')).toEqual({ waiting });
  const hidden = here.next('hidden');
  await unit.see([exampleMatch({ entry: { id: 's-3' } })], { id: uuidv7() });
  const more = { ...waiting, standard: 2 };
  expect(await hidden).toEqual({ waiting: more });

  await there.post(seenPath(id), { input: { revision } });
  const none = { ...more, urgent: 0 };
  expect(await here.next('locked')).toEqual({ waiting: none });
  const form = await askAsPage(unit.console.url, { method: 'GET', path: 'api/session/form' });
  expect(form.body.waiting).toEqual(none);
  expect(JSON.stringify(form.body)).not.toContain('7ABC123');
  expect(staffed.accountability.health().undisposed).toBe(3);
});

test('an alert that is closed is off every screen, and on it again when it is opened again (PRA-7)', async () => {
  const { unit, screens, officer, staffed } = await twoScreens();
  const [here] = screens;
  const id = uuidv7();
  await unit.see([felony], { id });
  await waitFor(() => here.alerts.has(id));
  const { hitId } = cardOf(here, id);
  const closed = { id: hitId, outcome: 'not_located', notes: 'Lost at 5th and Main.' } as const;
  await officer.perform(disposeHit, closed, why);
  await waitFor(() => screens.every(({ alerts }) => !alerts.has(id)));
  staffed.accountability.verification.reopen(hitId, 'The car came back.', {
    account: uuidv7(),
    username: 'moss',
    name: 'Moss',
    role: 'officer',
  });
  await waitFor(() => screens.every(({ alerts }) => alerts.has(id)));
});
