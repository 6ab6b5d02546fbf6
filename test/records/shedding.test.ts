import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test, vi } from 'vitest';
import { recordsSection } from '../../src/config/sections/records.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { outboxMigrations } from '../../src/outbox/tables.ts';
import { isoTime, systemClock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import type { ImageRef } from '../../src/records/detection.ts';
import { createDiskReserve } from '../../src/records/disk-reserve.ts';
import { createImageFiles } from '../../src/records/image-files.ts';
import { createImageRows } from '../../src/records/image-rows.ts';
import { createShedding } from '../../src/records/shedding.ts';
import { recordsMigrations, recordsNameMigrations } from '../../src/records/tables.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Rows of images, and a way to add one. */
function openImages() {
  const dataDir = temporaryFolder();
  const db = openDatabase(join(dataDir, 'lookout.db'), [
    ...outboxMigrations,
    ...recordsMigrations,
    ...recordsNameMigrations,
  ]);
  onTestFinished(() => void db.close());
  const rows = createImageRows(db, () => false);
  const detectionId = uuidv7();
  db.prepare(
    `INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, closed, body)
     VALUES (?, 'front', 0, 0, 1, '{}')`,
  ).run(detectionId);
  const store = () => {
    const id = uuidv7();
    const bytes = 60_000;
    const sha256 = '0'.repeat(64);
    const size = { width: 200, height: 300, bytes };
    const ref: ImageRef = { id, kind: 'plate', takenAt: isoTime(0), ...size, sha256 };
    const taken = { takenAtMs: 0, bytes, sourceSha256: sha256 };
    rows.insert({ id, detectionId, kind: 'plate', ...taken, ref, hit: false });
    rows.announce(id);
  };

  const [outbox, log] = [createOutbox(db), createLog({ level: 'silent' })];
  const shared = { db, rows, outbox, log, reserve: createDiskReserve(dataDir) };
  return { shared, files: createImageFiles(dataDir), store };
}

test('an image that is stored while others are being shed is seen too', async () => {
  const { shared, files, store } = openImages();
  let told = 0;
  const shedding = createShedding({
    ...shared,
    files,
    config: { ...recordsSection.parse({ minFreeMiB: 0 }), maxImageMiB: 0.1 },
    clock: systemClock,
    // Told in the middle of shedding: the row is gone, the file not yet.
    onUnsentShed: () => {
      told += 1;
      if (told > 1) return;
      store();
      void shedding.keepWithinBounds();
    },
  });
  store();
  store();
  await shedding.keepWithinBounds();
  await shedding.close();
  expect(shedding.room()).toMatchObject({ files: 1, shedUnsent: 2, problem: null });
});

test('a disk that fills is seen, also after the clock was set back', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { shared, files, store } = openImages();
  let nowMs = systemClock();
  let freeBytes = 1024 ** 3;
  const shedding = createShedding({
    ...shared,
    files: { ...files, freeBytes: async () => freeBytes },
    config: recordsSection.parse({ minFreeMiB: 512 }),
    clock: () => nowMs,
  });
  store();
  await shedding.keepWithinBounds();
  expect(shedding.room().files).toBe(1);
  nowMs -= 86_400_000;
  freeBytes = 0;
  vi.advanceTimersByTime(5000);
  await shedding.keepWithinBounds();
  expect(shedding.room()).toMatchObject({ files: 0, shedUnsent: 1 });
});

test('where not even the word of it fits on the disk, the reserve makes room to let images go', async () => {
  const { shared, files, store } = openImages();
  const { db, reserve } = shared;
  const shedding = createShedding({
    ...shared,
    files,
    // What the file gives back to a disk, the limit gives back to this database.
    reserve: {
      ...reserve,
      giveUp() {
        db.pragma('max_page_count = 100000');
        return reserve.giveUp();
      },
    },
    config: { ...recordsSection.parse({ minFreeMiB: 0 }), maxImageMiB: 0.1 },
    clock: systemClock,
  });
  await reserve.keep(Number.POSITIVE_INFINITY);
  for (let count = 0; count < 200; count += 1) store();
  // With each row that says it was shed comes one of 10 kB, for which no page has room.
  db.exec(`
    CREATE TABLE word (text TEXT);
    CREATE TRIGGER word_add AFTER UPDATE OF shed_at_ms ON image BEGIN
      INSERT INTO word VALUES (hex(zeroblob(5000)));
    END;`);
  db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
  await shedding.keepWithinBounds();
  expect(shedding.room()).toMatchObject({ files: 1, shedUnsent: 199 });
  expect(shedding.room().problem).toMatch(/^The disk is or was full/);
});

test('a store on a full disk has the reserve when no image may go', async () => {
  const { shared, files, store } = openImages();
  const { db, reserve } = shared;
  const config = recordsSection.parse({ minFreeMiB: 0 });
  const shedding = createShedding({ ...shared, files, config, clock: systemClock });
  await reserve.keep(Number.POSITIVE_INFINITY);
  store();
  await shedding.makeRoom(1000, true);
  expect(shedding.room()).toMatchObject({ files: 0, problem: null });

  store();
  db.exec('UPDATE image SET hit = 1');
  await shedding.makeRoom(1000, true);
  expect(shedding.room().problem).toMatch(
    /only images of hits are left.*reserve of 4 MiB is in use/,
  );
  expect(reserve.giveUp()).toBe(false);
});

test('among 200,000 images shed before, the figures are found at once', { timeout: 60_000 }, () => {
  const { shared, store } = openImages();
  const { db, rows } = shared;
  store();
  db.exec(`
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 200000)
    INSERT INTO image (id, detection_id, kind, taken_at_ms, bytes, source_sha256, ref, waiting)
      SELECT 'shed-' || n, detection_id, kind, taken_at_ms, bytes, source_sha256, ref, n % 2
      FROM image, number;
    UPDATE image SET shed_at_ms = 0, shed_unsent = waiting, waiting = 0 WHERE id LIKE 'shed-%';
    DELETE FROM image WHERE id IN ('shed-1', 'shed-2');`);
  const before = cpuMs();
  for (let count = 0; count < 100; count += 1) {
    expect(rows.shedCounts()).toEqual({ shed: 199_998, shedUnsent: 99_999 });
  }
  // Generous for a slow machine: a scan of the table for each would take ten times as long.
  expect(cpuMs() - before).toBeLessThan(1000);
  expect(rows.room().files).toBe(1);
});
