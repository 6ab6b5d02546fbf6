import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { programRoot } from '../../../src/config/load.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { goodPassword } from './people-under-test.ts';

/** A unit's folder, and its command line as one person has it. */
function openUnit() {
  const folder = temporaryFolder();
  const file = join(folder, 'unit.yaml');
  mkdirSync(join(folder, 'data'));
  writeFileSync(
    file,
    `unit: { agency: test-pd, id: car-1, dataDir: ${folder}/data }\nuplink: { enabled: false }\n`,
  );
  return {
    folder,
    /** Runs a command on a terminal and types each answer once its question shows; returns what was shown. */
    async type(args: string, answers: readonly (readonly [question: string, answer: string])[]) {
      const command = `"${process.execPath}" "${join(programRoot, 'src/main.ts')}" ${args}`;
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        env: { ...process.env, LOOKOUT_CONFIG: file, XDG_RUNTIME_DIR: join(folder, 'run') },
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const ended = once(child, 'close');
      let shown = '';
      let waiting = [...answers];
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        shown += part;
        const [next, ...later] = waiting;
        if (next === undefined || !shown.endsWith(next[0])) return;
        waiting = later;
        child.stdin.write(`${next[1]}\r`);
      });
      await ended;
      return shown;
    },
    /** Runs a command to its end, without holding up the thread that the test runner hears from. */
    async run(args: string, stdin = '') {
      const child = spawn(
        process.execPath,
        [join(programRoot, 'src/main.ts'), ...args.split(' ')],
        {
          env: { ...process.env, LOOKOUT_CONFIG: file, XDG_RUNTIME_DIR: join(folder, 'run') },
        },
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      const ended = once(child, 'close');
      child.stdin.on('error', () => {}); // It may end without having read anything.
      child.stdin.end(stdin);
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
      return { stdout, stderr };
    },
  };
}

describe('on the command line', { timeout: 600_000 }, () => {
  it('a first administrator without training learns what that blocks, and who can unblock it', async () => {
    const unit = openUnit();
    expect((await unit.run('user first')).stdout).toContain('--course … --completed … --clets …');
    const person = '--username ada --name Ada --organisation test-pd --password-stdin';
    const first = await unit.run(`user first ${person}`, `${goodPassword}\n`);
    expect(first.stdout).toMatch(/not on file: .* until another administrator enters it/);
  });

  it('the first administrator types the password twice', async () => {
    const unit = openUnit();
    const first = 'user first --username ada --name Ada --organisation test-pd';
    const slip = await unit.type(first, [
      ['Password: ', goodPassword],
      ['The same again: ', `${goodPassword}r`],
    ]);
    expect(slip).toContain('the two differ');
    expect(slip).not.toContain('herons');
    const made = await unit.type(first, [
      ['Password: ', goodPassword],
      ['The same again: ', goodPassword],
    ]);
    expect(made).toContain('ada is the first administrator');
  });

  it.each([
    [
      '--username ada',
      /^lookout: --name, --organisation must be given; without --course, --completed, --clets/,
    ],
    ['--name Ada --clets 2099-01-31', /--username, --organisation must be given/],
    [
      '--username ada --name Ada --organisation pd --clets 2026-10-01',
      /--clets\) ended on 2026-10-01\. Give the last day on which it holds/,
    ],
  ])('"user first %s" says what to write before it asks for a password', async (given, says) => {
    expect((await openUnit().run(`user first ${given}`)).stderr).toMatch(says);
  });

  it('the first administrator is made, logs in, makes an account and leaves', async () => {
    const unit = openUnit();
    expect((await unit.run('whoami')).stderr).toContain('lookout login');
    expect((await unit.run('login ada --acknowledge-notice')).stderr).toContain(
      'lookout user first',
    );
    expect((await unit.run('user first')).stdout).toMatch(
      /code for the first administrator: \w{4}-\w{4}/,
    );
    // Role and lists of the first one are the policy's to say.
    expect((await unit.run('user first --role officer')).stderr).toContain(
      "unknown option '--role'",
    );
    const person =
      '--organisation test-pd --course basics --completed 2026-01-31 --clets 2099-01-31';
    const first = await unit.run(
      `user first --username ada --name Ada ${person} --password-stdin`,
      `${goodPassword}\n`,
    );
    expect(first.stdout).toContain('ada is the first administrator');
    expect(first.stdout).not.toContain('not on file');

    expect((await unit.run('login ada --password-stdin', goodPassword)).stderr).toContain(
      'this is none',
    );
    const login = 'login ada --password-stdin --acknowledge-notice';
    expect((await unit.run(login, 'wrong')).stderr).toContain('The username or password is wrong');
    const { stdout, stderr } = await unit.run(login, goodPassword);
    expect(stderr).toContain('restricted law enforcement system');
    expect(stdout).toContain('ada (Ada, alpr_administrator, test-pd)');
    const [name = ''] = readdirSync(join(unit.folder, 'run/lookout'));
    const session = join(unit.folder, 'run/lookout', name);
    expect(statSync(session).mode & 0o777).toBe(0o600);

    const created = await unit.run(
      `user create pat --name Pat --role officer ${person} --requested-by Moss`,
    );
    expect(created.stdout).toContain('pat: pending, officer, requested by Moss');
    // USR-9: what they may see, and how to give the rest.
    expect(created.stdout).toContain(
      'own hot plates; not department, state, federal lists, nor their hits where the policy restricts them ("lookout user change pat --lists department,state,federal").',
    );
    expect((await unit.run('user change pat --lists state')).stdout).toContain(
      'own hot plates, state lists; not department, federal lists',
    );
    const untrained = await unit.run(
      'user create kim --name Kim --role officer --organisation test-pd --requested-by Moss',
    );
    expect(untrained.stdout).toMatch(/kim: pending.*no training on record.*user change/);
    expect((await unit.run('user approve pat')).stdout).toMatch(
      /temporary password (\w{4}-){3}\w{4}/,
    );
    expect((await unit.run('user review')).stdout).toContain('pat: has never logged in');
    const misused = await unit.run('user change pat --retraining misuse');
    expect(misused.stdout).toContain('no login before retraining (misuse)');
    expect((await unit.run('user deactivate pat --reason leave')).stdout).toContain(
      'pat: deactivated',
    );

    // A token that others could read is no secret any more.
    chmodSync(session, 0o644);
    expect((await unit.run('whoami')).stderr).toContain('lookout login');
    chmodSync(session, 0o600);
    const token = readFileSync(session, 'utf8');
    expect((await unit.run('lock')).stdout).toContain('Locked');
    expect((await unit.run('user list')).stderr).toContain('locked');
    expect((await unit.run('unlock --password-stdin', goodPassword)).stdout).toContain('Unlocked');
    expect((await unit.run('logout')).stdout).toContain('Logged out');
    writeFileSync(session, token, { mode: 0o600 });
    expect((await unit.run('user list')).stderr).toContain('Log in first');
  });
});
