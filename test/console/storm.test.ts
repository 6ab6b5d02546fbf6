import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { disposeHit, reopenHit } from '../../src/accountability/verification/operations.ts';
import { createAlertBoard } from '../../src/console/alert-board.ts';
import type { AlertView } from '../../src/console/alert-view.ts';
import { createBoardHits } from '../../src/console/board-hits.ts';
import { createOpenAlerts } from '../../src/daemon/open-alerts.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRecordReader } from '../../src/records/record-reader.ts';
import { exampleMatch } from '../alerts/sample-alerts.ts';
import { openStaffedUnit } from '../support/staffed-unit.ts';
import { waitFor } from '../support/wait-for.ts';
import type { TestScreen } from './screen.ts';
import { startUnitConsole } from './unit-console.ts';

const why = { purpose: 'investigation', incidentNumber: '26-0042' };
const outcome = { outcome: 'not_located', notes: 'Lost at 5th and Main.' } as const;

/** A vehicle as the model has it. */
interface Vehicle {
  id: string;
  entry: number;
  isUrgent: boolean;
  state: 'open' | 'withdrawn' | 'closed';
  isSeen: boolean;
  /** Tracked since the last start: its alert can be amended and withdrawn. */
  isInView: boolean;
  /** Whether its next sighting sounds: the first one after a restart does. */
  soundsNext: boolean;
  /** Its alert was closed before, so that another sighting of the entry goes by rules of its own. */
  wasClosed: boolean;
  version: number;
  /** What dispatch said last. */
  isVerified: boolean;
}

const acts = [
  ...(['raise', 'raise', 'amend', 'refresh', 'withdraw', 'sight', 'sight'] as const),
  ...(['see', 'see', 'see', 'unsee', 'see late', 'answer', 'close', 'reopen'] as const),
  ...(['reconnect', 'restart'] as const),
];

const matchOf = ({ entry, isUrgent, version }: Vehicle) =>
  exampleMatch({
    entry: {
      id: `e-${entry}`,
      category: isUrgent ? 'felony_vehicle' : 'stolen_vehicle',
      reason: `Version ${version}`,
    },
  });

