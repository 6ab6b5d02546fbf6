import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { unitMigrations } from '../../src/accountability/unit-database.ts';
import { programRoot } from '../../src/config/load.ts';
import { troubleshootingPage } from '../../src/diagnostics/troubleshooting.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { version } from '../../src/version.ts';
import { writeUnit } from '../daemon/unit-under-test.ts';
import { type Ended, lookout } from '../support/lookout-process.ts';
import { waitFor } from '../support/wait-for.ts';

let root: string;
/** Where releases are, and the one in use. */
let home: string;
let unit: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lookout-install-'));
  home = join(root, 'opt/lookout');
  unit = join(home, 'current');
  expect(await ended(install())).toMatchObject({ code: 0, stderr: '' });
  return () => rmSync(root, { recursive: true, force: true });
}, 300_000);

/** Starts `scripts/install` into the folder that represents a unit's disk. */
function install(variables: Record<string, string> = {}): ChildProcess {
  return spawn(join(programRoot, 'scripts/install'), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DESTDIR: root, ...variables },
    detached: true,
  });
}

/** Which release may run the unit that is installed: exit status and what is said. */
function canRun(): Promise<Ended> {
  const release = realpathSync(unit);
  const script = join(unit, 'scripts/can-run');
  return ended(spawn(script, [release, root], { stdio: ['ignore', 'pipe', 'pipe'] }));
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
        ...['.cache', '.node-version', '.npmrc', 'INSTALL.md', 'LICENSE', 'README.md', 'config'],
        ...['models', 'node_modules', 'package-lock.json', 'package.json', 'scripts', 'src'],
        ...['release.json', 'systemd'],
      ].sort(),
    );
    expect(readdirSync(join(unit, 'scripts')).sort()).toEqual(
      ['addon-compiler', 'can-run', 'lookout', 'node', 'release', 'setup'].sort(),
    );
    expect(readdirSync(home).sort()).toEqual(['current', 'lock', 'releases']);
    expect(readdirSync(join(home, 'releases'))).toEqual([
      expect.stringMatching(new RegExp(`^${version}-`)),
    ]);
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

  test('tells which release it is', async () => {
    const name = basename(realpathSync(unit));
    const { code, stdout, stderr } = await installed('--version');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [said, madeAt] = stdout.trim().split(', made ');
    expect(said).toBe(name);
    const sinceMadeMs = Date.now() - Date.parse(String(madeAt));
    expect(sinceMadeMs).toBeGreaterThan(0);
    expect(sinceMadeMs).toBeLessThan(3_600_000);
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
    // A disk that is slow for a moment is told of.
    const said = stderr.split('\n').filter((line) => !line.includes('the disk does not answer'));
    expect({ code, said }).toEqual({ code: 0, said: [''] });
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

  test('is started by systemd as by hand, through the link', () => {
    for (const [service, program] of [
      ['lookout.service', '/opt/lookout/current/scripts/lookout'],
      ['lookout-trial.service', '/opt/lookout/trial/scripts/release'],
    ] as const) {
      const text = readFileSync(join(root, 'etc/systemd/system', service), 'utf8');
      expect(/^ExecStart=(\S+)/m.exec(text)?.[1]).toBe(program);
      const file = join(root, program.replace('/trial/', '/current/'));
      expect(statSync(file).mode & 0o111).toBe(0o111);
    }
    expect(readlinkSync(join(root, 'usr/local/bin/lookout'))).toBe(
      '/opt/lookout/current/scripts/lookout',
    );
  });
});

describe('a release that is to be put into use', { timeout: 120_000 }, () => {
  const configuration = () => join(root, 'etc/lookout/lookout.yaml');

  test('is refused where it does not take the configuration, its models differ or it closes the way back', async () => {
    const dataDir = join(root, 'var/lib/lookout');
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    expect(await canRun()).toEqual({ code: 0, stdout: '', stderr: '' });

    const before = readFileSync(configuration(), 'utf8');
    writeFileSync(configuration(), `${before}\nalarms: { loud: true }\n`);
    expect(await canRun()).toMatchObject({ code: 1, stderr: expect.stringContaining('alarms') });
    writeFileSync(configuration(), before);

    const [model = ''] = files('models/*.onnx');
    const bytes = readFileSync(join(unit, model));
    writeFileSync(join(unit, model), 'other bytes');
    expect(await canRun()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not match its manifest'),
    });
    writeFileSync(join(unit, model), bytes);

    const closing = unitMigrations.findIndex(({ id }) => id === 'records-7-column-names');
    openDatabase(join(dataDir, 'lookout.db'), unitMigrations.slice(0, closing)).close();
    expect(await canRun()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no older one can use it'),
    });
  });
});

