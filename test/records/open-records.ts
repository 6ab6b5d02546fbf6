import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { recordsSection } from '../../src/config/sections/records.ts';
import type { UplinkConfig } from '../../src/config/sections/uplink.ts';
import { createOutbox, lanes, type WaitingMessage } from '../../src/outbox/outbox.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRecords } from '../../src/records/records.ts';
import type { ShedUnsent } from '../../src/records/shedding.ts';

/** Real records on a folder; opening the same folder again is a restart. */
export function openRecords(
  dataDir: string,
  options: { images?: UplinkConfig['images']; maxImageMiB?: number; minFreeMiB?: number } = {},
) {
  const { images = 'all', ...bounds } = options;
  const db = openUnitDatabase(dataDir);
  const outbox = createOutbox(db);
  // A test's own disk may be nearly full; only tests of shedding ask for free room.
  const config = { ...recordsSection.parse({ minFreeMiB: 0 }), ...bounds };
  const log = createLog({ level: 'silent' });
  const unsentShed: ShedUnsent[] = [];
  const onUnsentShed = (shed: ShedUnsent) => void unsentShed.push(shed);
  const records = createRecords({ db, dataDir, outbox, config, images, log, onUnsentShed });
  records.sweep();
  const close = async () => {
    await records[Symbol.asyncDispose]();
    db.close();
  };
  onTestFinished(async () => {
    if (db.open) await close();
  });
  return { db, outbox, records, unsentShed, close };
}

/** Everything that waits, in the order it would leave. */
export function waitingOf(outbox: ReturnType<typeof createOutbox>): WaitingMessage[] {
  const all: WaitingMessage[] = [];
  for (const lane of lanes) {
    let row = outbox.nextAfter(lane, 0);
    while (row) {
      all.push(row);
      row = outbox.nextAfter(lane, row.seq);
    }
  }
  return all;
}

/** Every file under `images`, relative to the data folder. */
export function imageFilesOf(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'images'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1))
    .sort();
}
