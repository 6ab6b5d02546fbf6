import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import { isoTime, systemClock } from '../../src/platform/clock.ts';
import { recordsSection } from '../../src/platform/config/sections/records.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import type { ImageRef } from '../../src/records/detection.ts';
import { createImageFiles } from '../../src/records/image-files.ts';
import { createImageRows } from '../../src/records/image-rows.ts';
import { recordsMigrations } from '../../src/records/records.ts';
import { createShedding } from '../../src/records/shedding.ts';
import { createOutbox, outboxMigrations } from '../../src/uplink/outbox.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('an image that is stored while others are being shed is seen too', async () => {
  const dataDir = temporaryFolder();
  const db = openDatabase(join(dataDir, 'lookout.db'), [...outboxMigrations, ...recordsMigrations]);
  onTestFinished(() => void db.close());
  const rows = createImageRows(db, () => false);
  const detectionId = uuidv7();
  db.prepare(
    `INSERT INTO detection (id, head, firstSeenMs, lastSeenMs, closed, body)
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

  let told = 0;
  const shedding = createShedding({
    db,
    rows,
    files: createImageFiles(dataDir),
    outbox: createOutbox(db),
    config: { ...recordsSection.parse({ minFreeMiB: 0 }), maxImageMiB: 0.1 },
    log: createLog({ level: 'silent' }),
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
  await shedding.settled();
  expect(shedding.room()).toMatchObject({ files: 1, shedUnsent: 2, problem: null });
});
