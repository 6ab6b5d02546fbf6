import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { openRecords } from './open-records.ts';
import { noImages, sampleDetection, sampleHit } from './samples.ts';

test('no hit is lost while commands write to the same database', async () => {
  const dataDir = temporaryFolder();
  const { db, records } = openRecords(dataDir);
  const stop = new SharedArrayBuffer(4);
  const beside = new Worker(new URL('./write-until-told.ts', import.meta.url), {
    workerData: { path: join(dataDir, 'lookout.db'), stop },
  });
  const ended = new Promise((resolve) => beside.once('exit', resolve));
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'beside'").pluck();
  try {
    await waitFor(() => tables.get() === 1, { what: 'the other writer' });
    const writes = db.prepare('SELECT count(*) FROM beside').pluck();
    const before = Number(writes.get());
    for (let stored = 0; stored < 400; stored += 1) {
      const detection = sampleDetection({ closed: true });
      await records.storeHits({ detection, hits: [sampleHit(detection)], images: noImages });
    }
    expect(records.status().hits).toBe(400);
    expect(Number(writes.get())).toBeGreaterThan(before);
  } finally {
    Atomics.store(new Int32Array(stop), 0, 1);
    Atomics.notify(new Int32Array(stop), 0);
    await ended;
  }
});
