import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadConfig, programRoot } from '../../src/config/load.ts';
import { createDaemon } from '../../src/daemon/daemon.ts';
import { createLog } from '../../src/platform/log.ts';
import { createLoopDelay } from '../../src/platform/loop-delay.ts';

// Two camera heads play the recorded drive at its own 15 frames/s into one daemon: frame-to-alert times,
// lateness of the daemon's event loop, memory of every process, time from start to the first read.
const drive = join(programRoot, 'fixtures/drive');
const dataDir = mkdtempSync(join(tmpdir(), 'lookout-bench-'));
const { config } = loadConfig({
  file: join(programRoot, 'config/demo.yaml'),
  flags: [`unit.dataDir=${dataDir}`, 'uplink.enabled=false', 'alerts.voice.enabled=false'],
});
const [head] = config.heads.list;
if (head === undefined) throw new Error('config/demo.yaml has no camera head');
// The second head starts its own alerts: re-arming is off, so that both heads raise theirs.
config.heads.list = [head, { ...head, id: 'rear', mountAngleDeg: 180 }];
config.hotlist.rearmAfterS = 0;

const daemon = await createDaemon(config, createLog({ level: 'error' }));
await daemon.hotlist.importFile({
  listId: 'demo',
  file: join(drive, 'hotlist.csv'),
  asOf: new Date().toISOString(),
});
const finished = once(daemon.events, 'finished');
using delay = createLoopDelay();
await daemon.start();
delay.take();
const { durationS } = parse(readFileSync(join(drive, 'drive.yaml'), 'utf8')) as {
  durationS: number;
};
await finished;
const late = delay.take();
const status = daemon.status();
const ms = (value: number | null) => (value === null ? '–' : `${value.toFixed(1)} ms`);

process.stdout.write(
  `${[
    `two heads at 15 frames/s for ${durationS} s`,
    ...status.heads.map(
      ({ id, health }) =>
        `head ${id}: ${health?.framesRead} frames read, ${health?.ir.framesDropped} dropped, ` +
        `capture to read ${ms(health?.stageMs.captureToRead.p50 ?? null)} p50 ` +
        `${ms(health?.stageMs.captureToRead.p99 ?? null)} p99, ${health?.residentMiB.toFixed(0)} MiB`,
    ),
    `frame to alert: p50 ${ms(status.alertMs.raised.p50)}, p99 ${ms(status.alertMs.raised.p99)} of ${status.alertMs.count} alerts`,
    `daemon: event loop delay p50 ${ms(late.p50)}, p99 ${ms(late.p99)}, longest ${ms(late.max)}; ${status.residentMiB} MiB`,
    `start to first read: ${status.firstReadAfterS?.toFixed(2)} s`,
  ].join('\n')}\n`,
);
await daemon[Symbol.asyncDispose]();
rmSync(dataDir, { recursive: true, force: true });
