import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { Secret } from 'otpauth';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { programRoot } from '../../src/config/load.ts';
import { type SystemdMachine, systemdMachine } from '../support/systemd-machine.ts';
import { totpCode, totpStep } from '../support/totp-code.ts';
import { townMapBytes } from '../support/town-map.ts';
import { waitFor } from '../support/wait-for.ts';

/** The commands of INSTALL.md, in order. */
const commands = [
  ...readFileSync(join(programRoot, 'INSTALL.md'), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms),
].flatMap(([, block = '']) => block.trim().split('\n'));

const password = 'Correct-Horse-Battery-9';

/** What a technician would have edited into the file. */
const configuration = `
unit:
  agency: example-pd
  id: car-12
  dataDir: /var/lib/lookout
  timeZone: America/Los_Angeles
  administrator: { title: Captain, name: A. Moss }
hotlist: { lists: [{ id: svs, name: Stolen Vehicle System, priority: 10 }] }
uplink:
  broker: mqtts://headquarters.example.org:8883
  tls: { ca: /etc/lookout/tls/ca.pem, cert: /etc/lookout/tls/unit.pem, key: /etc/lookout/tls/unit.key }
alerts: { sound: { enabled: false } }
`;

/** What they add to it for the page on another computer, as the guide shows it. */
const [, pageOverHttps = ''] =
  /^```yaml\n(console:.*?)^```$/ms.exec(readFileSync(join(programRoot, 'INSTALL.md'), 'utf8')) ??
  [];

/** A Debian with systemd and what scripts/setup test has installed, where moss may use sudo and has the release. */
async function workshop(context: TestContext): Promise<SystemdMachine> {
  const cache = process.env.LOOKOUT_CACHE ?? join(homedir(), '.cache/lookout');
  const npm = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
  const machine = systemdMachine(context, { '/root/.cache/lookout': cache, '/root/.npm': npm });
  const { root } = machine;
  const at = (...path: string[]) => join(root, ...path);
  cpSync('/etc', at('etc'), { recursive: true, verbatimSymlinks: true, filter: isWanted });
  writeFileSync(at('etc/machine-id'), '');
  writeFileSync(
    at('etc/hosts'),
    `127.0.0.1 localhost headquarters.example.org car-12 ${hostname()}\n`,
  );
  mkdirSync(at('etc/sudoers.d'), { recursive: true });
  writeFileSync(at('etc/sudoers.d/moss'), 'moss ALL=(ALL) NOPASSWD: ALL\n', { mode: 0o440 });
  for (const folder of ['lib/apt/lists/partial', 'lib/dpkg', 'cache/apt/archives/partial']) {
    mkdirSync(at('var', folder), { recursive: true });
  }
  for (const folder of ['lib/mosquitto', 'log']) mkdirSync(at('var', folder), { recursive: true });
  cpSync('/var/lib/dpkg/status', at('var/lib/dpkg/status'));
  // The machine has no network: what npm needs must be in its cache.
  const packages = join(root, 'packages');
  mkdirSync(packages);
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    cpSync(join(programRoot, file), join(packages, file));
  }
  const fetch = ['ci', '--ignore-scripts', '--prefer-offline', '--omit=dev'];
  execFileSync('npm', fetch, { cwd: packages, stdio: 'ignore' });
  rmSync(packages, { recursive: true });
  await machine.start();

  const run = (...command: string[]) => expect(machine.run(command)).toMatchObject({ code: 0 });
  run('useradd', '--create-home', '--shell', '/bin/bash', 'moss');
  run('chown', 'mosquitto', '/var/lib/mosquitto');
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: programRoot,
    encoding: 'utf8',
  }).split('\0');
  for (const file of files) {
    if (file === '' || file.startsWith('fixtures/') || !existsSync(join(programRoot, file)))
      continue;
    cpSync(join(programRoot, file), at('home/moss/lookout', file), { recursive: true });
  }
  mkdirSync(at('home/moss/pki'));
  writeFileSync(at('home/moss/ready.yaml'), configuration);
  writeFileSync(at('home/moss/https.yaml'), pageOverHttps);
  writeFileSync(
    at('home/moss/editor'),
    '#!/bin/sh\ncp /home/moss/ready.yaml "$1"\n[ ! -e /home/moss/pki/page.pem ] || cat /home/moss/https.yaml >>"$1"\n',
  );
  chmodSync(at('home/moss/editor'), 0o755);
  writeFileSync(
    at('home/moss/svs.csv'),
    'plate,state,category,reason\n7ABC123,CA,stolen_vehicle,\n',
  );
  run('chown', '-R', 'moss:', '/home/moss');
  return machine;
}

