import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';
import { waitFor } from './wait-for.ts';

/** A computer of its own with Debian's systemd, whose power can be cut. Its `/usr` is this machine's. */
export interface SystemdMachine {
  /** Its disk, as seen from here. */
  readonly root: string;
  /** Runs a command there as root; variables are added to an otherwise empty environment. */
  run(command: string[], variables?: Record<string, string>): Ended;
  /** Begins a command there; resolves when it has ended. */
  begin(command: string[]): Promise<void>;
  /** The program and arguments that run a command there, for who needs its input and output. */
  inside(command: string[], variables?: Record<string, string>): [string, ...string[]];
  start(): Promise<void>;
  /** Every process there ends at once. */
  cutPower(): Promise<void>;
}

export interface Ended {
  code: number | string | null;
  stdout: string;
  stderr: string;
}

const hierarchy = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((path) =>
  existsSync(join(path, 'cgroup.procs')),
);

/**
 * The machine, not yet started; it goes when the test ends. Skips the test where none can be made. `folders` of this
 * machine, by their place there, are in it too.
 */
export function systemdMachine(
  context: TestContext,
  folders: Readonly<Record<string, string>> = {},
): SystemdMachine {
  const may = spawnSync('unshare', ['--mount', '--pid', '--cgroup', '--fork', 'true']).status === 0;
  if (!may || hierarchy === undefined || !existsSync('/lib/systemd/systemd')) {
    context.skip('no right to start a machine with systemd of its own');
  }
  const root = temporaryFolder();
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
  for (const file of ['passwd', 'group', 'nsswitch.conf']) {
    copyFileSync(join('/etc', file), join(root, 'etc', file));
  }
  writeFileSync(join(root, 'etc/machine-id'), '');
  writeFileSync(
    join(root, 'etc/systemd/system/test.target'),
    '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n',
  );
  const group = join(String(hierarchy), basename(root));
  let power: ChildProcess | null = null;

  async function cutPower(): Promise<void> {
    if (power === null) return;
    const gone = once(power, 'close');
    writeFileSync(join(group, 'cgroup.kill'), '1');
    await gone;
    power = null;
    await waitFor(() => removed(group), { what: 'the end of every process' });
  }
  onTestFinished(cutPower);

  /** Process 1, by its number here. */
  const first = () =>
    Number(readFileSync(`/proc/${power?.pid}/task/${power?.pid}/children`, 'utf8').trim());
  const inside: SystemdMachine['inside'] = (command, variables = {}) => {
    const environment = Object.entries({ PATH: '/usr/sbin:/usr/bin', HOME: '/root', ...variables });
    return [
      'nsenter',
      ...['-t', String(first()), '--mount', '--pid', '--uts', '--ipc', '--net', '--root'],
      ...['--wdns=/', 'env', '-i', ...environment.map(([name, value]) => `${name}=${value}`)],
      ...command,
    ];
  };
  const run: SystemdMachine['run'] = (command, variables) => {
    const [program, ...given] = inside(command, variables);
    const { status, signal, stdout, stderr } = spawnSync(program, given, { encoding: 'utf8' });
    return { code: status ?? signal, stdout, stderr };
  };

  return {
    root,
    run,
    inside,
    async begin(command) {
      const [program, ...given] = inside(command);
      await once(spawn(program, given, { stdio: 'ignore' }), 'close');
    },
    cutPower,
    async start() {
      mkdirSync(group);
      const binds = Object.entries(folders).flatMap(([to, from]) => [from, to]);
      power = spawn(join(import.meta.dirname, 'boot-systemd'), [root, group, ...binds], {
        stdio: 'inherit',
      });
      // What it starts may take longer than this.
      const says = () => run(['systemctl', 'is-system-running']).stdout;
      await waitFor(() => first() > 0 && /starting|running|degraded/.test(says()), {
        what: 'systemd',
      });
    },
  };
}

/** Removes a control group with those in it, once no process is left there. */
function removed(group: string): boolean {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true })) {
      if (entry.isDirectory() && !removed(join(group, entry.name))) return false;
    }
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}
