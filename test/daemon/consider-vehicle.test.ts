import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createMutes } from '../../src/accountability/verification/mutes.ts';
import type { AlertOutput } from '../../src/alerts/alert.ts';
import { createAlertDesk } from '../../src/alerts/alert-desk.ts';
import { configSchema } from '../../src/config/schema.ts';
import { recordsSection } from '../../src/config/sections/records.ts';
import { createVehicles, type VehicleDeps } from '../../src/daemon/consider-vehicle.ts';
import { createDaemonFigures } from '../../src/daemon/figures.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Detection, Hit } from '../../src/records/detection.ts';
import { createRecords } from '../../src/records/records.ts';
import type { StoreDetection, StoreHits } from '../../src/records/store-queue.ts';
import {
  exampleConsensus,
  exampleFix,
  exampleReport,
  noImages,
  startMs,
} from '../alerts/sample-alerts.ts';
import { hotlistAt, hoursAgo, listFile } from '../hotlist/hotlist-at.ts';
import { waitingOf } from '../records/open-records.ts';
import { sampleImage } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const log = createLog({ level: 'silent' });

const notWanted = {
  outcome: 'not_wanted',
  likeness: 'listed',
  seen: { plate: null, state: null },
} as const;

/** What a unit does with a report, from the hot list to the disk; only the receiver and the outputs are stand-ins. */
async function openUnit(over: Partial<VehicleDeps> = {}) {
  const dataDir = temporaryFolder();
  const config = configSchema.parse({});
  const db = openUnitDatabase(dataDir);
  const outbox = createOutbox(db);
  const records = createRecords({
    db,
    dataDir,
    outbox,
    config: recordsSection.parse({ minFreeMiB: 0 }),
    images: 'all',
    log,
  });
  const bodies = <Body = unknown>(table: 'hit' | 'detection') =>
    (db.prepare(`SELECT body FROM ${table} ORDER BY id`).pluck().all() as string[]).map(
      (body) => JSON.parse(body) as Body,
    );
  const waiting = () => waitingOf(outbox).map(({ topic }) => topic.replace(/\/.*/, ''));
  const hotlist = hotlistAt(dataDir);
  const file = listFile(dataDir, 'plate,state,category\n7ABC123,CA,stolen_vehicle\n');
  await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(2) });

  const told: string[] = [];
  const storedWhenTold: { hits: number; waiting: string[]; images: number }[] = [];
  const screen: AlertOutput = {
    name: 'page',
    async start() {},
    async present(event, alert) {
      told.push(`${event} ${alert.hit.read.plate}`);
      storedWhenTold.push({
        hits: bodies('hit').length,
        waiting: waiting(),
        images: Number(db.prepare('SELECT count(*) FROM image').pluck().get()),
      });
    },
    health: () => ({ state: 'ok', problem: null }),
    async [Symbol.asyncDispose]() {},
  };
  const { alerts, unit } = config;
  const alertDesk = createAlertDesk({
    config: alerts,
    hotlist: config.hotlist,
    unit,
    outputs: [screen],
    log,
  });
  const mutes = createMutes({ db, clock: () => startMs });
  const figures = createDaemonFigures();
  const askedFixAtMs: number[] = [];
  const events: string[] = [];
  const vehicles = createVehicles({
    unit,
    publishAfterS: 1,
    minCourseSpeedMps: 2,
    bearingDeg: null,
    position: {
      fixAt(takenAtMs) {
        askedFixAtMs.push(takenAtMs);
        return exampleFix();
      },
    },
    hotlist,
    mutes,
    suspension: { check: () => false, covers: () => false },
    canvasses: { tagOf: () => null },
    alertDesk,
    records,
    figures,
    onHit: (hit) => void events.push(`hit ${hit.state}`),
    onReport: (report) => void events.push(`report ${report.sequence}`),
    log,
    ...over,
  });
  onTestFinished(async () => {
    await vehicles.stored();
    await alertDesk[Symbol.asyncDispose]();
    await records[Symbol.asyncDispose]();
    db.close();
  });
  return {
    vehicles,
    mutes,
    figures,
    told,
    storedWhenTold,
    askedFixAtMs,
    events,
    hits: () => bodies<Hit>('hit'),
    detections: () => bodies<Detection>('detection'),
    waiting,
    dataDir,
    health: () => records.health(),
  };
}

