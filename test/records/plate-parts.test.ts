import { expect, onTestFinished, test } from 'vitest';
import { openOwnUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Detection } from '../../src/records/detection.ts';
import { createDetectionIndex } from '../../src/records/detection-index.ts';
import { createReceivedRecords } from '../../src/records/received-records.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { sampleDetection, sampleHit } from './samples.ts';

/** Headquarters' records on a database of their own. */
function receivedRecords() {
  const dataDir = temporaryFolder();
  const { db } = openOwnUnitDatabase(dataDir, createLog({ level: 'silent' }));
  onTestFinished(() => void db.close());
  const index = createDetectionIndex(db);
  return {
    ...{ db, dataDir, records: createReceivedRecords({ db, dataDir }) },
    platesWith: (run: string, limit = 10) =>
      index.platesWith({ run, glob: `*${run}*` }, limit).sort(),
    count: (table: 'plate_part' | 'plate_waiting') =>
      db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
  };
}

const passed = (plate: string, changes: Partial<Detection> = {}): Detection => {
  const draft = sampleDetection({ unit: 'unit-7' });
  const detection: Detection = { ...draft, revision: 1, images: [], ...changes };
  if (detection.read === null) throw new Error('a sample has a read');
  return { ...detection, read: { ...detection.read, plate } };
};

test('a part of a plate finds what a unit sent before and after it is indexed, each plate once', () => {
  const { records, platesWith, count } = receivedRecords();
  for (const plate of ['7ABC123', '8ABD456']) records.detection(passed(plate));
  expect(platesWith('AB')).toEqual(['7ABC123', '8ABD456']);
  expect(records.indexPlates(1)).toBe(1);
  expect(platesWith('AB')).toEqual(['7ABC123', '8ABD456']);
  expect(records.indexPlates(10)).toBe(1);
  expect(platesWith('AB')).toEqual(['7ABC123', '8ABD456']);
  expect(platesWith('23')).toEqual(['7ABC123']);
  expect(count('plate_waiting')).toBe(0);
  // Seen again: it waits although its parts are there.
  records.detection(passed('7ABC123'));
  expect(platesWith('AB')).toEqual(['7ABC123', '8ABD456']);
  expect(records.indexPlates(10)).toBe(1);
  expect(count('plate_part')).toBe(12);
});

test('the plates of a hit whose detection has not come, and of an amended record, are found at once', () => {
  const { records, platesWith } = receivedRecords();
  const detection = passed('7ABC123', { closed: false });
  records.hit({ ...sampleHit(detection), read: detection.read ?? sampleHit(detection).read });
  expect(platesWith('C12')).toEqual(['7ABC123']);
  records.detection(passed('7ABD123', { ...detection, revision: 2, closed: true }));
  expect(platesWith('C12')).toEqual([]);
  expect(platesWith('D12')).toEqual(['7ABD123']);
  records.indexPlates(10);
  expect(platesWith('C12')).toEqual([]);
  expect(platesWith('D12')).toEqual(['7ABD123']);
});

test('a record that is removed leaves no part of its plate, indexed or not', () => {
  const { db, records, platesWith, count } = receivedRecords();
  records.detection(passed('7ABC123'));
  db.prepare('DELETE FROM detection').run();
  expect(count('plate_waiting')).toBe(0);
  records.detection(passed('7ABC123'));
  records.indexPlates(10);
  db.prepare('DELETE FROM detection').run();
  expect(platesWith('AB')).toEqual([]);
  expect([count('plate_part'), count('plate_waiting')]).toEqual([0, 0]);
});

test('a look-up that is cut short says so, whether plates wait or not', () => {
  const { records, platesWith } = receivedRecords();
  for (const plate of ['7ABC123', '7ABC124', '7ABC125']) records.detection(passed(plate));
  expect(platesWith('ABC', 2)).toHaveLength(2);
  records.indexPlates(2);
  expect(platesWith('ABC', 2)).toHaveLength(2);
  expect(platesWith('ABC', 4)).toHaveLength(3);
});
