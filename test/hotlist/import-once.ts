/** Imports one file into list `svs` of a data folder, to be killed at any moment. */
import { join } from 'node:path';
import { createHotlist } from '../../src/hotlist/hotlist.ts';
import { createLog } from '../../src/platform/log.ts';
import { configOf } from './list-config.ts';

const [folder = '', file = ''] = process.argv.slice(2);
await using hotlist = createHotlist({
  path: join(folder, 'hotlist.db'),
  config: configOf([{}]),
  log: createLog({ level: 'silent' }),
  maintain: false,
});
await hotlist.importFile({ listId: 'svs', file, asOf: new Date().toISOString() });
