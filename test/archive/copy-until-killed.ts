import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { openArchive } from '../../src/archive/archive.ts';
import { createLog } from '../../src/platform/log.ts';

/** Keeps up an archive until it is killed. Arguments: the data folder, the settings as JSON. */
const [dataDir = '', settings = ''] = process.argv.slice(2);
const db = openUnitDatabase(dataDir);
const log = createLog({ level: 'silent' });
openArchive({ db, dataDir, settings: JSON.parse(settings), log })?.start();
