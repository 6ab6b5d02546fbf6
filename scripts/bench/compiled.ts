import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { programRoot } from '../../src/config/load.ts';
import type { DaemonStatus } from '../../src/daemon/daemon-status.ts';
import { createRecent, type Recent } from '../../src/platform/quantiles.ts';

// The program from TypeScript, as a checkout runs it, and compiled, as a unit does, in turns: how long commands and
// the daemon take to start, and the memory of each process.
const rounds = Number(process.argv[2] ?? 7);
const folder = mkdtempSync(join(tmpdir(), 'lookout-bench-'));
const compiled = join(folder, 'program');
mkdirSync(compiled);
for (const part of ['node_modules', 'models', 'config', 'package.json'])
  symlinkSync(join(programRoot, part), join(compiled, part));
const node = ['--disable-warning=ExperimentalWarning'];
execFileSync(process.execPath, [
  ...node,
  join(programRoot, 'scripts/compile.ts'),
  join(compiled, 'src'),
]);

const drive = join(programRoot, 'fixtures/short');
const ir = { kind: 'video', path: join(drive, 'ir.mp4'), loop: true };
const settings = (dataDir: string) =>
  [
    ...['unit.agency=bench', 'unit.id=car', `unit.dataDir=${dataDir}`, 'uplink.enabled=false'],
    ...[`heads.list=${JSON.stringify([{ id: 'front', ir }])}`, 'alerts.sound.enabled=false'],
    ...['console.port=0', 'metrics.port=7499', 'log.level=info'],
  ].flatMap((setting) => ['--set', setting]);

/** Milliseconds from start to end, and the most memory it had, in MiB. */
async function command(program: string, ...args: string[]): Promise<[number, number]> {
  const peak =
    'data:text/javascript,import{writeSync}from"node:fs";' +
    'process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))';
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...node, '--import', peak, program, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let peakKiB = '';
  child.stdio[3]?.on('data', (data) => {
    peakKiB += data;
  });
  await once(child, 'close');
  return [performance.now() - startedAt, Number(peakKiB) / 1024];
}

const residentMiB = (pid: number | null | undefined) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function status(): Promise<DaemonStatus | null> {
  const response = await fetch('http://127.0.0.1:7499/status').catch(() => null);
  return (await response?.json()) as DaemonStatus | null;
}

/** Resolves once it says that it is ready, which it does as soon as its parts have started. */
async function ready(daemon: ChildProcess): Promise<void> {
  for await (const text of daemon.stderr ?? []) if (String(text).includes('"msg":"ready"')) return;
  throw new Error('the daemon ended');
}

const figures = new Map<string, Map<string, Recent>>();
function add(form: string, what: string, value: number) {
  const row = figures.get(what) ?? new Map<string, Recent>();
  const values = row.get(form) ?? createRecent(rounds);
  values.add(value);
  figures.set(what, row.set(form, values));
}

const forms = {
  TypeScript: join(programRoot, 'src/main.ts'),
  compiled: join(compiled, 'src/main.js'),
};
for (let round = 0; round < rounds; round++) {
  for (const [form, program] of Object.entries(forms)) {
    const [versionMs, versionMiB] = await command(program, '--version');
    add(form, 'lookout --version, ms', versionMs);
    add(form, 'lookout --version, peak MiB', versionMiB);

    const set = settings(mkdtempSync(join(folder, 'data-')));
    const startedAt = performance.now();
    const daemon = spawn(process.execPath, [...node, program, 'run', ...set], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(daemon);
    add(form, 'daemon, start to ready, ms', performance.now() - startedAt);
    let now = await status();
    while ((now?.heads[0]?.health?.framesRead ?? 0) < 60) {
      await pause(20);
      now = await status();
    }
    add(form, 'daemon, start to first read, ms', (now?.firstReadAfterS ?? 0) * 1000);
    add(form, 'daemon, MiB', residentMiB(daemon.pid));
    add(form, 'head, MiB', residentMiB(now?.heads[0]?.pid));
    const [statusMs, statusMiB] = await command(program, 'status', ...set);
    add(form, 'lookout status, ms', statusMs);
    add(form, 'lookout status, peak MiB', statusMiB);
    daemon.kill('SIGTERM');
    daemon.stderr?.resume();
    await once(daemon, 'exit');
  }
}
rmSync(folder, { recursive: true, force: true });

console.log(`medians of ${rounds} rounds`);
for (const [what, row] of figures) {
  const values = Object.keys(forms).map(
    (form) => `${form} ${row.get(form)?.quantile(0.5)?.toFixed(0)}`,
  );
  console.log(`${what}: ${values.join(', ')}`);
}
