/**
 * A unit without cameras, to be killed at any moment: it sends what waits, and takes what headquarters tells all units.
 * People work on its data folder from other processes, as commands do. It prints `ready` once it is started.
 */
import { openAccountability } from '../../src/accountability/accountability.ts';
import { openOwnUnitDatabase } from '../../src/accountability/unit-database.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { createLog } from '../../src/platform/log.ts';
import { createUplink } from '../../src/uplink/uplink.ts';

const config = configSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const { unit, uplink: uplinkConfig } = config;
const log = createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' });
const file = openOwnUnitDatabase(unit.dataDir, log);
const outbox = createOutbox(file.db);
const accountability = await openAccountability({ config, log, daemon: { file, outbox } });
const uplink = createUplink({
  config: uplinkConfig,
  unit,
  outbox,
  dataDir: unit.dataDir,
  status: () => ({ sharing: accountability.health().sharing }),
  orders: accountability.orders,
  log,
});
accountability.startUpkeep();
await uplink.start();
process.stdout.write('ready\n');
process.once('SIGTERM', async () => {
  await uplink[Symbol.asyncDispose]();
  await accountability[Symbol.asyncDispose]();
  file.db.close();
});
