import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import { openOwnUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createEndsOfWaiting } from '../../src/headquarters/intake/ends-of-waiting.ts';
import { createHeadquartersRows } from '../../src/headquarters/intake/headquarters-rows.ts';
import { headquartersMigrations } from '../../src/headquarters/intake/tables.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import { imagePathOf } from '../../src/records/image-files.ts';
import { createReceivedRecords } from '../../src/records/received-records.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

const dayMs = 86_400_000;
const beganMs = Date.UTC(2026, 5, 1);

test('what waits for a hit or a detection that never comes is given up after 90 days, counted and told', async () => {
  const dataDir = temporaryFolder();
  const log = createLog({ level: 'silent' });
  const { db } = openOwnUnitDatabase(dataDir, log);
  const own = openDatabase(join(dataDir, 'headquarters.db'), headquartersMigrations);
  onTestFinished(() => {
    own.close();
    db.close();
  });
  const rows = createHeadquartersRows(own);
  const records = createReceivedRecords({ db, dataDir });
  let nowMs = beganMs;
  const ends = createEndsOfWaiting({ own, rows, records, clock: () => nowMs, log });
  onTestFinished(() => ends[Symbol.dispose]());

  const from = { agency: 'test-pd', unit: 'unit-7' };
  const notice = (id: string) => ({ ...from, id, type: 'alert' as const, body: {} });
  const image = (takenAtMs: number) => ({
    detectionId: uuidv7(),
    reduced: null,
    ref: {
      ...{ id: uuidv7(), kind: 'plate' as const, takenAt: new Date(takenAtMs).toISOString() },
      ...{ width: 1, height: 1, bytes: 4, sha256: '0'.repeat(64) },
    },
  });
  const [effective, orphan, newer] = [uuidv7(), uuidv7(), uuidv7()];
  const [old, young] = [image(beganMs), image(beganMs + 60 * dayMs)];
  rows.addNotice(notice(effective), null, beganMs);
  rows.addNotice(notice(orphan), 'hit-1', beganMs);
  rows.addNotice(notice(newer), 'hit-2', beganMs + 60 * dayMs);
  for (const [each, atMs] of [
    [old, beganMs],
    [young, beganMs + 60 * dayMs],
  ] as const) {
    await records.writeImage(each, Buffer.from('jpeg'));
    rows.addEarly(each, from, atMs);
  }
  const fileOf = ({ ref }: typeof old) =>
    join(dataDir, imagePathOf(ref.id, Date.parse(ref.takenAt)));

  nowMs = beganMs + 91 * dayMs;
  ends.start();
  await waitFor(() => !existsSync(fileOf(old)), { what: 'the picture to be removed' });
  expect(existsSync(fileOf(young))).toBe(true);
  expect([effective, orphan, newer].map(rows.hasNotice)).toEqual([false, false, true]);
  expect(rows.earlyIds()).toEqual([young.ref.id]);
  expect(ends.problems()).toEqual([
    expect.stringMatching(/^1 alert step given up, .* the alert that it is about has not come/),
    expect.stringMatching(/^1 picture given up, .* the read that it is of has not come/),
  ]);
  nowMs += 8 * dayMs;
  expect(ends.problems()).toEqual([]);
});
