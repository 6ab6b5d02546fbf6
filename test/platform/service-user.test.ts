import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { lookout } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The user `nobody` of Debian. */
const nobody = 65_534;

/** A folder that the service's user owns, and a data folder in it that is not there yet. */
function folderOfService(context: TestContext) {
  if (process.getuid?.() !== 0) context.skip('only root can give a folder to another user');
  const folder = temporaryFolder();
  chownSync(folder, nobody, nobody);
  const dataDir = join(folder, 'lookout');
  const run = (...command: string[]) => lookout(...command, '--set', `unit.dataDir=${dataDir}`);
  return { folder, dataDir, run };
}

/** A program in Python that listens on a port, as the toolchain's Node may be closed to other users. */
const pythonListener = (port: number) =>
  `import socket,time; s=socket.create_server(('127.0.0.1',${port})); print('on',flush=True); time.sleep(600)`;

function ownersIn(folder: string): Record<string, number> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(names.map((name) => [name, lstatSync(join(folder, name)).uid]));
}

describe('root on a unit whose service is another user', { timeout: 120_000 }, () => {
  test('leaves nothing that the service could not use, whatever command comes first', async (context) => {
    const { folder, dataDir, run } = folderOfService(context);
    await run('doctor');
    expect(existsSync(dataDir)).toBe(false);
    await run('whoami');
    await run('user', 'first');
    expect(ownersIn(folder)).toMatchObject({
      'lookout/people.db': nobody,
      'lookout/people.key': nobody,
    });
    await run('user', 'rescue', 'moss');
    await run('hotlist', 'status');
    await run('login', 'moss', '--password-stdin');
    const owners = ownersIn(folder);
    expect(Object.keys(owners)).toContain('lookout/hotlist.db');
    expect(Object.entries(owners).filter(([, uid]) => uid !== nobody)).toEqual([]);
  });

  test('may not run the daemon, and learns as whom to', async (context) => {
    const { dataDir, run } = folderOfService(context);
    const { stderr, code } = await run('run');
    expect(code).toBe(1);
    expect(stderr).toContain('sudo -u nobody lookout run');
    expect(existsSync(dataDir)).toBe(false);
  });

  test('learns from doctor what belongs to another user, and what to run', async (context) => {
    const { dataDir, run } = folderOfService(context);
    await run('user', 'first');
    expect((await run('doctor')).stdout).toMatch(/ok {9}data folder/);
    chownSync(join(dataDir, 'people.key'), 0, 0);
    const { stdout } = await run('doctor');
    expect(stdout).toMatch(/FAILED +data folder .*:\s+belongs\s+to\s+another\s+user/);
    expect(stdout).toContain(`${dataDir}/people.key`);
    expect(stdout).toContain(`Run: sudo chown -R nobody: ${dataDir}\n`);
    // What root may read and the service may not is no "ok".
    expect(stdout).not.toMatch(/ok {9}accounts/);
  });

  test('proves the rights of the service, and who holds a port of another user', async (context) => {
    const { folder, run } = folderOfService(context);
    const closed = join(folder, 'drive.nmea');
    writeFileSync(closed, '', { mode: 0o600 });
    const port = await freePort();
    const holder = spawn('/usr/bin/python3', ['-c', pythonListener(port)], {
      stdio: ['ignore', 'pipe', 'ignore'],
      uid: 1,
    });
    onTestFinished(() => void holder.kill());
    await once(holder.stdout, 'data');
    const { stdout } = await run(
      'doctor',
      '--prove',
      '--json',
      '--set',
      `position.source={ kind: replay, path: ${closed} }`,
      '--set',
      `console.port=${port}`,
    );
    const says = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { subject: string; says: string })
      .map(({ subject, says: text }) => `${subject}: ${text}`);
    expect(says).toContain(`rights: position.source.path, ${closed}: this user may not open it`);
    expect(says).toContain(
      `alert page: its port ${port} is in use by python3 (process ${holder.pid})`,
    );
  });

  test('the daemon names what it may not write when it starts', async (context) => {
    const { dataDir, run } = folderOfService(context);
    await run('user', 'first');
    chownSync(join(dataDir, 'people.db'), 0, 0);
    const module = new URL('../../src/platform/service-user.ts', import.meta.url).href;
    const script = `const { refuseForeignFiles } = await import(${JSON.stringify(module)});
      process.setgid(${nobody}); process.setuid(${nobody});
      try { refuseForeignFiles(${JSON.stringify(dataDir)}) } catch (error) { console.log(error.message) }`;
    const says = execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString();
    expect(says).toContain(`people.db. Run: sudo chown -R nobody: ${dataDir}`);
  });
});
