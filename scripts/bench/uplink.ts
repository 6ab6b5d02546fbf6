import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { uuidv7 } from 'uuidv7';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { programRoot } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { createLog } from '../../src/platform/log.ts';
import { createLoopDelay } from '../../src/platform/loop-delay.ts';
import { type DetectionDraft, draftDetection } from '../../src/records/draft-detection.ts';
import { createRecords } from '../../src/records/records.ts';
import { createUplink } from '../../src/uplink/uplink.ts';
import { freePort } from './free-port.ts';

// Detections wait in the outbox; mosquitto and a headquarters in a process of its own take them over loopback:
// messages a second from first to last acknowledgement, and this process's memory before and during. Then stores
// with three pictures each: time from call to commit, and the event loop delay at the same time.
// `scripts/node node scripts/bench/uplink.ts [--count 100000] [--stores 200] [--json]`
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    stores: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
});
const count = Number(values.count);
const dataDir = mkdtempSync(join(tmpdir(), 'lookout-bench-'));
const children: ChildProcess[] = [];
const log = createLog({ level: 'error' });
const MiB = 1024 * 1024;

/** A detection as a track gives it, with a full vote. */
function detection(): DetectionDraft {
  const now = Date.now();
  const plate = '7ABC123';
  return draftDetection({
    canvass: null,
    report: {
      id: uuidv7(),
      head: 'front',
      phase: 'ended',
      sequence: 3,
      firstSeenMs: now - 1500,
      lastSeenMs: now,
      seenCount: 12,
      unread: null,
      consensus: {
        plate,
        confidence: 0.98,
        state: { code: 'CA', p: 0.97 },
        readCount: 12,
        agreeCount: 11,
        characters: [...plate].map((char) => ({ char, p: 0.98 })),
        alternatives: ['7A8C123', '1ABC123', '7ABC128'].map((other) => ({ plate: other, p: 0.01 })),
      },
      motion: 'approaching',
      lateralPerS: 0.1,
      box: [1, 2, 3, 4],
      frameSize: [1280, 720],
      times: { capturedAtMs: now, foundAtMs: now, readAtMs: now },
      images: { plate: null, ir: null, overview: null, overviewMissing: 'not_fitted' },
    },
    fix: {
      quality: 'fix-3d',
      latitude: 38.1041,
      longitude: -122.2566,
      altitudeM: 21,
      speedMps: 11,
      courseDeg: 92.1,
      hdop: 0.9,
      satellites: 10,
      fixedAtMs: now,
      ageMs: 80,
      simulated: false,
      source: 'nmea',
    },
    direction: { headingDeg: 272.1, source: 'own-course', reason: null },
    unit: configSchema.parse({}).unit,
  });
}

async function until(condition: () => boolean, everyMs = 20): Promise<void> {
  while (!condition()) await delay(everyMs);
}

try {
  const port = await freePort();
  const broker = `mqtt://127.0.0.1:${port}`;
  const conf = join(dataDir, 'mosquitto.conf');
  writeFileSync(conf, `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_type error\n`);
  children.push(spawn('/usr/sbin/mosquitto', ['-c', conf]));
  const folder = join(dataDir, 'headquarters');
  const program = join(programRoot, 'scripts/reference-headquarters/main.ts');
  const headquarters = ['--broker', broker, '--folder', folder, 'run'];
  children.push(spawn(process.execPath, [program, ...headquarters], { stdio: 'ignore' }));

  const db = openUnitDatabase(dataDir);
  const outbox = createOutbox(db);
  const config = configSchema.parse({ uplink: { broker }, records: { minFreeMiB: 0 } });
  const { unit } = config;
  let bytes = 0;
  for (let done = 0; done < count; ) {
    db.transaction(() => {
      for (let each = 0; each < 1000 && done < count; each += 1, done += 1) {
        const json = JSON.stringify({ ...detection(), revision: 1, images: [] });
        bytes += json.length;
        outbox.add({ id: uuidv7(), lane: 'detection', topic: 'detection', json });
      }
    })();
  }
  global.gc?.();
  await delay(1000);
  const residentBefore = process.memoryUsage.rss();
  const heapBefore = process.memoryUsage().heapUsed;

  // What the machine itself costs.
  using loop = createLoopDelay();
  await delay(3000);
  const idleDelay = loop.take();
  const status = () => ({});
  const uplink = createUplink({ config: config.uplink, unit, outbox, dataDir, status, log });
  await uplink.start();
  await until(() => uplink.health().acknowledged > 0, 1);
  loop.take();
  const startedAtMs = performance.now();
  const cpuBefore = process.cpuUsage();
  let residentMost = 0;
  const sampling = setInterval(() => {
    residentMost = Math.max(residentMost, process.memoryUsage.rss());
  }, 50);
  await until(() => outbox.status().waiting === 0, 200);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  clearInterval(sampling);
  const drainDelay = loop.take();
  global.gc?.();
  const heapAfter = process.memoryUsage().heapUsed;
  const { resent } = uplink.health();
  await uplink[Symbol.asyncDispose]();

  // Stores with pictures of usual sizes; the bytes need only look like a JPEG.
  const picture = (size: number) => {
    const jpeg = crypto.getRandomValues(new Uint8Array(size));
    jpeg.set([0xff, 0xd8, 0xff, 0xda]);
    return { jpeg, width: 1280, height: 720, takenAtMs: Date.now() };
  };
  const records = createRecords({
    db,
    dataDir,
    outbox,
    config: config.records,
    images: 'all',
    log,
  });
  loop.take();
  for (let stored = 0; stored < Number(values.stores); stored += 1) {
    const images = { plate: picture(6000), ir: picture(60_000), overview: picture(60_000) };
    const input = { detection: detection(), images: { ...images, overviewMissing: null } };
    await records.storeDetection(input);
  }
  const storeDelay = loop.take();
  const { storeMs } = records.health();
  await records[Symbol.asyncDispose]();
  db.close();

  const figures = {
    messages: count,
    bytesEach: Math.round(bytes / count),
    drainedPerS: Math.round(count / seconds),
    seconds,
    // Of this process; hardly depends on what else the machine does.
    cpuMsPerMessage: (cpu.user + cpu.system) / 1000 / count,
    resent,
    residentBeforeMiB: Math.round(residentBefore / MiB),
    residentMostMiB: Math.round(residentMost / MiB),
    // Told from garbage with `node --expose-gc`.
    heapGrownMiB: (heapAfter - heapBefore) / MiB,
    idleLoopDelayMs: idleDelay,
    drainLoopDelayMs: drainDelay,
    storeMs,
    storeLoopDelayMs: storeDelay,
  };
  console.log(values.json ? JSON.stringify(figures) : figures);
} finally {
  for (const child of children) child.kill();
  await delay(500);
  rmSync(dataDir, { recursive: true, force: true });
}