describe('an update', { timeout: 600_000 }, () => {
  /** Starts one and kills it once a file of the new release is there. */
  async function cutOffAt(file: string): Promise<void> {
    const update = install();
    const end = ended(update);
    await waitFor(() => globSync(`releases/.*.part/${file}`, { cwd: home }).length > 0, {
      what: file,
      timeoutMs: 120_000,
    });
    process.kill(-Number(update.pid), 'SIGKILL');
    await end;
  }
  const works = async () =>
    expect(await installed('--version')).toEqual({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^${version}-.*, made .* UTC\n$`)),
      stderr: '',
    });
  /** Makes the release in use an older one, of which the checkout is an update. */
  function becomeOlder(): string {
    const older = `${version}-older`;
    renameSync(realpathSync(unit), join(home, 'releases', older));
    rmSync(unit);
    symlinkSync(`releases/${older}`, unit);
    return older;
  }
  const rollBack = () =>
    ended(
      spawn(join(programRoot, 'scripts/install'), ['--rollback'], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, DESTDIR: root },
      }),
    );
  const whole = () => readdirSync(join(home, 'releases'));

  /** The registry of packages cannot be reached, and none is in the cache. */
  const nowhere = () => ({
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_cache: join(root, 'empty'),
    npm_config_fetch_retries: '0',
  });

  test('that needs packages, without a network leaves the release in use', async () => {
    const before = realpathSync(unit);
    const damaged = join(unit, 'node_modules/commander/lib/command.js');
    const text = readFileSync(damaged);
    writeFileSync(damaged, text.with(0, 0));
    expect(await ended(install(nowhere()))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('npm ci failed'),
    });
    writeFileSync(damaged, text);
    expect(realpathSync(unit)).toBe(before);
    expect(whole()).toHaveLength(1);
    await works();
  });

  test('that is cut off leaves the release in use; the next is put beside it, also without a network', async () => {
    const configuration = join(root, 'etc/lookout/lookout.yaml');
    appendFileSync(configuration, '# ours\n');
    const before = becomeOlder();

    await cutOffAt('src/main.js');
    expect(basename(realpathSync(unit))).toBe(before);
    await works();

    expect(await ended(install(nowhere()))).toMatchObject({ code: 0, stderr: '' });
    const after = basename(realpathSync(unit));
    expect(whole().sort()).toEqual([before, after].sort());
    expect(after).not.toBe(before);
    expect(basename(realpathSync(join(home, 'previous')))).toBe(before);
    await works();
    expect(readFileSync(configuration, 'utf8')).toMatch(/# ours\n$/);

    expect(await ended(install())).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${after} is in use already`),
    });
    expect(whole().sort()).toEqual([before, after].sort());
    expect(basename(realpathSync(join(home, 'previous')))).toBe(before);

    expect(await rollBack()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${before} is in use; ${after} is kept`),
    });
    expect(basename(realpathSync(unit))).toBe(before);
    await works();
  });

  test('of the same release, of which files were damaged, keeps the way back; it says what an update needs', async () => {
    expect((await rollBack()).code).toBe(0);
    const damaged = basename(realpathSync(unit));
    const before = basename(realpathSync(join(home, 'previous')));
    for (const file of ['src/main.js', 'node_modules/commander/lib/command.js']) {
      writeFileSync(join(unit, file), '');
    }
    const account = join(root, 'var/lib/lookout/people.db');
    mkdirSync(dirname(account), { recursive: true });
    openDatabase(account, []).close();
    onTestFinished(() => rmSync(dirname(account), { recursive: true, force: true }));

    const { code, stdout } = await ended(install());
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Back to ${before}: sudo scripts/install --rollback`),
    });
    expect(stdout).not.toContain('first account');
    expect(whole().sort()).toEqual([before, `${damaged}.2`].sort());
    await works();
  });

  test('of a program of before there were releases keeps it as one', async () => {
    const before = realpathSync(unit);
    rmSync(join(before, 'release.json'));
    for (const name of readdirSync(before)) renameSync(join(before, name), join(home, name));
    for (const name of ['releases', 'current', 'previous']) {
      rmSync(join(home, name), { recursive: true });
    }
    const service = join(home, 'systemd/lookout.service');
    const text = readFileSync(service, 'utf8').replace('/current/', '/');
    writeFileSync(service, text);

    expect(await ended(install())).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(home).sort()).toEqual(['current', 'lock', 'previous', 'releases']);
    await works();
    const former = realpathSync(join(home, 'previous'));
    expect(basename(former)).toBe(`${version}-before`);
    expect(
      await ended(
        spawn(join(former, 'scripts/lookout'), ['--version'], {
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
      ),
    ).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(readFileSync(join(former, 'systemd/lookout.service'), 'utf8')).toContain(
      'ExecStart=/opt/lookout/current/scripts/lookout',
    );
  });
});
