/**
 * A unit without cameras, to be killed at any moment: a listed vehicle passes every 150 ms, is raised, amended and
 * withdrawn within 50. As soon as its only output has an alert it prints a line, `EVENT HIT REVISION MS`; ms is the time since
 * the report came.
 */
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createAlertDesk } from '../../src/alerts/alert-desk.ts';
import { configSchema } from '../../src/config/schema.ts';
import { recordsSection } from '../../src/config/sections/records.ts';
import { createVehicles } from '../../src/daemon/consider-vehicle.ts';
import { createDaemonFigures } from '../../src/daemon/figures.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRecords } from '../../src/records/records.ts';
import {
  exampleConsensus,
  exampleFix,
  exampleMatch,
  exampleReport,
} from '../alerts/sample-alerts.ts';
import { sampleImages } from '../records/samples.ts';

const [dataDir = ''] = process.argv.slice(2);
const log = createLog({ level: 'silent' });
const config = configSchema.parse({});
const db = openUnitDatabase(dataDir);
const records = createRecords({
  db,
  dataDir,
  outbox: createOutbox(db),
  config: recordsSection.parse({ minFreeMiB: 0 }),
  images: 'all',
  log,
});
const pictures = [await sampleImages(1, 60_000), await sampleImages(2, 90_000)];
/** When the report of each vehicle came, ms of `performance.now()`. */
const cameAtMs = new Map<string, number>();

const alertDesk = createAlertDesk({
  config: config.alerts,
  hotlist: config.hotlist,
  unit: config.unit,
  outputs: [
    {
      name: 'page',
      async start() {},
      async present(event, { hit }) {
        const tookMs = performance.now() - (cameAtMs.get(hit.detectionId) ?? Number.NaN);
        writeSync(1, `${event} ${hit.id} ${hit.revision} ${tookMs.toFixed(2)}\n`);
      },
      health: () => ({ state: 'ok', problem: null }),
      async [Symbol.asyncDispose]() {},
    },
  ],
  log,
});
const vehicles = createVehicles({
  unit: config.unit,
  publishAfterS: 1,
  minCourseSpeedMps: 2,
  bearingDeg: null,
  position: { fixAt: () => exampleFix() },
  hotlist: {
    // A plate is on the list until it is read otherwise, with an O for the last character.
    match: ({ plate }) =>
      plate.endsWith('O') ? [] : [exampleMatch({ entry: { id: plate, plate } })],
  },
  mutes: { isMuted: () => false },
  suspension: { check: () => false, covers: () => false },
  canvasses: { tagOf: () => null },
  alertDesk,
  records,
  figures: createDaemonFigures(),
  log,
});

for (let count = 0; ; count += 1) {
  const id = uuidv7();
  const plate = `7ABC${100 + (count % 900)}`;
  const reads = [
    exampleConsensus(plate),
    exampleConsensus(plate.slice(0, -1)),
    exampleConsensus(`${plate.slice(0, -1)}O`),
  ];
  for (const [index, consensus] of reads.entries()) {
    const images = pictures[index % pictures.length] ?? exampleReport().images;
    cameAtMs.set(id, performance.now());
    void vehicles.consider(exampleReport({ id, sequence: index + 1, consensus, images }), 0);
    await delay(50 / reads.length);
  }
  await delay(100);
}
