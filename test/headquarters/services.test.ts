import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig, programRoot } from '../../src/config/load.ts';
import { makeAuthority } from '../../src/headquarters/enrolment/authority.ts';
import { writeBrokerFiles } from '../../src/headquarters/enrolment/broker-files.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { systemdMachine } from '../support/systemd-machine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';

const analyze = '/usr/bin/systemd-analyze';
const services = join(programRoot, 'systemd');
const textOf = (service: string) => readFileSync(join(services, service), 'utf8');

/** How exposed systemd finds a service: 0 is best, 10 worst. */
function exposureOf(service: string): number {
  const { stdout } = spawnSync(
    analyze,
    ['security', '--offline=yes', '--no-pager', join(services, service)],
    { encoding: 'utf8' },
  );
  return Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
}

describe('the services of headquarters', () => {
  test
    .skipIf(!existsSync(analyze))
    .each([
      ...['lookout-headquarters.service', 'lookout-broker.service'],
      ...['lookout-revocations.service', 'lookout-backup.service'],
    ])('%s is less exposed than a unit, which needs cameras', (service) => {
    expect(exposureOf(service)).toBeLessThan(exposureOf('lookout.service'));
  });

  test('headquarters whose certificates are not there yet starts without them', () => {
    const service = textOf('lookout-headquarters.service');
    const loaded = [...service.matchAll(/^LoadCredential=(.+?):/gm)].map(([, name]) => `${name}`);
    const empty = [...service.matchAll(/^SetCredential=(.+?):\\n$/gm)].map(([, name]) => `${name}`);
    expect(empty).toEqual(loaded);
    const credentials = temporaryFolder();
    for (const name of empty) writeFileSync(join(credentials, name), '\n');
    expect(loadConfig({ credentials }).config.uplink.tls).toEqual({});
  });

  test('systemd runs both; headquarters has its certificate and not the key of the authority, the broker its own files alone', async (context) => {
    if (missingMosquitto !== null) context.skip(missingMosquitto);
    const machine = systemdMachine(context);
    const { root } = machine;
    const at = (...path: string[]) => join(root, ...path);
    if (!readFileSync(at('etc/passwd'), 'utf8').includes('\nlookout:')) {
      appendFileSync(at('etc/passwd'), 'lookout:x:994:994::/var/lib/lookout:/usr/sbin/nologin\n');
      appendFileSync(at('etc/group'), 'lookout:x:994:\n');
    }
    const data = at('var/lib/lookout');
    const place = { folder: join(data, 'authority'), agency: 'test-pd', clock: systemClock };
    await makeAuthority(place, ['broker.example.org']);
    await writeBrokerFiles(place, {
      folder: join(data, 'broker'),
      stateFolder: '/var/lib/lookout-broker',
      listen: { address: null, port: 8883 },
    });
    const conf = join(data, 'broker/mosquitto.conf');
    writeFileSync(conf, readFileSync(conf, 'utf8').replaceAll(root, ''));
    for (const service of ['lookout-headquarters.service', 'lookout-broker.service']) {
      cpSync(join(services, service), at('etc/systemd/system', service));
    }
    const dropIn = (service: string, text: string) => {
      mkdirSync(at('etc/systemd/system', `${service}.d`));
      writeFileSync(at('etc/systemd/system', `${service}.d/test.conf`), `[Service]\n${text}\n`);
    };
    dropIn(
      'lookout-headquarters.service',
      `Type=exec\nExecStart=\nExecStart=/bin/sh -c 'ls /var/lib/lookout/authority >/var/lib/lookout/seen 2>&1; cat $CREDENTIALS_DIRECTORY/uplink.tls.cert >>/var/lib/lookout/seen; exec sleep infinity'`,
    );
    dropIn(
      'lookout-broker.service',
      `ExecStartPost=/bin/sh -c 'ls -A /var/lib/lookout >/var/lib/lookout-broker/seen'`,
    );
    await machine.start();
    const run = (...command: string[]) => machine.run(command);
    expect(run('chown', '-R', 'lookout:', '/var/lib/lookout')).toMatchObject({ code: 0 });
    const started = run('systemctl', 'start', 'lookout-broker', 'lookout-headquarters');
    const said = () => run('journalctl', '--no-pager', '-n', '40').stdout;
    expect(started.code, `${started.stderr}${said()}`).toBe(0);
    const states = () =>
      run('systemctl', 'is-active', 'lookout-broker', 'lookout-headquarters').stdout;
    expect(states()).toBe('active\nactive\n');
    expect(readFileSync(at('var/lib/lookout-broker/seen'), 'utf8')).toBe('broker\n');
    await expect.poll(() => readFileSync(join(data, 'seen'), 'utf8')).toContain('END PRIVATE KEY');
    const seen = readFileSync(join(data, 'seen'), 'utf8');
    expect(seen).toMatch(/authority.*Permission denied/);
    expect(seen).toContain(readFileSync(join(place.folder, 'headquarters.pem'), 'utf8'));
    const tls = [
      '-CAfile',
      '/var/lib/lookout/authority/ca.pem',
      '-cert',
      '/var/lib/lookout/authority/headquarters.pem',
      '-key',
      '/var/lib/lookout/authority/headquarters.pem',
    ];
    const shaken = run(
      'sh',
      '-c',
      `openssl s_client -connect 127.0.0.1:8883 -verify_return_error ${tls.join(' ')} </dev/null`,
    );
    expect(shaken.stdout).toContain('Verify return code: 0 (ok)');
    expect(run('systemctl', 'reload', 'lookout-broker')).toMatchObject({ code: 0 });
    expect(run('systemctl', 'restart', 'lookout-broker')).toMatchObject({ code: 0 });
    expect(states()).toBe('active\nactive\n');
    expect(existsSync(at('var/lib/lookout-broker/mosquitto.db'))).toBe(true);
  }, 120_000);
});
