import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { programRoot } from '../../src/config/load.ts';
import { troubleshootingPage } from '../../src/diagnostics/troubleshooting.ts';
import { version } from '../../src/version.ts';
import { writeUnit } from '../daemon/unit-under-test.ts';
import { type Ended, lookout } from '../support/lookout-process.ts';
import { waitFor } from '../support/wait-for.ts';

let root: string;
let unit: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lookout-install-'));
  unit = join(root, 'opt/lookout');
  expect(await ended(install())).toMatchObject({ code: 0, stderr: '' });
  return () => rmSync(root, { recursive: true, force: true });
}, 300_000);

/** Starts `scripts/install` into the folder that represents a unit's disk. */
function install(): ChildProcess {
  return spawn(join(programRoot, 'scripts/install'), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DESTDIR: root },
    detached: true,
  });
}

/** Runs `lookout …` as it is installed, from another folder. */
function installed(...args: string[]): Promise<Ended> {
  return ended(
    spawn(join(unit, 'scripts/lookout'), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

async function ended(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const [code, signal] = await once(child, 'close');
  return { code: code ?? signal, ...output };
}

const files = (pattern: string) => globSync(pattern, { cwd: unit });

describe('an installed unit', { timeout: 120_000 }, () => {
  test('has the program and what it needs, and nothing beside', () => {
    expect(readdirSync(unit).sort()).toEqual(
      [
        ...['.cache', '.node-version', '.npmrc', 'LICENSE', 'README.md', 'config', 'models'],
        ...['node_modules', 'package-lock.json', 'package.json', 'scripts', 'src', 'systemd'],
      ].sort(),
    );
    expect(readdirSync(join(unit, 'scripts')).sort()).toEqual(
      ['addon-compiler', 'lookout', 'node', 'setup'].sort(),
    );
    expect(readdirSync(join(root, 'opt'))).toEqual(['lookout']);
    expect(files('{src,scripts,models,config,systemd}/**/*.{ts,py,test.js}')).toEqual([]);
    expect(files('models/*.onnx')).toHaveLength(2);
    expect(files(relative(programRoot, troubleshootingPage))).toHaveLength(1);
  });

  test('has the packages that running needs, and no others', () => {
    const lock: { packages: Record<string, { dev?: boolean; optional?: boolean }> } = JSON.parse(
      readFileSync(join(programRoot, 'package-lock.json'), 'utf8'),
    );
    const packages = Object.entries(lock.packages);
    const isThere = (path: string) => existsSync(join(unit, path, 'package.json'));
    const development = packages.filter(([, { dev }]) => dev === true);
    expect(development.length).toBeGreaterThan(20);
    expect(development.filter(([path]) => isThere(path))).toEqual([]);
    const needed = packages.filter(([path, { dev, optional }]) => path !== '' && !dev && !optional);
    expect(needed.filter(([path]) => !isThere(path))).toEqual([]);
  });

  test('has native binaries for its own machine alone', () => {
    const own = `linux/${process.arch}`;
    expect(files('node_modules/onnxruntime-node/bin/*/*/*')).toEqual([
      expect.stringMatching(`/${own}$`),
    ]);
    expect(files('node_modules/better-sqlite3/prebuilds/*')).toEqual([
      expect.stringMatching(`/linux-${process.arch}.node$`),
    ]);
  });

  test('has every file that its compiled program names', () => {
    const named = files('src/**/*.js').flatMap((file) => {
      const code = readFileSync(join(unit, file), 'utf8');
      return [...code.matchAll(/(?:from|import\(|URL\() ?'(\.{1,2}\/[^']+)'/g)].map(([, path]) =>
        join(dirname(file), String(path)),
      );
    });
    expect(named.filter((path) => path.endsWith('-worker.js')).length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(unit, path)))).toEqual([]);
  });

  test('can be read by the service and changed only by its owner', () => {
    const modes = files('{src,models,config,scripts}/**').map(
      (file) => statSync(join(unit, file)).mode & 0o777,
    );
    expect(modes.filter((mode) => (mode & 0o044) !== 0o044 || (mode & 0o022) !== 0)).toEqual([]);
  });

  test('tells its version', async () => {
    expect(await installed('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('passes the checks of its program and models', async () => {
    const { stdout } = await installed('doctor', '--json', '--set', `unit.dataDir=${root}/var`);
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { subject: string; result: string });
    const ok = findings.filter(({ result }) => result === 'ok').map(({ subject }) => subject);
    expect(ok).toEqual(
      expect.arrayContaining([
        ...['Node', 'package onnxruntime-node', 'package sharp', 'package better-sqlite3'],
        ...['package serialport', 'OpenCV', 'model detector', 'model recogniser'],
      ]),
    );
  });

  test('replays a drive as a checkout does', async () => {
    const drive = join(programRoot, 'fixtures/short');
    const list = join(programRoot, 'fixtures/drive/hotlist.csv');
    const replay = ['replay', drive, '--json', '--hotlist', list];
    const { stdout, stderr, code } = await installed(...replay);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ hits: [{ tier: 'exact' }] });
    expect(stdout).toBe((await lookout(...replay)).stdout);
  });

  test('refuses a second daemon on its data folder', async () => {
    const args = ['run', '--config', writeUnit(root, { extra: { heads: { list: [] } } })];
    const daemon = spawn(join(unit, 'scripts/lookout'), args, {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => {
      daemon.kill('SIGKILL');
    });
    let said = '';
    daemon.stderr.on('data', (text) => {
      said += text;
    });
    await waitFor(() => said.includes('"msg":"ready"'), { what: 'the daemon' });
    expect(await installed(...args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`in use by the lookout with process id ${daemon.pid}`),
    });
  });

  test('is started by systemd as by hand', () => {
    const service = readFileSync(join(root, 'etc/systemd/system/lookout.service'), 'utf8');
    const program = /^ExecStart=(\S+)/m.exec(service)?.[1];
    expect(statSync(join(root, String(program))).mode & 0o111).toBe(0o111);
  });
});

describe('an update', { timeout: 300_000 }, () => {
  /** Starts one and kills it once `path` is there. */
  async function cutOffAt(path: string): Promise<void> {
    const update = install();
    const end = ended(update);
    await waitFor(() => existsSync(path), { what: path });
    process.kill(-Number(update.pid), 'SIGKILL');
    await end;
  }
  const works = async () =>
    expect(await installed('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });

  test('that is cut off leaves the program of before; the next takes its place whole', async () => {
    const configuration = join(root, 'etc/lookout/lookout.yaml');
    appendFileSync(configuration, '# ours\n');
    const left = join(unit, 'src/main.ts');
    writeFileSync(left, 'as an earlier version had it');

    await cutOffAt(`${unit}.new/src/main.js`);
    expect(existsSync(left)).toBe(true);
    await works();

    expect(await ended(install())).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(root, 'opt'))).toEqual(['lookout']);
    expect(existsSync(left)).toBe(false);
    await works();
    expect(readFileSync(configuration, 'utf8')).toMatch(/# ours\n$/);
  });

  test('puts the program of before back that one cut off in its last step had put away', async () => {
    renameSync(unit, `${unit}.old`);
    await cutOffAt(`${unit}.new/scripts`);
    await works();
  });
});
