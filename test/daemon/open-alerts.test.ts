import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { disposeHit, listOpenHits } from '../../src/accountability/verification/operations.ts';
import { createAlertDesk } from '../../src/alerts/alert-desk.ts';
import { createAlertBoard } from '../../src/console/alert-board.ts';
import { createBoardHits } from '../../src/console/board-hits.ts';
import { createPageOutput } from '../../src/console/page-output.ts';
import { createVehicles } from '../../src/daemon/consider-vehicle.ts';
import { createDaemonFigures } from '../../src/daemon/figures.ts';
import { createOpenAlerts } from '../../src/daemon/open-alerts.ts';
import { createLog } from '../../src/platform/log.ts';
import type { TrackReport } from '../../src/vision/tracking/track-report.ts';
import { exampleFix, exampleMatch, exampleReport, startMs } from '../alerts/sample-alerts.ts';
import { sampleImages } from '../records/samples.ts';
import { openStaffedUnit, type StaffedUnit } from '../support/staffed-unit.ts';

const log = createLog({ level: 'silent' });
const ids = [1, 2, 3].map((n) => `019d0000-0000-7000-8000-00000000000${n}`);

/** The part of a unit between its cameras and its page, as each start of it makes it. */
function startUnit({ config, accountability, db, records }: StaffedUnit) {
  const { verification } = accountability;
  let nowMs = startMs;
  const told: string[] = [];
  const { dataDir } = config.unit;
  const open = createOpenAlerts({ db, dataDir, verification, banner: config.alerts.banner });
  const board = createAlertBoard(createBoardHits(verification, open, log), () => nowMs);
  const page = createPageOutput({
    ...{ mode: 'mobile', board, viewers: () => 1, problem: () => null },
    show: ({ event, viewFor }, isNew) =>
      void told.push(`${isNew ? event : 'updated'} ${viewFor(() => true).shortId}`),
    clear: () => void told.push('cleared'),
  });
  const alertDesk = createAlertDesk({
    ...{ config: config.alerts, hotlist: config.hotlist, unit: config.unit, log },
    ...{ outputs: [page], clock: () => nowMs, isOpen: verification.isOpenHit },
  });
  alertDesk.seed(records.recentHits(0), open.all());
  let courseDeg = 47;
  const vehicles = createVehicles({
    ...{ unit: config.unit, publishAfterS: 1, minCourseSpeedMps: 2, bearingDeg: null },
    position: { fixAt: () => exampleFix({ courseDeg }) },
    hotlist: { match: () => [exampleMatch()] },
    suspension: { check: () => false, covers: () => false },
    canvasses: { tagOf: () => null },
    ...{ mutes: verification, alertDesk, records, figures: createDaemonFigures(), log },
  });
  return {
    board,
    cards: () => board.alerts().map(({ viewFor }) => viewFor(() => true)),
    told,
    async see(second: number, over: Partial<TrackReport>, headingDeg = 47) {
      courseDeg = headingDeg;
      const lastSeenMs = startMs + second * 1000;
      nowMs = lastSeenMs + 100;
      const seen = { firstSeenMs: lastSeenMs - 200, lastSeenMs, phase: 'ended' } as const;
      await vehicles.consider(exampleReport({ ...seen, ...over }), 0);
      await vehicles.stored();
    },
  };
}

test('an open alert survives a restart: it is on the page, its next sighting sounds on its card, and it stays one hit (PRA-4, DSP-5, ALT-1)', async () => {
  const unit = await openStaffedUnit('vallejo');
  const officer = await unit.enrol('reyes', 'officer');
  const images = await sampleImages(1);
  const before = startUnit(unit);
  await before.see(0, { id: ids[0] ?? '', images });
  const [card] = before.cards();
  expect(before.told).toEqual([`raised ${card?.shortId}`]);

  const after = startUnit(unit);
  expect(after.cards()).toMatchObject([{ id: card?.id, shortId: card?.shortId }]);
  expect(after.board.image(card?.id ?? '', 'overview', () => true)).not.toBeNull();
  await after.see(180, { id: ids[1] ?? '' }, 180);
  expect(after.told).toEqual([`raised ${card?.shortId}`]);
  const [again, ...more] = after.cards();
  expect(more).toEqual([]);
  expect(again).toMatchObject({
    id: card?.id,
    inView: { lastMs: startMs + 180_000 },
    // It comes towards the car, which drives south.
    direction: { headingDeg: 0 },
  });
  await after.see(200, { id: ids[2] ?? '' });
  expect(after.told.slice(1)).toEqual([`updated ${card?.shortId}`]);

  // One hit with three versions; the passes themselves are on file as repeats of it.
  const sent = unit.sent('hit').map(({ id, revision, repeatOf }) => ({ id, revision, repeatOf }));
  const [{ id } = { id: null }] = sent;
  expect(sent.filter((each) => each.id === id).map(({ revision }) => revision)).toEqual([1, 2, 3]);
  expect(sent.filter((each) => each.id !== id).map(({ repeatOf }) => repeatOf)).toEqual([id, id]);
  expect((await officer.perform(listOpenHits, {})).hits).toHaveLength(1);

  const why = { purpose: 'investigation', incidentNumber: '26-0042' };
  const notes = 'Lost at 5th and Main.';
  const short = { id: card?.shortId ?? '', outcome: 'not_located', notes } as const;
  await officer.perform(disposeHit, short, why);
  expect(after.board.touchAll()).toEqual([{ id: card?.id, alert: null }]);
  expect(after.board.alerts()).toEqual([]);
  expect(startUnit(unit).board.alerts()).toEqual([]);
});

test('a card says by itself that its list has the entry no more', async () => {
  const unit = await openStaffedUnit('vallejo');
  const { board, cards, see } = startUnit(unit);
  await see(0, { id: ids[0] ?? '' });
  board.touchAll();
  const ends = () => cards().map((card) => (card.withheld ? null : card.standing?.entryEnd));
  expect(ends()).toEqual([null]);

  const file = join(unit.dataDir, 'svs.tbl');
  writeFileSync(file, '7XYZ890 CA3620251103\n');
  const asOf = new Date(unit.time.ms).toISOString();
  await unit.accountability.hotlist.importFile({ listId: 'svs', file, asOf, force: true });
  expect(board.touchAll()).toHaveLength(1);
  expect(ends()).toEqual([{ at: asOf, how: 'removed', outcome: null }]);
  expect(board.touchAll()).toEqual([]);
});
