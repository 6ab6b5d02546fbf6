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
    let stored = 0;
    // On a quick machine four hundred may be over before the other writer has its next turn.
    for (; stored < 400 || Number(writes.get()) === before; stored += 1) {
      const detection = sampleDetection({ closed: true });
      await records.storeHits({ detection, hits: [sampleHit(detection)], images: noImages });
    }
    expect(records.health().hits).toBe(stored);
  } finally {
    Atomics.store(new Int32Array(stop), 0, 1);
    Atomics.notify(new Int32Array(stop), 0);
    await ended;
  }
}, 120_000);
