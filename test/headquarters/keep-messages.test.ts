import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import { openOwnUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createHeadquartersRows } from '../../src/headquarters/intake/headquarters-rows.ts';
import { createMessageKeeper } from '../../src/headquarters/intake/keep-messages.ts';
import type { UnitMessage } from '../../src/headquarters/intake/read-message.ts';
import { createSharedRows } from '../../src/headquarters/intake/shared-rows.ts';
import { headquartersMigrations } from '../../src/headquarters/intake/tables.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Detection, Hit } from '../../src/records/detection.ts';
import { createReceivedRecords } from '../../src/records/received-records.ts';
import { sampleDetection, sampleHit } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const message = (changes: Partial<Detection> = {}): UnitMessage => ({
  ...{ id: uuidv7(), agency: 'test-pd', unit: 'unit-7', kind: 'detection' },
  detection: { ...sampleDetection({ unit: 'unit-7' }), revision: 1, images: [], ...changes },
});

const hitOf7 = (): Hit => {
  const detection = { ...sampleDetection({ unit: 'unit-7' }), revision: 1, images: [] };
  return sampleHit(detection);
};

function open(changes: Partial<Parameters<typeof createMessageKeeper>[0]> = {}) {
  const dataDir = temporaryFolder();
  const { db } = openOwnUnitDatabase(dataDir, createLog({ level: 'silent' }));
  const own = openDatabase(join(dataDir, 'headquarters.db'), headquartersMigrations);
  onTestFinished(() => {
    own.close();
    db.close();
  });
  const keep = createMessageKeeper({
    ...{ db, own, records: createReceivedRecords({ db, dataDir }) },
    ...{ rows: createHeadquartersRows(own), shared: createSharedRows(own) },
    ...{ takeNotice: () => 'taken', noteRead() {}, clock: Date.now, ...changes },
  });
  return { db, own, keep };
}

test('one record that no rule of the database lets in is refused alone, and those around it are stored once', () => {
  const { db, keep } = open();
  const batch = [message(), message({ head: null as unknown as string }), message()];
  const { fates, news } = keep(batch);
  expect(fates.map(({ problem }) => problem === null)).toEqual([true, false, true]);
  expect([news.detections.length, news.repeats]).toEqual([2, 0]);
  const stored = db.prepare<[], string>('SELECT id FROM detection ORDER BY rowid').pluck().all();
  expect(stored).toHaveLength(2);
  // Sent again, nothing is stored twice.
  expect(keep(batch).news).toMatchObject({ detections: [], repeats: 2 });
});

test('a picture and a step come with what they are about and before it, and take effect at once', () => {
  const taken: string[] = [];
  const sender = { agency: 'test-pd', unit: 'unit-7' };
  const detection = { ...sampleDetection({ unit: 'unit-7' }), revision: 1, images: [] };
  const hit = sampleHit(detection);
  const { db, own, keep } = open({
    takeNotice({ id }) {
      const isKnown = db.prepare('SELECT 1 FROM hit WHERE id = ?').get(hit.id) !== undefined;
      if (isKnown) taken.push(id);
      return isKnown ? 'taken' : { waitsFor: hit.id };
    },
  });
  const ref = {
    ...{ id: uuidv7(), kind: 'plate' as const, takenAt: detection.lastSeen },
    ...{ width: 240, height: 120, bytes: 4, sha256: 'a'.repeat(64) },
  };
  const image = { detectionId: detection.id, ref, reduced: null };
  const notice = { ...sender, id: uuidv7(), type: 'alert' as const, body: { hitId: hit.id } };
  const { news } = keep([
    { ...sender, id: ref.id, kind: 'image', image, jpeg: Buffer.alloc(4) },
    { ...sender, id: notice.id, kind: 'notice', notice },
    { ...sender, id: uuidv7(), kind: 'hit', hit },
    { ...sender, id: uuidv7(), kind: 'detection', detection },
  ]);
  expect([...news.pictured]).toEqual([detection.id]);
  expect(taken).toEqual([notice.id]);
  expect(db.prepare('SELECT id FROM image').pluck().all()).toEqual([ref.id]);
  expect(own.prepare('SELECT id FROM early_image').all()).toEqual([]);
  expect(own.prepare('SELECT id FROM unit_notice WHERE waits_for IS NULL').pluck().all()).toEqual([
    notice.id,
  ]);
});

