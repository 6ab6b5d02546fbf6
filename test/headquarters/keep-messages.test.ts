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
import type { Detection } from '../../src/records/detection.ts';
import { createReceivedRecords } from '../../src/records/received-records.ts';
import { sampleDetection } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('one record that no rule of the database lets in is refused alone, and those around it are stored once', () => {
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
    ...{ takeNotice: () => 'taken', clock: Date.now },
  });
  const message = (changes: Partial<Detection> = {}): UnitMessage => ({
    ...{ id: uuidv7(), agency: 'test-pd', unit: 'unit-7', kind: 'detection' },
    detection: { ...sampleDetection({ unit: 'unit-7' }), revision: 1, images: [], ...changes },
  });
  const batch = [message(), message({ head: null as unknown as string }), message()];
  const { fates, news } = keep(batch);
  expect(fates.map(({ problem }) => problem === null)).toEqual([true, false, true]);
  expect([news.detections.length, news.repeats]).toEqual([2, 0]);
  const stored = db.prepare<[], string>('SELECT id FROM detection ORDER BY rowid').pluck().all();
  expect(stored).toHaveLength(2);
  // Sent again, nothing is stored twice.
  expect(keep(batch).news).toMatchObject({ detections: [], repeats: 2 });
});
