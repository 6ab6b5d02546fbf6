import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { programRoot } from '../../src/config/load.ts';
import { createHeadquartersProcess } from './fleet/headquarters-process.ts';
import { createMosquitto } from './fleet/mosquitto-process.ts';
import { processorS, residentMiB } from './fleet/process-figures.ts';
import { ask, sharePictures, startUnits } from './fleet/units-process.ts';

// What units have waiting goes to headquarters over mosquitto: this program's, and in turns with it the small reference
// headquarters of this checkout or of another (`--against DIR`, whose node_modules it uses). Messages a second from the
// first connection to the last acknowledgement, and processor time a message: of headquarters with what it does within 2 s
// after that, of all units, and of the broker. Other units have sent a tenth as much before, so that all code is loaded.
// `scripts/node node scripts/bench/ingest.ts [--count 40000] [--units 40] [--turns 3] [--against DIR]`
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '40000' },
    units: { type: 'string', default: '40' },
    turns: { type: 'string', default: '3' },
    against: { type: 'string' },
  },
});
const [count, units] = [Number(values.count), Number(values.units)];
const reference = resolve(values.against ?? programRoot);
const agency = 'bench-pd';
const afterMs = 2000;

interface Ingest {
  pid: () => number;
  end: () => Promise<unknown>;
}

async function ours(folder: string, broker: string): Promise<Ingest> {
  const headquarters = await createHeadquartersProcess(folder, broker, agency);
  await headquarters.start();
  return { pid: () => headquarters.pid, end: () => headquarters.kill('SIGTERM') };
}

async function theReference(folder: string, broker: string): Promise<Ingest> {
  const program = join(reference, 'scripts/reference-headquarters/main.ts');
  const keeping = ['--broker', broker, '--folder', join(folder, 'reference'), 'run'];
  const child: ChildProcess = spawn(process.execPath, [program, ...keeping], { stdio: 'ignore' });
  await delay(3000);
  return { pid: () => child.pid ?? 0, end: async () => child.kill('SIGKILL') };
}

async function turn(start: typeof ours) {
  const folder = mkdtempSync(join(tmpdir(), 'lookout-ingest-'));
  const broker = await createMosquitto(folder);
  await broker.start();
  const headquarters = await start(folder, broker.urls[0] ?? '');
  const dataDir = join(folder, 'units');
  const shared = await sharePictures(dataDir);
  const simulate = (from: number, to: number) =>
    startUnits({ agency, from, to, brokers: broker.urls, dataDir, inFlight: 256, ...shared });
  const sendAll = async (child: ChildProcess) => {
    let now = await ask(child, { do: 'connect', perS: 1000 });
    while (now.waiting > 0 && now.refused < now.waiting) {
      await delay(50);
      now = await ask(child, { do: 'count' });
    }
    return now;
  };
  const warming = await simulate(units, units + 4);
  await ask(warming, { do: 'fill', each: Math.round(count / 40) });
  await sendAll(warming);
  await delay(afterMs);
  warming.kill('SIGKILL');
  const child = await simulate(0, units);
  try {
    await ask(child, { do: 'fill', each: Math.round(count / units) });
    const pids = [headquarters.pid(), child.pid ?? 0, broker.pids()[0] ?? 0];
    const before = pids.map(processorS);
    const startedAtMs = performance.now();
    const now = await sendAll(child);
    const seconds = (performance.now() - startedAtMs) / 1000;
    await delay(afterMs);
    return {
      perS: now.acknowledged / seconds,
      cpuMs: pids.map(
        (pid, at) => ((processorS(pid) - (before[at] ?? 0)) * 1000) / now.acknowledged,
      ),
      refused: now.refused,
      residentMiB: residentMiB(headquarters.pid()),
    };
  } finally {
    child.kill('SIGKILL');
    await headquarters.end();
    await broker.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
say(
  '| headquarters | messages/s | ms of a processor a message; units, broker | refused | MiB |\n|---|---|---|---|---|',
);
for (let at = 0; at < Number(values.turns); at += 1) {
  for (const [name, start] of [
    ['lookout headquarters', ours],
    ['reference', theReference],
  ] as const) {
    const { perS, cpuMs, refused, residentMiB: memory } = await turn(start);
    const [own = '', ...others] = cpuMs.map((ms) => ms.toFixed(3));
    say(
      `| ${name} | ${perS.toFixed(0)} | ${own}; ${others.join(', ')} | ${refused} | ${memory.toFixed(0)} |`,
    );
  }
}
