/**
 * A unit without cameras, to be killed at any moment: stores hits and detections as fast as it can and sends them.
 * Each line it prints names what a store has promised to keep. With `drain` it only sends, until nothing waits.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { recordsSection } from '../../src/config/sections/records.ts';
import { uplinkSection } from '../../src/config/sections/uplink.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRecords } from '../../src/records/records.ts';
import { createUplink } from '../../src/uplink/uplink.ts';
import { noImages, sampleDetection, sampleHit } from '../records/samples.ts';

const [dataDir = '', mode = '', uplinkJson = '{}'] = process.argv.slice(2);
const jpegs = [0, 1, 2].map((index) => readFileSync(join(dataDir, `sample-${index}.jpg`)));
const log = createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' });
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
records.sweep();
records.closeOpen();
const uplink = createUplink({
  config: uplinkSection.parse(JSON.parse(uplinkJson)),
  unit: { agency: 'test-pd', id: 'unit-7' },
  outbox,
  dataDir,
  status: () => ({}),
  log,
  farewellMs: 60_000,
});
await uplink.start();

const image = (index: number) => {
  const jpeg = jpegs[index % jpegs.length] ?? new Uint8Array();
  return { jpeg, width: 64, height: 64, takenAtMs: Date.UTC(2026, 2, 4) + index };
};

/** One vehicle from first sight to last, with a hit that is amended for every third. */
async function passVehicle(count: number): Promise<void> {
  const detection = sampleDetection();
  const seen = { ...noImages, plate: image(count) };
  if (count % 3 === 0) {
    const hit = sampleHit(detection);
    await records.storeHits({ hits: [hit], detection, images: seen });
    process.stdout.write(`hit ${hit.id} 1\n`);
    const amended = { ...hit, state: 'amended' as const, revision: 2 };
    const better = { ...seen, plate: image(count + 1), ir: image(count + 2) };
    await records.storeHits({ hits: [amended], detection, images: better });
    process.stdout.write(`hit ${hit.id} 2\n`);
  } else {
    await records.storeDetection({ detection, images: seen, publish: count % 3 === 1 });
  }
  const closed = { ...detection, seenCount: 9, closed: true };
  await records.storeDetection({ detection: closed, images: { ...seen, plate: image(count + 1) } });
  process.stdout.write(`detection ${detection.id}\n`);
}

if (mode === 'drain') {
  while (outbox.status().waiting > 0) await delay(20);
  await uplink[Symbol.asyncDispose]();
  await records[Symbol.asyncDispose]();
  db.close();
} else {
  const lanes = [0, 1, 2].map(async (lane) => {
    for (let count = lane; ; count += 3) await passVehicle(count);
  });
  await Promise.all(lanes);
}