/** Services that are enabled on this machine do not start in the other. */
function isWanted(path: string): boolean {
  return !/^\/etc\/(?:systemd\/system|lookout|mtab|resolv\.conf)(?:\/|$)/.test(path);
}

/** Runs a command as moss at a terminal, and answers each question for a password or the code of a second factor. */
async function asMoss(machine: SystemdMachine, command: string) {
  const [program, ...given] = machine.inside(
    ['runuser', '-u', 'moss', '--', 'script', '-qec', command, '/dev/null'],
    {
      PATH: '/usr/local/bin:/usr/sbin:/usr/bin',
      HOME: '/home/moss',
      USER: 'moss',
      SUDO_EDITOR: '/home/moss/editor',
      SHELL: '/bin/bash',
      LANG: 'C.UTF-8',
    },
  );
  const child = spawn(program, given, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  let answered = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const asked = said.match(questions) ?? [];
      for (const question of asked.slice(answered)) {
        child.stdin.write(`${answerTo(question, said)}\n`);
      }
      answered = asked.length;
    });
  }
  const [code] = await once(child, 'close');
  return { code, said };
}

const questions =
  /(?:[Pp]assword[^\n:]*|The same again|read this notice|Code that the program shows): |Export Password:/g;

function answerTo(question: string, said: string): string {
  if (question.startsWith('read')) return 'yes';
  if (!question.startsWith('Code')) return password;
  const [, secret = ''] = /^Secret: ([A-Z2-7 ]+)/m.exec(said) ?? [];
  const key = Secret.fromBase32(secret.replaceAll(' ', ''));
  return totpCode(new Uint8Array(key.buffer), totpStep(Date.now()));
}

/** Where commands are typed that are no `cd` themselves, by what stands in them. */
function folderOf(command: string, now: string): string {
  const to = /^cd (\S+)$/.exec(command)?.[1];
  if (to !== undefined) return to.replace('~', '/home/moss');
  if (/openssl| (?:ca|broker|unit|page|clients)\.pem/.test(command)) return '/home/moss/pki';
  return /svs\.csv/.test(command) ? '/home/moss' : now;
}

test('the guide leads from a bare computer to a unit, over an update and back, to its end', async (context) => {
  const machine = await workshop(context);
  // What is there to be seen of cameras and receivers.
  machine.run(['mkdir', '-p', '/dev/v4l/by-path', '/dev/serial/by-id']);
  let folder = '/home/moss';
  const printed = new Map<string, string>();
  for (const command of commands) {
    folder = folderOf(command, folder);
    if (command.startsWith('cd ')) continue;
    if (command === 'sudo scripts/install' && printed.has(command)) {
      // The folder of the newer release.
      appendFileSync(join(machine.root, 'home/moss/lookout/README.md'), '\n');
    }
    if (command.startsWith('pmtiles ')) {
      // On another computer, with internet; its file is carried over.
      writeFileSync(join(machine.root, 'home/moss/county.pmtiles'), townMapBytes());
      continue;
    }
    if (command.startsWith('ssh ')) {
      await tunnel(machine, command);
      continue;
    }
    const typed = command.startsWith('sudo lookout restore')
      ? restoreOf(machine, command)
      : command;
    const { code, said } = await asMoss(machine, `cd ${folder} && { ${typed}; }`);
    printed.set(command, said);
    // A workshop has no camera; doctor says so, and its exit status.
    const allowed = / doctor/.test(command) ? [0, 1] : [0];
    expect(allowed, `${command}\n${said}`).toContain(code);
    if (process.env.LOOKOUT_TEST_LOG) process.stderr.write(`$ ${command}\n${said}\n`);
    await check(machine, command);
  }
  expect(
    [...printed.keys()].filter((command) => command.startsWith('sudo scripts/install')),
  ).toHaveLength(2);
  expect(existsSync(join(machine.root, 'opt/lookout'))).toBe(false);
}, 1_200_000);

