/**
 * Measures what the small pictures for aiming cost a camera head: segments without and with somebody who looks, in turns in
 * one run, flat out. `scripts/node node scripts/bench/preview.ts [--drive fixtures/drive] [--pairs 8] [--seconds 8] [--json]`
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { programRoot } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createLog } from '../../src/platform/log.ts';
import { createHeadSupervisor } from '../../src/vision/head/supervisor.ts';

const { values } = parseArgs({
  options: {
    drive: { type: 'string', default: join(programRoot, 'fixtures/drive') },
    pairs: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  },
});
const source = (name: string) => ({
  ...{ kind: 'video', path: resolve(values.drive, name), pace: 'fastest', loop: true },
});
const config = configSchema.parse({
  heads: { list: [{ id: 'bench', ir: source('ir.mp4'), colour: source('colour.mp4') }] },
  reading: { modelsDir: join(programRoot, 'models') },
});
const [head] = config.heads.list;
if (head === undefined) throw new Error('no head');
const { heads, reading, tracking } = config;
const inPlayFrom = config.hotlist.nearMinP;
const log = createLog({ level: 'error' });
await using supervisor = createHeadSupervisor({ head, heads, reading, tracking, inPlayFrom, log });
await supervisor.start();
const framesRead = () => supervisor.status().health?.framesRead ?? 0;
while (framesRead() < 60) {
  const { state, problem } = supervisor.status();
  if (state === 'failed') throw new Error(problem ?? 'the head has failed');
  await wait(50);
}

let pictures = 0;
let bytes = 0;
/** Processor time of the head's process so far, ms; the kernel counts in hundredths of a second. */
function processorMs(): number {
  const { pid } = supervisor.status();
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** One stretch of time. */
interface Segment {
  framesPerS: number;
  processorMsPerFrame: number;
}

async function segment(isWatched: boolean): Promise<Segment> {
  const leave = isWatched
    ? supervisor.watch({
        isClear: false,
        show({ covered }) {
          pictures += 1;
          bytes += covered?.length ?? 0;
        },
      })
    : null;
  await wait(500);
  // Figures come twice a second: a segment begins and ends with one.
  const settled = async () => {
    const before = framesRead();
    while (framesRead() === before) await wait(2);
    return { frames: framesRead(), atMs: performance.now(), processorMs: processorMs() };
  };
  const from = await settled();
  await wait(Number(values.seconds) * 1000);
  const to = await settled();
  leave?.();
  const frames = to.frames - from.frames;
  return {
    framesPerS: (frames / (to.atMs - from.atMs)) * 1000,
    processorMsPerFrame: (to.processorMs - from.processorMs) / frames,
  };
}

const ratios: number[] = [];
const rates = { without: [] as number[], with: [] as number[] };
const costs = { without: [] as number[], with: [] as number[] };
for (let pair = 0; pair < Number(values.pairs); pair += 1) {
  // The order changes, so that a machine that becomes slower counts for both.
  const isFirst = pair % 2 === 1;
  const one = await segment(isFirst);
  const two = await segment(!isFirst);
  const [without, watched] = isFirst ? [two, one] : [one, two];
  rates.without.push(without.framesPerS);
  rates.with.push(watched.framesPerS);
  costs.without.push(without.processorMsPerFrame);
  costs.with.push(watched.processorMsPerFrame);
  ratios.push(watched.framesPerS / without.framesPerS);
}
const median = (list: readonly number[]) =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const total = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0);
const watchedS = Number(values.seconds) * Number(values.pairs);
const figures = {
  framesPerS: { without: median(rates.without), with: median(rates.with) },
  lostShare: {
    median: 1 - median(ratios),
    ofAll: 1 - total(rates.with) / total(rates.without),
    pairs: ratios.map((ratio) => 1 - ratio),
  },
  /** Also true on a busy machine, where frames come and go with other work. */
  processorMsPerFrame: { without: median(costs.without), with: median(costs.with) },
  picturesPerS: pictures / watchedS,
  pictureKB: bytes / Math.max(1, pictures) / 1000,
};
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
process.stdout.write(
  values.json
    ? `${JSON.stringify(figures)}\n`
    : `${[
        `frames read: ${figures.framesPerS.without.toFixed(1)}/s without, ${figures.framesPerS.with.toFixed(1)}/s with somebody who looks`,
        `lost: ${percent(figures.lostShare.median)} in the median pair, ${percent(figures.lostShare.ofAll)} of all; by pair ${figures.lostShare.pairs.map(percent).join(', ')}`,
        `processor time a frame: ${figures.processorMsPerFrame.without.toFixed(1)} ms without, ${figures.processorMsPerFrame.with.toFixed(1)} ms with`,
        `pictures: ${figures.picturesPerS.toFixed(1)}/s of ${figures.pictureKB.toFixed(0)} kB`,
      ].join('\n')}\n`,
);