test('PRA-6, PRA-7: in a storm of any order no open urgent alert is missing from a screen, and what was seen stays so until there is news', {
  timeout: 240_000,
}, async () => {
  const staffed = await openStaffedUnit('vallejo');
  const officer = await staffed.enrol('reyes', 'officer');
  let unit = await startUnitConsole(staffed);
  const screens: TestScreen[] = [await unit.screenOf('reyes'), await unit.screenOf('reyes')];
  const vehicles: Vehicle[] = [];

  const cardOn = (screen: TestScreen | undefined, { id }: Vehicle) =>
    screen?.alerts.get(id) as AlertView;
  const { verification } = staffed.accountability;
  const records = createRecordReader(staffed.db);
  const hitIdOf = ({ id }: Vehicle): string => records.hitIdsOf(id)[0] ?? '';
  const show = (vehicle: Vehicle) => unit.see([matchOf(vehicle)], { id: vehicle.id });

  /** What a screen shows against what it must show, one line an alert. */
  const told = (screen: TestScreen) =>
    [...screen.alerts.values()]
      .filter(({ event }) => event !== 'withdrawn')
      .map(({ id, seen }) => `${id} ${seen === null ? 'unseen' : 'seen'}`)
      .sort();
  const due = () =>
    vehicles
      .filter(({ state }) => state === 'open')
      .map(({ id, isSeen }) => `${id} ${isSeen ? 'seen' : 'unseen'}`)
      .sort();
  const settled = async (act: string) => {
    const isRight = () => screens.every((screen) => told(screen).join() === due().join());
    await waitFor(isRight, { what: act }).catch(() => undefined);
    for (const screen of screens) expect([act, ...told(screen)]).toEqual([act, ...due()]);
  };

  const perform = async (act: (typeof acts)[number], pick: number): Promise<void> => {
    const among = (fits: (vehicle: Vehicle) => boolean): Vehicle | undefined => {
      const fitting = vehicles.filter(fits);
      return fitting[pick % Math.max(1, fitting.length)];
    };
    const mark = async (vehicle: Vehicle, isSeen: boolean, revision: number) => {
      const path = `api/live/${vehicle.id}/${isSeen ? 'seen' : 'unseen'}`;
      const { status } = await (screens[pick % 2] as TestScreen).post(path, {
        input: { revision },
      });
      return status;
    };
    const isOpen = ({ state }: Vehicle) => state === 'open';
    switch (act) {
      case 'raise': {
        const made: Vehicle = {
          ...{ id: uuidv7(), entry: vehicles.length, isUrgent: pick % 2 === 0, state: 'open' },
          ...{ isSeen: false, isInView: true, soundsNext: false, wasClosed: false, version: 1 },
          isVerified: false,
        };
        vehicles.push(made);
        return show(made);
      }
      case 'amend': {
        const one = among((each) => isOpen(each) && each.isInView && !each.wasClosed);
        if (one === undefined) return;
        Object.assign(one, { version: one.version + 1, isSeen: false });
        return show(one);
      }
      case 'refresh': {
        const one = among((each) => isOpen(each) && each.isInView && !each.wasClosed);
        return one && show(one);
      }
      case 'withdraw': {
        const one = among((each) => isOpen(each) && each.isInView && !each.wasClosed);
        if (one === undefined) return;
        Object.assign(one, { state: 'withdrawn', isInView: false });
        return unit.see([], { id: one.id });
      }
      case 'sight': {
        const one = among((each) => isOpen(each) && !each.wasClosed);
        if (one === undefined) return;
        if (one.soundsNext) Object.assign(one, { soundsNext: false, isSeen: false });
        return unit.see([matchOf(one)], { id: uuidv7() });
      }
      case 'see':
      case 'unsee': {
        const one = among(isOpen);
        if (one === undefined) return;
        one.isSeen = act === 'see';
        // News of an alert that nobody had seen may still be on its way to the screen.
        await waitFor(
          async () => (await mark(one, one.isSeen, cardOn(screens[0], one).revision)) === 200,
          { what: act },
        );
        return;
      }
      case 'see late': {
        const one = among((each) => isOpen(each) && each.isInView && !each.wasClosed);
        if (one === undefined) return;
        const { revision } = cardOn(screens[0], one);
        Object.assign(one, { version: one.version + 1, isSeen: false });
        await show(one);
        expect(await mark(one, true, revision)).toBe(409);
        return;
      }
      case 'answer': {
        // Dispatch's first word on an alert, or another one than before.
        const one = among(isOpen);
        if (one === undefined) return;
        Object.assign(one, { isVerified: !one.isVerified, isSeen: false });
        verification.onAlertStatus({
          ...{ id: uuidv7(), hitId: hitIdOf(one), unit: staffed.config.unit.id, alert: null },
          state: one.isVerified ? 'verified' : 'not_verified',
          ...{ at: new Date(staffed.time.ms).toISOString(), by: 'Disp. 14' },
        });
        return;
      }
      case 'close': {
        const one = among(isOpen);
        if (one === undefined) return;
        await officer.perform(disposeHit, { id: hitIdOf(one), ...outcome }, why);
        Object.assign(one, { state: 'closed', wasClosed: true, isInView: false });
        return;
      }
      case 'reopen': {
        const one = among(({ state }) => state === 'closed');
        if (one === undefined) return;
        const said = { id: hitIdOf(one), why: 'The vehicle came back.' };
        await officer.perform(reopenHit, said, why);
        one.state = 'open';
        return;
      }
      case 'reconnect': {
        screens[pick % 2]?.close();
        screens[pick % 2] = await unit.screenOf('reyes');
        return;
      }
      case 'restart': {
        await unit[Symbol.asyncDispose]();
        unit = await startUnitConsole(staffed);
        for (const one of vehicles)
          Object.assign(one, { isInView: false, soundsNext: isOpen(one) });
        for (const [index, screen] of screens.entries()) {
          screen.close();
          screens[index] = await unit.screenOf('reyes');
        }
      }
    }
  };

  const step = fc.record({ act: fc.constantFrom(...acts), pick: fc.nat(10_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
      for (const { act, pick } of steps) {
        staffed.time.ms += 1000;
        await perform(act, pick);
        await settled(act);
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
});

test('PRA-7: of more than 200 open alerts every urgent one is shown, the others by class; how many are not is told, and they come in when there is room', {
  timeout: 120_000,
}, async () => {
  const { config, db, accountability, storeHit } = await openStaffedUnit('vallejo');
  const { verification } = accountability;
  const { dataDir } = config.unit;
  const open = createOpenAlerts({ db, dataDir, verification, banner: config.alerts.banner });
  const boardNow = () =>
    createAlertBoard(createBoardHits(verification, open, createLog({ level: 'silent' })));
  const store = async (count: number, over: Parameters<typeof exampleMatch>[0]) => {
    const stored: string[] = [];
    for (let n = 0; n < count; n += 1) {
      stored.push((await storeHit({ match: exampleMatch(over) })).detectionId);
    }
    return stored;
  };
  // The urgent ones are the oldest.
  const urgent = await store(30, { entry: { category: 'amber' } });
  const standard = await store(150, {});
  await store(70, { list: { type: 'specific' } });
  const board = boardNow();
  board.fill();
  const shown = () => new Set(board.alerts().map(({ id }) => id));
  expect(shown().size).toBe(200);
  expect([...urgent, ...standard].filter((id) => !shown().has(id))).toEqual([]);
  expect(board.notShown()).toBe(50);
  expect(board.waiting()).toEqual({ urgent: 30, standard: 150, near: 0, informational: 20 });

  const by = { account: uuidv7(), username: 'reyes', name: 'Reyes', role: 'officer' };
  const [first = ''] = standard;
  const [hit] = createRecordReader(db).hitsOf(first);
  verification.dispose(hit?.id ?? '', { outcome: 'not_located', notes: 'Lost at Main.' }, by);
  expect(board.touchAll()).toEqual([{ id: first, alert: null }]);
  expect(board.fill()).toHaveLength(1);
  expect(board.notShown()).toBe(49);

  // What someone has seen makes room before what nobody has.
  const [seen] = board
    .alerts()
    .map(({ viewFor }) => viewFor(() => true))
    .filter((view) => view.class === 'informational');
  const asked = { revision: seen?.revision ?? 0, by: { by: 'Reyes', atMs: 1 }, may: () => true };
  board.mark(seen?.id ?? '', asked);
  await store(180, { entry: { category: 'amber' } });
  board.fill();
  expect(board.waiting()).toEqual({ urgent: 210, standard: 0, near: 0, informational: 0 });
  expect(shown().size).toBe(210);
});