/** Restores the backup that was made, beside the unit's own folder: that of another computer would be empty. */
function restoreOf({ run }: SystemdMachine, command: string): string {
  const [backup = ''] = run(['ls', '/root/lookout-keys']).stdout.trim().split('\n');
  return command
    .replace(
      /restore \S+ --keys \S+/,
      `restore /root/lookout-keys/${backup} --keys /root/lookout-keys/${backup}`,
    )
    .replace(/\/var\/lib\/lookout$/, '/var/lib/restored');
}

/** What must be so after some of the commands. */
async function check(machine: SystemdMachine, command: string): Promise<void> {
  const { root, run } = machine;
  const releases = () => run(['ls', '/opt/lookout/releases']).stdout.trim().split('\n').length;
  if (command === 'sudo systemctl start lookout') {
    expect(run(['systemctl', 'is-active', 'lookout']).stdout).toBe('active\n');
  } else if (command.startsWith('lookout hotlist import')) {
    expect(run(['/usr/local/bin/lookout', 'hotlist', 'status']).stdout).toMatch(/svs.*1/);
  } else if (command.startsWith('sudo systemctl restart mosquitto')) {
    expect(run(['systemctl', 'is-active', 'mosquitto']).stdout).toBe('active\n');
  } else if (command === 'sudo systemctl restart lookout') {
    await waitFor(() => pageAt(machine, 'car-12').includes('<title>'), { what: 'the page' });
    expect(pageAt(machine, 'localhost')).not.toContain('<title>');
  } else if (command.startsWith('lookout second-factor')) {
    const { said } = await asMoss(machine, 'lookout whoami --json');
    expect(said).toContain('"secondFactor": true');
  } else if (command.startsWith('lookout login')) {
    const { said } = await asMoss(machine, 'lookout hotlist status');
    expect(said).toMatch(/^svs +empty/m);
  } else if (command.startsWith('lookout status')) {
    const status = () => run(['/usr/local/bin/lookout', 'status', '--json']).stdout;
    await waitFor(() => /"connected": ?true/.test(status()), { what: 'the link to the broker' });
  } else if (command.startsWith('sudo lookout map install')) {
    expect(run(['stat', '-c', '%U %a', '/var/lib/lookout/map.pmtiles']).stdout).toBe(
      'lookout 644\n',
    );
  } else if (command.includes('--report')) {
    expect(readFileSync(join(root, 'home/moss/car-12-acceptance.txt'), 'utf8')).toContain('car-12');
  } else if (command.startsWith('sudo lookout restore')) {
    expect(existsSync(join(root, 'var/lib/restored/lookout.db'))).toBe(true);
  } else if (command.endsWith('--rollback')) {
    expect(releases()).toBe(2);
    expect(run(['systemctl', 'is-active', 'lookout']).stdout).toBe('active\n');
  }
}

/** What a device that knows the authority gets from the page over HTTPS under a name. */
function pageAt({ run }: SystemdMachine, name: string): string {
  const ca = '/home/moss/pki/ca.pem';
  return run(['curl', '-s', '--cacert', ca, `https://${name}:7443/`]).stdout;
}

/** The tunnel from a computer that reaches the unit by SSH alone, and the page through it. */
async function tunnel(machine: SystemdMachine, command: string): Promise<void> {
  const { root, run } = machine;
  const key = join(root, 'home/moss/.ssh/id');
  mkdirSync(join(root, 'home/moss/.ssh'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  cpSync(`${key}.pub`, join(root, 'home/moss/.ssh/authorized_keys'));
  run(['chown', '-R', 'moss:', '/home/moss/.ssh']);
  run(['mkdir', '-p', '/run/sshd']);
  // Else only root may log in.
  run(['systemctl', 'start', 'systemd-user-sessions']);
  const settings = join(root, 'ssh-config');
  onTestFinished(() => rmSync(settings, { force: true }));
  const server = machine.inside(['/usr/sbin/sshd', '-i']).join(' ');
  writeFileSync(
    settings,
    `Host *\nProxyCommand ${server}\nIdentityFile ${key}\nStrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n`,
  );
  const asks = 'for i in $(seq 100); do curl -sf http://127.0.0.1:7440/ && break; sleep 0.2; done';
  const elsewhere = command.replace(/^ssh/, `ssh -F ${settings}`);
  const page = execFileSync(
    'unshare',
    ['--net', 'bash', '-c', `ip link set lo up; ${elsewhere} & ${asks}; kill $!`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  expect(page).toContain('<title>');
}
