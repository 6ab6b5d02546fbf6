/**
 * Measures the hot lists at a million entries: import, matching at rest, matching during a second import.
 * `scripts/node node scripts/bench/hotlist.ts [--entries 1000000] [--json]`
 */
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hotlistSection } from '../../src/config/sections/hotlist.ts';
import type { MatchQuery } from '../../src/hotlist/hit-match.ts';
import { createHotlist, type Hotlist } from '../../src/hotlist/hotlist.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRecent, type Recent } from '../../src/platform/quantiles.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
  },
});
const entryCount = Number(values.entries);
const folder = mkdtempSync(join(tmpdir(), 'lookout-bench-'));

/** Repeatable, so that two runs ask the same questions. */
let seed = 20261122;
function random(below: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}

/** A California passenger plate, 1ABC234. */
function randomPlate(): string {
  const letter = () => String.fromCharCode(65 + random(26));
  const digit = () => String(random(10));
  return [digit, letter, letter, letter, digit, digit, digit].map((make) => make()).join('');
}

async function writeList(path: string, plates: readonly string[]): Promise<void> {
  const stream = createWriteStream(path);
  stream.write('plate,state,category,reason,make,model,colour,case_number,entry_id,entry_date\n');
  for (const [at, plate] of plates.entries()) {
    const row = `${plate},CA,stolen_vehicle,"Reported stolen, see case",FORD,F150,WHI,26-${at},N${at},2026-11-01\n`;
    if (!stream.write(row)) await new Promise<void>((resolve) => stream.once('drain', resolve));
  }
  stream.end();
  await finished(stream);
}

function queryFor(plate: string): MatchQuery {
  const characters = [...plate].map((char) => ({ char, p: 0.9 }));
  const alternatives = Array.from({ length: 8 }, () => ({ plate: randomPlate(), p: 0.05 }));
  return { plate, characters, alternatives, state: { code: 'CA', p: 0.95 } };
}

/** A tenth of the reads are listed, as no street is: the dear case is asked more often than it comes. */
function nextQueries(count: number, plates: readonly string[]): MatchQuery[] {
  return Array.from({ length: count }, () =>
    queryFor(random(10) === 0 ? (plates[random(plates.length)] ?? '') : randomPlate()),
  );
}

function timeMatches(hotlist: Hotlist, queries: readonly MatchQuery[], times: Recent): void {
  for (const query of queries) {
    const startedMs = performance.now();
    hotlist.match(query);
    times.add(performance.now() - startedMs);
  }
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

try {
  const plates = Array.from({ length: entryCount }, randomPlate);
  const file = join(folder, 'list.csv');
  await writeList(file, plates);
  const path = join(folder, 'hotlist.db');
  const config = hotlistSection.parse({ lists: [{ id: 'bench', name: 'Bench' }] });
  await using hotlist = createHotlist({ path, config, log: createLog({ level: 'warn' }) });
  hotlist.start();
  const asOf = () => new Date().toISOString();
  const memoryMiB = () => process.memoryUsage().rss / 2 ** 20;

  const memoryBefore = memoryMiB();
  const cpuBefore = process.cpuUsage();
  const first = await hotlist.importFile({ listId: 'bench', file, asOf: asOf() });

  const importCpuS = cpuSince(cpuBefore);

  const idle = createRecent(50_000);
  for (let round = 0; round < 2500; round += 1) {
    timeMatches(hotlist, nextQueries(20, plates), idle);
    await sleep(1);
  }
  const memoryIdle = memoryMiB();

  const during = createRecent(1_000_000);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  let importing = true;
  let largestLog = 0;
  let memoryPeak = 0;
  loop.enable();
  const second = hotlist.importFile({ listId: 'bench', file, asOf: asOf() }).finally(() => {
    importing = false;
  });
  while (importing) {
    timeMatches(hotlist, nextQueries(5, plates), during);
    largestLog = Math.max(largestLog, statSync(`${path}-wal`).size);
    memoryPeak = Math.max(memoryPeak, memoryMiB());
    await sleep(5);
  }
  loop.disable();
  const { ms: secondMs } = await second;

  const figures = {
    entries: first.entries,
    importS: first.ms / 1000,
    importCpuS,
    importRowsPerS: first.records / (first.ms / 1000),
    secondImportS: secondMs / 1000,
    matchIdleMs: { ...idle.summary(), max: idle.quantile(1) },
    matchDuringImportMs: { ...during.summary(), max: during.quantile(1), count: during.count },
    p50DuringToIdle: ratio(during.quantile(0.5), idle.quantile(0.5)),
    p99DuringToIdle: ratio(during.quantile(0.99), idle.quantile(0.99)),
    eventLoopDelayMs: { p99: loop.percentile(99) / 1e6, max: loop.max / 1e6 },
    nearPer1000: first.nearPer1000,
    fileMiB: first.bytes / 2 ** 20,
    databaseMiB: statSync(path).size / 2 ** 20,
    largestLogMiB: largestLog / 2 ** 20,
    memoryMiB: { before: memoryBefore, idle: memoryIdle, importPeak: memoryPeak },
  };
  process.stdout.write(`${JSON.stringify(figures, roundFigure, values.json ? 0 : 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a / b;
}

function roundFigure(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
