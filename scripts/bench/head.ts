/**
 * Measures one camera head on a recorded pair, and the daemon's event loop delay at the same time.
 * `scripts/node node scripts/bench/head.ts [--drive fixtures/drive] [--pace fastest|real-time] [--seconds 30] [--json]`
 */
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { programRoot } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createLog } from '../../src/platform/log.ts';
import { createLoopDelay } from '../../src/platform/loop-delay.ts';
import { createHeadSupervisor } from '../../src/vision/head/supervisor.ts';

const { values } = parseArgs({
  options: {
    drive: { type: 'string', default: join(programRoot, 'fixtures/drive') },
    pace: { type: 'string', default: 'fastest' },
    seconds: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
  },
});
const source = (name: string) => ({
  kind: 'video',
  path: resolve(values.drive, name),
  pace: values.pace,
  loop: true,
});
const config = configSchema.parse({
  heads: { list: [{ id: 'bench', ir: source('ir.mp4'), colour: source('colour.mp4') }] },
  reading: { modelsDir: join(programRoot, 'models') },
});
const [head] = config.heads.list;
if (head === undefined) throw new Error('no head');

// What the machine itself costs, before there is a head.
using delay = createLoopDelay();
await wait(3000);
const idle = delay.take();

const startedMs = performance.now();
const log = createLog({ level: 'error' });
const { heads, reading, tracking } = config;
const inPlayFrom = config.hotlist.nearMinP;
await using supervisor = createHeadSupervisor({ head, heads, reading, tracking, inPlayFrom, log });
let reports = 0;
let reportBytes = 0;
supervisor.on('track', ({ images }) => {
  reports += 1;
  for (const image of [images.plate, images.ir, images.overview]) {
    reportBytes += image?.jpeg.length ?? 0;
  }
});
await supervisor.start();
const framesRead = () => supervisor.status().health?.framesRead ?? 0;
while (framesRead() === 0) {
  const { state, problem } = supervisor.status();
  if (state === 'failed') throw new Error(problem ?? 'the head has failed');
  await wait(20);
}
const firstReadMs = performance.now() - startedMs;

delay.take();
const cpu = process.cpuUsage();
const before = framesRead();
const fromMs = performance.now();
await wait(Number(values.seconds) * 1000);
const seconds = (performance.now() - fromMs) / 1000;
const late = delay.take();
const { user, system } = process.cpuUsage(cpu);
const { health } = supervisor.status();
if (health === null) throw new Error('the head has ended');

const figures = {
  frame: `${health.ir.width}x${health.ir.height}`,
  framesPerS: (health.framesRead - before) / seconds,
  dropped: health.ir.framesDropped,
  stageMs: health.stageMs,
  parentLoopDelayMs: { idle, late },
  parentCpuShare: (user + system) / 1e6 / seconds,
  residentMiB: { parent: process.memoryUsage.rss() / 2 ** 20, head: health.residentMiB },
  startToFirstReadMs: firstReadMs,
  reports,
  reportMiB: reportBytes / 2 ** 20,
};
const ms = (value: number | null) => (value === null ? 'none' : `${value.toFixed(1)} ms`);
const { detect, recognise, captureToRead } = figures.stageMs;
process.stdout.write(
  values.json
    ? `${JSON.stringify(figures)}\n`
    : `${[
        `one head, ${figures.frame}, ${values.pace}, ${seconds.toFixed(0)} s`,
        `frames read: ${figures.framesPerS.toFixed(1)}/s, ${figures.dropped} dropped`,
        `detect p50 ${ms(detect.p50)} p99 ${ms(detect.p99)}; recognise p50 ${ms(recognise.p50)} p99 ${ms(recognise.p99)}`,
        `capture to read p50 ${ms(captureToRead.p50)} p99 ${ms(captureToRead.p99)}`,
        `parent's event loop delay p50 ${ms(late.p50)} p99 ${ms(late.p99)} longest ${ms(late.max)}; it used ${(figures.parentCpuShare * 100).toFixed(1)} % of a processor`,
        `  (the same before the head was started: p50 ${ms(idle.p50)} p99 ${ms(idle.p99)} longest ${ms(idle.max)})`,
        `resident: parent ${figures.residentMiB.parent.toFixed(0)} MiB, head ${figures.residentMiB.head.toFixed(0)} MiB`,
        `start to first read: ${(firstReadMs / 1000).toFixed(2)} s`,
        `track reports: ${reports} with ${figures.reportMiB.toFixed(1)} MiB of pictures`,
      ].join('\n')}\n`,
);
