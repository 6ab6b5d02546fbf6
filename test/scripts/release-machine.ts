import {
  appendFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { TestContext } from 'vitest';
import { programRoot } from '../../src/config/load.ts';
import { type SystemdMachine, systemdMachine } from '../support/systemd-machine.ts';
import { waitFor } from '../support/wait-for.ts';

/** How a stand-in for the daemon behaves. */
const behaviours = {
  good: 'ready();',
  /** Ends before it is ready. */
  crashing: 'process.exit(1);',
  /** Never becomes ready. */
  hanging: '',
  /** Becomes ready, and ends. */
  short:
    "ready(); process.on('SIGCONT', () => process.exit(1)); process.kill(process.pid, 'SIGCONT');",
  /** Runs, with a camera that gives nothing. */
  blind: 'ready();',
} as const;
export type Behaviour = keyof typeof behaviours;

/** A unit with systemd, the scripts and services of this checkout, and releases that stand in for the program. */
export interface ReleaseMachine extends SystemdMachine {
  readonly home: string;
  /** Puts a release there, as `scripts/install` does before it puts it into use. */
  make(name: string, behaviour: Behaviour): void;
  release(...args: string[]): ReturnType<SystemdMachine['run']>;
  /** The release that a link points at; null without one. */
  link(name: 'current' | 'previous' | 'trial' | 'before'): string | null;
  releases(): string[];
  /** The release whose program runs and is ready; null if none does. */
  running(): string | null;
  runs(name: string): Promise<void>;
}

export function releaseMachine(context: TestContext): ReleaseMachine {
  const machine = systemdMachine(context);
  const { root, run } = machine;
  const home = join(root, 'opt/lookout');
  const node = join(root, 'opt/node');
  mkdirSync(join(home, 'releases'), { recursive: true });
  try {
    linkSync(process.execPath, node);
  } catch {
    cpSync(process.execPath, node);
  }
  const users = join(root, 'etc/passwd');
  if (!readFileSync(users, 'utf8').includes('\nlookout:')) {
    appendFileSync(users, 'lookout:x:994:994::/var/lib/lookout:/usr/sbin/nologin\n');
    appendFileSync(join(root, 'etc/group'), 'lookout:x:994:\n');
  }
  mkdirSync(join(root, 'etc/lookout/tls'), { recursive: true });
  writeFileSync(join(root, 'etc/lookout/lookout.yaml'), '');
  // The waits of a unit are minutes.
  dropIn('lookout.service', 'Service', 'RestartSec=100ms\nTimeoutStartSec=4\nTimeoutStopSec=2');
  dropIn(
    'lookout-trial.service',
    'Service',
    'Environment=LOOKOUT_TRIAL_READY_S=20 LOOKOUT_TRIAL_STEADY_S=2',
  );
  // Started at boot, as by "systemctl enable".
  const wants = join(root, 'etc/systemd/system/test.target.wants');
  mkdirSync(wants);
  symlinkSync('/etc/systemd/system/lookout.service', join(wants, 'lookout.service'));

  function dropIn(unit: string, section: string, text: string): void {
    const folder = join(root, 'etc/systemd/system', `${unit}.d`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'test.conf'), `[${section}]\n${text}\n`);
  }

  const link: ReleaseMachine['link'] = (name) => {
    try {
      return basename(readlinkSync(join(home, name)));
    } catch {
      return null;
    }
  };
  const running = () => {
    const { stdout } = run(['systemctl', 'show', '-p', 'ActiveState,MainPID', 'lookout.service']);
    const pid = /MainPID=(\d+)/.exec(stdout)?.[1];
    if (!stdout.includes('ActiveState=active')) return null;
    return /releases\/([^/]+)/.exec(run(['cat', `/proc/${pid}/cmdline`]).stdout)?.[1] ?? null;
  };

  return {
    ...machine,
    home,
    link,
    running,
    make(name, behaviour) {
      const release = join(home, 'releases', name);
      for (const folder of ['scripts', 'src', `.cache/toolchain/node-${nodeVersion}/bin`]) {
        mkdirSync(join(release, folder), { recursive: true });
      }
      for (const script of ['lookout', 'node', 'release', 'can-run']) {
        cpSync(join(programRoot, 'scripts', script), join(release, 'scripts', script));
      }
      cpSync(join(programRoot, 'systemd'), join(release, 'systemd'), { recursive: true });
      writeFileSync(join(release, '.node-version'), nodeVersion);
      symlinkSync('/opt/node', join(release, `.cache/toolchain/node-${nodeVersion}/bin/node`));
      writeFileSync(join(release, 'src/main.js'), programOf(behaviour));
    },
    release: (...args) => run(['/opt/lookout/current/scripts/release', ...args]),
    releases: () => readdirSync(join(home, 'releases')).sort(),
    async runs(name) {
      await waitFor(() => running() === name, { what: name, timeoutMs: 60_000 }).catch((error) => {
        const said = run(['journalctl', '-q', '-o', 'cat', '-n', '25', '-u', 'lookout*']).stdout;
        throw new Error(`${error.message}; the journal ends with:\n${said}`);
      });
    },
  };
}

const nodeVersion = '24';

function programOf(behaviour: Behaviour): string {
  const problem = behaviour === 'blind' ? 'no picture' : null;
  return `
    const { execFileSync } = require('node:child_process');
    const ready = () => execFileSync('systemd-notify', ['--pid=' + process.pid, 'READY=1']);
    const [command] = process.argv.slice(2);
    if (command === 'status') {
      console.log(JSON.stringify({ heads: [{ id: 'front', problem: ${JSON.stringify(problem)} }] }));
    } else if (command === 'doctor') {
      console.log(JSON.stringify({ check: 'node', result: 'ok' }));
    } else if (command === 'run') {
      setInterval(() => {}, 1000);
      ${behaviours[behaviour]}
    }
  `;
}
