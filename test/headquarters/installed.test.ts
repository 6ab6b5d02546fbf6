import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { createUnitRevocations } from '../../src/accountability/lost-unit/unit-revocations.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { programRoot } from '../../src/config/load.ts';
import { systemdMachine } from '../support/systemd-machine.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';

const program = '/opt/lookout/current';

/** What an administrator of headquarters writes. */
const configuration = `
unit: { agency: test-pd, id: headquarters, mode: headquarters, dataDir: /var/lib/lookout, timeZone: America/Los_Angeles }
policy: { profile: vallejo }
uplink: { broker: mqtts://127.0.0.1:8883 }
`;

test('headquarters is set up by its commands as the guide says, and runs on its broker under systemd', async (context) => {
  if (missingMosquitto !== null) context.skip(missingMosquitto);
  const node = dirname(dirname(realpathSync(process.execPath)));
  const machine = systemdMachine(context, {
    ...Object.fromEntries(
      ['src', 'scripts', 'config', 'models', 'systemd'].map((folder) => [
        join(program, folder),
        join(programRoot, folder),
      ]),
    ),
    [join(program, 'node_modules')]: realpathSync(join(programRoot, 'node_modules')),
    [join(program, '.cache/toolchain', `node-${process.versions.node}`)]: node,
  });
  const { root } = machine;
  const at = (...path: string[]) => join(root, ...path);
  mkdirSync(at(program), { recursive: true });
  for (const file of ['package.json', '.node-version', 'INSTALL.md']) {
    cpSync(join(programRoot, file), at(program, file));
  }
  if (!readFileSync(at('etc/passwd'), 'utf8').includes('\nlookout:')) {
    appendFileSync(at('etc/passwd'), 'lookout:x:994:994::/var/lib/lookout:/usr/sbin/nologin\n');
    appendFileSync(at('etc/group'), 'lookout:x:994:\n');
  }
  mkdirSync(at('etc/lookout/tls'), { recursive: true });
  writeFileSync(at('etc/lookout/lookout.yaml'), configuration);
  for (const service of [
    ...['lookout-headquarters.service', 'lookout-broker.service'],
    ...['lookout-revocations.path', 'lookout-revocations.service'],
  ]) {
    cpSync(join(programRoot, 'systemd', service), at('etc/systemd/system', service));
  }
  await machine.start();
  const run = (...command: string[]) => {
    const ended = machine.run(command);
    expect(ended.code, `${command.join(' ')}: ${ended.stdout}${ended.stderr}`).toBe(0);
    return ended.stdout;
  };
  const lookout = (...args: string[]) => run(join(program, 'scripts/lookout'), ...args);
  run('install', '-d', '-o', 'lookout', '-g', 'lookout', '-m', '700', '/var/lib/lookout');
  lookout('headquarters', 'authority', '--name', 'headquarters.example.org');
  lookout('headquarters', 'broker');
  const started = machine.run(['systemctl', 'start', 'lookout-broker', 'lookout-headquarters']);
  const journal = () => machine.run(['journalctl', '--no-pager', '-n', '80']).stdout;
  expect(started.code, journal()).toBe(0);
  // The broker names the client and its certificate's name.
  await expect.poll(journal).toMatch(/as lookout-test-pd-headquarters .*u'headquarters'/);
  expect(run('systemctl', 'is-active', 'lookout-broker', 'lookout-headquarters')).toBe(
    'active\nactive\n',
  );

  lookout('headquarters', 'enrol', 'car-12', '--out', '/root/car-12');
  const fragment = parse(readFileSync(at('root/car-12/lookout.yaml'), 'utf8'));
  expect(fragment.uplink.broker).toBe('mqtts://headquarters.example.org:8883');
  expect(lookout('headquarters', 'enrolled')).toMatch(/^car-12 +unit .* valid$/m);
  lookout('headquarters', 'revoke-unit', 'car-12');
  run('systemctl', 'restart', 'lookout-broker');

  // Headquarters may not use the key of the authority: what is ordered on its page is carried out by a service of its own.
  lookout('headquarters', 'enrol', 'car-13', '--out', '/root/car-13');
  const db = openUnitDatabase(at('var/lib/lookout'));
  onTestFinished(() => void db.close());
  const unused = () => {
    throw new Error('an order alone is not audited here');
  };
  const revocations = createUnitRevocations({
    ...{ db, certificates: null, tell: () => undefined, clock: Date.now },
    ...{ audit: { append: unused }, unit: { agency: 'test-pd', id: 'headquarters' } },
  });
  revocations.note({ unit: 'car-13', reason: 'Stolen from the yard' }, 'Ada Cole');
  const brokerPid = () => run('systemctl', 'show', '--value', '-p', 'MainPID', 'lookout-broker');
  const before = brokerPid();
  // At its start headquarters finds the order, and calls.
  run('systemctl', 'restart', 'lookout-headquarters');
  await expect
    .poll(() => revocations.list(), { timeout: 60_000, interval: 500 })
    .toMatchObject([
      { unit: 'car-13', certificates: 1, todo: null, doneAt: expect.any(String) },
      { unit: 'car-12' },
    ]);
  await expect.poll(brokerPid, { timeout: 20_000, interval: 500 }).not.toBe(before);
  expect(lookout('headquarters', 'enrolled')).toMatch(/^car-13 +unit .* revoked$/m);
  // Whatever the commands made as root, the services can read.
  expect(run('systemctl', 'is-active', 'lookout-broker', 'lookout-headquarters')).toBe(
    'active\nactive\n',
  );
  expect(run('find', '/var/lib/lookout', '-not', '-user', 'lookout')).toBe('');
}, 240_000);