/** Records that keep what they are given; each store ends when the test lets it. */
function heldRecords() {
  const given: (StoreDetection & Partial<Pick<StoreHits, 'hits'>>)[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const store = (input: StoreDetection) => {
    given.push(input);
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  };
  const storeBareHits = async () => true;
  return { given, ends, records: { storeBareHits, storeHits: store, storeDetection: store } };
}

const unlisted = exampleConsensus('6XYZ789');

describe('one report of the tracker', () => {
  test('a listed plate is announced, and stored with its hit, pictures and messages (CAP-3)', async () => {
    const unit = await openUnit();
    const images = { ...noImages, plate: await sampleImage(1) };
    await unit.vehicles.consider(exampleReport({ images }), 0);
    expect(unit.told).toEqual(['raised 7ABC123']);

    const [hit] = unit.hits();
    const [detection] = unit.detections();
    expect(hit?.match.entry.plate).toBe('7ABC123');
    expect(hit?.detectionId).toBe(detection?.id);
    expect(hit?.fix).toEqual(exampleFix());
    expect(hit?.direction).toEqual(detection?.direction);
    expect(detection?.images.map(({ kind }) => kind)).toEqual(['plate']);
    expect(unit.waiting()).toEqual(['hit', 'image']);
    expect(unit.figures.counts()).toMatchObject({ reports: 1, reads: 1, hits: 1 });
  });

  test('a plate that does not count as read alerts as near if one of its possible texts is listed', async () => {
    const unit = await openUnit();
    const possible = {
      ...exampleConsensus('2ABC123'),
      confidence: 0.5,
      alternatives: [{ plate: '7ABC123', p: 0.31 }],
    };
    const unread = { phase: 'ended', consensus: null, unread: 'low_confidence' } as const;
    await unit.vehicles.consider(exampleReport({ ...unread, possible }), 0);
    expect(unit.hits()).toMatchObject([
      { unread: true, match: { tier: 'near', entry: { plate: '7ABC123' } } },
    ]);
    expect(unit.detections()).toMatchObject([
      {
        read: null,
        unread: 'low_confidence',
        possible: [
          { plate: '2ABC123', p: 0.5 },
          { plate: '7ABC123', p: 0.31 },
        ],
      },
    ]);
  });

  test('nor is the likeliest text of such a plate an exact match', async () => {
    const unit = await openUnit();
    const possible = { ...exampleConsensus('7ABC123'), confidence: 0.5, alternatives: [] };
    const unread = { phase: 'ended', consensus: null, unread: 'low_confidence' } as const;
    await unit.vehicles.consider(exampleReport({ ...unread, possible }), 0);
    expect(unit.hits().map(({ match }) => match.tier)).toEqual(['near']);
  });

  test('a vehicle whose plate counts as read later has its hit amended, and it says no more that it is not read', async () => {
    const unit = await openUnit();
    const possible = { ...exampleConsensus('7ABC123'), confidence: 0.5, alternatives: [] };
    await unit.vehicles.consider(exampleReport({ consensus: null, possible }), 0);
    expect(unit.hits()).toMatchObject([{ state: 'raised', unread: true }]);
    await unit.vehicles.consider(exampleReport({ sequence: 2 }), 0);
    expect(unit.hits()).toMatchObject([{ state: 'amended', match: { tier: 'exact' } }]);
    expect(unit.hits()[0]).not.toHaveProperty('unread');
  });

  test('the hit and its message are on the disk when the alert goes out, its pictures are not', async () => {
    const unit = await openUnit();
    const images = { ...noImages, plate: await sampleImage(1) };
    await unit.vehicles.consider(exampleReport({ images }), 0);
    expect(unit.storedWhenTold).toEqual([{ hits: 1, waiting: ['hit'], images: 0 }]);
    expect(unit.hits()).toHaveLength(1);
    expect(unit.waiting()).toEqual(['hit', 'image']);
    expect(unit.events).toEqual(['hit raised', 'report 1']);
  });

  test('while another connection holds the database alerts are told in order, and said to be unstored until they are stored', async () => {
    const unit = await openUnit();
    const other = new SQLite(join(unit.dataDir, 'lookout.db'));
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    const stored = [
      unit.vehicles.consider(exampleReport(), 0),
      unit.vehicles.consider(exampleReport({ sequence: 2, consensus: unlisted }), 0),
    ];
    await expect.poll(() => unit.told).toEqual(['raised 7ABC123', 'withdrawn 6XYZ789']);
    expect(unit.hits()).toEqual([]);
    expect(unit.health().unstoredHits).toBe(2);
    expect(unit.health().problem).toMatch(/hits that were told and are not stored: 2/);

    other.exec('COMMIT');
    await Promise.all(stored);
    expect(unit.health()).toMatchObject({ unstoredHits: 0, problem: null });
    expect(unit.hits().map(({ state }) => state)).toEqual(['withdrawn']);
    // One message a version.
    expect(unit.waiting()).toEqual(['hit', 'hit']);
    expect(unit.figures.counts().storeFailures).toBe(0);
  });

  test('a hit has its stage times in their order (ALT-3)', async () => {
    const capturedAtMs = Date.now() - 100;
    const times = {
      capturedAtMs,
      foundAtMs: capturedAtMs + 10,
      readAtMs: capturedAtMs + 20,
    };
    const unit = await openUnit();
    await unit.vehicles.consider(exampleReport({ times }), 0);
    const stages = unit.hits()[0]?.times;
    expect(stages).toMatchObject(times);
    expect(stages?.matchedAtMs).toBeGreaterThanOrEqual(times.readAtMs);
    expect(stages?.raisedAtMs).toBeGreaterThanOrEqual(stages?.matchedAtMs ?? Infinity);
    expect(unit.figures.alertMs()).toMatchObject({ count: 1, found: { p50: 10 } });
  });

  test('an alert that a list brings while the vehicle is in view does not count as a slow one (ALT-3)', async () => {
    const hotlist = hotlistAt(temporaryFolder());
    const unit = await openUnit({ hotlist });
    const capturedAtMs = Date.now() - 30_000;
    const times = { capturedAtMs, foundAtMs: capturedAtMs + 10, readAtMs: capturedAtMs + 20 };
    await unit.vehicles.consider(exampleReport({ times }), 0);
    expect(unit.told).toEqual([]);
    const file = listFile(unit.dataDir, 'plate,state,category\n7ABC123,CA,stolen_vehicle\n');
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
    await unit.vehicles.consider(exampleReport({ times, sequence: 2 }), 0);
    expect(unit.told).toEqual(['raised 7ABC123']);
    expect(unit.figures.counts().hits).toBe(1);
    expect(unit.figures.alertMs().count).toBe(0);
  });

  test('a plate on no list is stored and not announced', async () => {
    const unit = await openUnit();
    await unit.vehicles.consider(exampleReport({ consensus: unlisted, phase: 'ended' }), 0);
    expect(unit.told).toEqual([]);
    expect(unit.hits()).toEqual([]);
    expect(unit.detections()[0]?.read?.plate).toBe('6XYZ789');
    expect(unit.waiting()).toEqual(['detection']);
  });

  test('a plate that could not be read is matched against nothing and stored as unread (CAP-8)', async () => {
    const unit = await openUnit({
      hotlist: {
        match() {
          throw new Error('an unread plate was matched');
        },
      },
    });
    const unread = { consensus: null, unread: 'low_confidence', phase: 'ended' } as const;
    await unit.vehicles.consider(exampleReport(unread), 0);
    expect(unit.detections()[0]).toMatchObject({ read: null, unread: 'low_confidence' });
    expect(unit.figures.counts()).toMatchObject({ reports: 1, reads: 0 });
  });

  test('headquarters hears of a vehicle once it has been in view for long enough', async () => {
    const unit = await openUnit();
    const seenFor = (ms: number) =>
      exampleReport({ consensus: unlisted, firstSeenMs: startMs, lastSeenMs: startMs + ms });
    await unit.vehicles.consider(seenFor(999), 0);
    expect(unit.waiting()).toEqual([]);
    await unit.vehicles.consider(seenFor(1000), 0);
    expect(unit.waiting()).toEqual(['detection']);
  });
});

describe('what changes while a vehicle is in view', () => {
  test('another read withdraws the hit under its own id (PRA-5)', async () => {
    const unit = await openUnit();
    await unit.vehicles.consider(exampleReport(), 0);
    const [raised] = unit.hits();
    await unit.vehicles.consider(exampleReport({ sequence: 2, consensus: unlisted }), 0);
    expect(unit.told).toEqual(['raised 7ABC123', 'withdrawn 6XYZ789']);
    const all = unit.hits();
    expect(all.map(({ id, state, revision }) => [id, state, revision])).toEqual([
      [raised?.id, 'withdrawn', 2],
    ]);
    expect(unit.figures.counts()).toMatchObject({ hits: 1, withdrawn: 1 });
  });

  test('CAP-13: a late report does not move the unit back to where its picture was taken', async () => {
    const places: unknown[] = [];
    const { vehicles } = await openUnit({
      position: {
        fixAt: (atMs) => ({ ...exampleFix(), latitude: atMs < startMs + 60_000 ? 38 : 39 }),
      },
      suspension: { check: (at) => places.push(at?.latitude) < 0, covers: () => false },
      clock: () => startMs + 120_000,
    });
    await vehicles.consider(exampleReport(), 0);
    expect(places).toEqual([39]);
  });

  test('what a disposition has silenced alerts no more, and is stored without a hit (VER-11)', async () => {
    const unit = await openUnit();
    await unit.vehicles.consider(exampleReport({ phase: 'ended' }), 0);
    const [hit] = unit.hits();
    unit.mutes.apply(hit as Hit, notWanted, 'Moss');
    const next = { id: '019d0000-0000-7000-8000-000000000002', firstSeenMs: startMs + 1 };
    await unit.vehicles.consider(exampleReport(next), 0);
    expect(unit.told).toHaveLength(1);
    expect(unit.hits()).toHaveLength(1);
    expect(unit.detections()).toHaveLength(2);
  });

  test('a mute that is younger than the vehicle leaves its alert as it is (VER-11)', async () => {
    const unit = await openUnit();
    const report = exampleReport({ firstSeenMs: startMs - 1 });
    await unit.vehicles.consider(report, 0);
    unit.mutes.apply(unit.hits()[0] as Hit, notWanted, 'Moss');
    await unit.vehicles.consider({ ...report, sequence: 2 }, 0);
    expect(unit.told).toEqual(['raised 7ABC123']);
    expect(unit.hits()[0]?.state).toBe('raised');
  });
});

describe('where the vehicle was', () => {
  test('the fix is that of the infra-red picture, else of the last sighting (CAP-11)', async () => {
    const nowMs = startMs + 5000;
    const unit = await openUnit({ clock: () => nowMs });
    const ir = { ...(await sampleImage(2)), takenAtMs: startMs + 70 };
    await unit.vehicles.consider(exampleReport({ images: { ...noImages, ir } }), 0);
    await unit.vehicles.consider(exampleReport({ lastSeenMs: startMs + 300 }), 0);
    // Where the unit is now says whether it may capture there, and nothing of the vehicle.
    const asked = unit.askedFixAtMs.filter((atMs) => atMs !== nowMs);
    expect(asked).toEqual([startMs + 70, startMs + 300]);
  });

  test.each([
    ['a moving unit looks by its course', { bearingDeg: null }, 47 + 90],
    ['a pole looks by its surveyed bearing', { bearingDeg: 300 }, 300 + 90 - 360],
    ['below the speed of a GPS course nothing is known', { minCourseSpeedMps: 14 }, null],
  ])('%s', async (_, over, expected) => {
    const { given, ends, records } = heldRecords();
    const unit = await openUnit({ ...over, records });
    const stored = unit.vehicles.consider(exampleReport(), 90);
    await expect.poll(() => given).toHaveLength(1);
    expect(given.map(({ cameraBearingDeg }) => cameraBearingDeg)).toEqual([expected]);
    for (const end of ends) end.resolve();
    await stored;
  });
});

describe('stores', () => {
  test('a store that fails is counted, and the next vehicle is announced all the same', async () => {
    const { ends, records } = heldRecords();
    const unit = await openUnit({ records });
    const failed = unit.vehicles.consider(exampleReport(), 0);
    await expect.poll(() => ends).toHaveLength(1);
    ends[0]?.reject(new Error('disk full'));
    await expect(failed).resolves.toBeUndefined();
    expect(unit.figures.counts().storeFailures).toBe(1);

    const next = exampleReport({ id: '019d0000-0000-7000-8000-000000000002' });
    const stored = unit.vehicles.consider(next, 0);
    await expect.poll(() => ends).toHaveLength(2);
    ends[1]?.resolve();
    await stored;
    expect(unit.figures.counts()).toMatchObject({ reports: 2, storeFailures: 1 });
  });

  test('stored() waits for every store that is under way', async () => {
    const { ends, records } = heldRecords();
    const unit = await openUnit({ records });
    for (const last of ['1', '2']) {
      const id = `019d0000-0000-7000-8000-00000000000${last}`;
      void unit.vehicles.consider(exampleReport({ id, consensus: unlisted }), 0);
    }
    await expect.poll(() => ends).toHaveLength(2);
    let isOver = false;
    const over = unit.vehicles.stored().then(() => {
      isOver = true;
    });
    ends[0]?.resolve();
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    ends[1]?.resolve();
    await over;
  });
});
