import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
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
    expect(stdout).toMatch(/FAILED +data folder .*:\s+belongs to another user/);
    expect(stdout).toContain(`${dataDir}/people.key`);
    expect(stdout).toContain(`Run: sudo chown -R nobody: ${dataDir}\n`);
    // What root may read and the service may not is no "ok".
    expect(stdout).not.toMatch(/ok {9}accounts/);
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
