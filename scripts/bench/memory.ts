/**
 * Follows the memory of one camera head over a long run: resident, V8 heap, buffers outside it, OpenCV's pictures.
 * `scripts/node node scripts/bench/memory.ts [--minutes 30] [--pace real-time|fastest]`
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { programRoot } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createLog } from '../../src/platform/log.ts';
import { createHeadSupervisor } from '../../src/vision/head/supervisor.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    pace: { type: 'string', default: 'real-time' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'lookout-bench-'));
const file = join(folder, 'memory.jsonl');
process.env.LOOKOUT_BENCH_MEMORY = file;
const source = (name: string) => ({
  kind: 'video',
  path: join(programRoot, 'fixtures/drive', name),
  pace: values.pace,
  loop: true,
});
const config = configSchema.parse({
  heads: { list: [{ id: 'bench', ir: source('ir.mp4'), colour: source('colour.mp4') }] },
  reading: { modelsDir: join(programRoot, 'models') },
});
const [head] = config.heads.list;
if (head === undefined) throw new Error('no head');
const { heads, reading, tracking } = config;

type Sample = Record<
  'rss' | 'heapTotal' | 'heapUsed' | 'external' | 'arrayBuffers' | 'mats' | 'mat',
  number
>;
const samples = () =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line): Sample => JSON.parse(line))
    : [];
const columns = [
  'rss',
  'heapTotal',
  'heapUsed',
  'external',
  'arrayBuffers',
  'mats',
  'mat',
] as const;
const row = (cells: readonly (string | number)[]) =>
  `${cells.map((cell) => String(cell).padStart(12)).join('')}\n`;

{
  await using supervisor = createHeadSupervisor({
    head,
    heads,
    reading,
    tracking,
    inPlayFrom: config.hotlist.nearMinP,
    log: createLog({ level: 'error' }),
    entry: new URL('./memory-head-process.ts', import.meta.url),
  });
  await supervisor.start();
  process.stdout.write('MiB, mats in pieces; the mean of each two minutes\n');
  process.stdout.write(row(['minute', 'frames', ...columns]));
  let seen = 0;
  for (let minute = 2; minute <= Number(values.minutes); minute += 2) {
    await wait(120_000);
    const all = samples();
    const fresh = all.slice(seen);
    seen = all.length;
    const mean = (key: keyof Sample) =>
      (fresh.reduce((sum, sample) => sum + sample[key], 0) / Math.max(1, fresh.length)).toFixed(0);
    const { health } = supervisor.status();
    process.stdout.write(row([minute, health?.framesRead ?? 0, ...columns.map(mean)]));
  }
}
rmSync(folder, { recursive: true });
