import { expect, onTestFinished, test } from 'vitest';
import { openOwnUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createPlateIndexing } from '../../src/headquarters/intake/plate-indexing.ts';
import { createLog } from '../../src/platform/log.ts';
import { createDetectionIndex } from '../../src/records/detection-index.ts';
import { createReceivedRecords } from '../../src/records/received-records.ts';
import { sampleDetection } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

const log = createLog({ level: 'silent' });

function openRecords(dataDir: string) {
  const { db } = openOwnUnitDatabase(dataDir, log);
  onTestFinished(() => void db.close());
  const index = createDetectionIndex(db);
  return {
    records: createReceivedRecords({ db, dataDir }),
    found: () => index.platesWith({ run: 'C12', glob: '*C12*' }, 10),
    waiting: () => db.prepare('SELECT count(*) FROM plate_waiting').pluck().get(),
  };
}

const passed = () => ({ ...sampleDetection({ unit: 'unit-7' }), revision: 1, images: [] });

test('plates that a crash left waiting are found at the next start, and then added to the index', async () => {
  const dataDir = temporaryFolder();
  openRecords(dataDir).records.detection(passed());
  const { records, found, waiting } = openRecords(dataDir);
  expect([waiting(), found()]).toEqual([1, ['8ABC123']]);
  using indexing = createPlateIndexing({ records, log });
  indexing.start();
  await waitFor(() => waiting() === 0, { what: 'the plate in the index' });
  expect(found()).toEqual(['8ABC123']);
});

test('a stop leaves no plate waiting, for an older release does not read them', () => {
  const { records, found, waiting } = openRecords(temporaryFolder());
  const indexing = createPlateIndexing({ records, log });
  records.detection(passed());
  indexing.stored(1);
  indexing[Symbol.dispose]();
  expect([waiting(), found()]).toEqual([0, ['8ABC123']]);
});