test('a step that waited for its hit takes effect once, also where another record of that batch is refused', () => {
  const sender = { agency: 'test-pd', unit: 'unit-7' };
  const hit = hitOf7();
  let taken = 0;
  const { db, own, keep } = open({
    takeNotice() {
      const isKnown = db.prepare('SELECT 1 FROM hit WHERE id = ?').get(hit.id) !== undefined;
      if (!isKnown) return { waitsFor: hit.id };
      taken += 1;
      return 'taken';
    },
  });
  const notice = { ...sender, id: uuidv7(), type: 'alert' as const, body: { hitId: hit.id } };
  keep([{ ...sender, id: notice.id, kind: 'notice', notice }]);
  const { fates } = keep([
    { ...sender, id: uuidv7(), kind: 'hit', hit },
    message({ head: null as unknown as string }),
  ]);
  expect(fates.map(({ problem }) => problem === null)).toEqual([true, false]);
  expect(taken).toBe(1);
  expect(own.prepare('SELECT waits_for FROM unit_notice').pluck().all()).toEqual([null]);
});

test('a step of another unit, which came before the hit, does not keep the hit out', () => {
  const hit = hitOf7();
  const { db, keep } = open({
    takeNotice({ unit }) {
      const owner = db.prepare('SELECT unit FROM detection').pluck().get();
      if (owner === undefined) return { waitsFor: hit.id };
      if (owner !== unit) throw new Error('the hit is of another unit');
      return 'taken';
    },
  });
  const other = { agency: 'test-pd', unit: 'unit-8', id: uuidv7() };
  const notice = { ...other, type: 'alert' as const, body: { hitId: hit.id } };
  keep([{ ...other, kind: 'notice', notice }]);
  const { fates } = keep([
    { ...{ id: uuidv7(), agency: 'test-pd', unit: 'unit-7' }, kind: 'hit', hit },
  ]);
  expect(fates.map(({ problem }) => problem)).toEqual([null]);
});

test('a unit that was heard a moment ago costs no commit, and later its time is kept', () => {
  let nowMs = Date.UTC(2026, 2, 4);
  const { own, keep } = open({ clock: () => nowMs });
  const heard = () => own.prepare('SELECT last_heard_ms FROM unit').pluck().all();
  const changes = () => own.prepare('SELECT total_changes()').pluck().get();
  keep([message()]);
  expect(heard()).toEqual([nowMs]);
  const before = changes();
  nowMs += 999;
  keep([message()]);
  expect(changes()).toBe(before);
  nowMs += 1;
  keep([message()]);
  expect(heard()).toEqual([nowMs]);
});

test('no copy of records gets into a file for temporary data while many are stored', () => {
  const temporary = new Set<string>();
  let reads = 0;
  const { keep } = open({
    noteRead() {
      reads += 1;
      if (reads % 50 > 0) return;
      for (const file of openFiles()) if (/\/(#\d|etilqs_)/.test(file)) temporary.add(file);
    },
  });
  const { fix, read } = sampleDetection();
  // So many that an index has several levels.
  const many = Array.from({ length: 1000 }, (_, at) => {
    const plate = `${1000 + ((at * 7919) % 9000)}`;
    const latitude = 37 + (at % 97) / 100;
    return message({ fix: { ...fix, latitude }, read: read && { ...read, plate } });
  });
  const { fates } = keep(many);
  expect(fates.every(({ problem }) => problem === null)).toBe(true);
  expect([...temporary]).toEqual([]);
});

/** The files that this process has open; Linux names SQLite's temporary ones by # and a number, or it does by etilqs_. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return [];
    }
  });
}
