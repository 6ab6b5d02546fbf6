import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { makeAuthority, revoke } from '../../src/headquarters/enrolment/authority.ts';
import { listenOf } from '../../src/headquarters/enrolment/broker-files.ts';
import { enrolUnit } from '../../src/headquarters/enrolment/unit-folder.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { takeProcessLock } from '../../src/platform/process-lock.ts';
import { lookout, lookoutAs } from '../support/lookout-process.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';

/** Headquarters' command line on a data folder of its own. */
function headquarters(dataDir = join(temporaryFolder(), 'data'), variables = {}) {
  const settings = ['agency=test-pd', 'mode=headquarters', `dataDir=${dataDir}`].flatMap((each) => [
    '--set',
    `unit.${each}`,
  ]);
  const run = (command: string, ...args: string[]) =>
    lookoutAs(variables, 'headquarters', command, ...settings, ...args);
  return { dataDir, authority: join(dataDir, 'authority'), run };
}

/** One with an authority. */
async function opened() {
  const made = headquarters();
  const place = { folder: made.authority, agency: 'test-pd', clock: systemClock };
  await makeAuthority(place, ['broker.example.org']);
  /** As the command, in this process. */
  const enrol = (unit: string, out: string, again = false) =>
    enrolUnit(place, {
      ...{ unit, out, again, keyFolder: made.dataDir, secretFile: undefined },
      broker: 'mqtts://broker.example.org:8883',
    });
  return { ...made, enrol };
}

/** Every file below a folder, with its content. */
function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('lookout headquarters authority', () => {
  test('makes an authority whose key only its owner reads, and the certificates of the broker and headquarters', async () => {
    const { authority, run } = headquarters();
    const ended = await run('authority', '--name', 'broker.example.org');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const ca = new X509Certificate(readFileSync(join(authority, 'ca.pem')));
    expect(ca.subject).toBe('CN=test-pd authority');
    expect(ca.ca).toBe(true);
    for (const name of ['ca.key', 'broker.pem', 'headquarters.pem']) {
      expect(statSync(join(authority, name)).mode & 0o777).toBe(0o600);
    }
    expect(createPrivateKey(readFileSync(join(authority, 'ca.key'))).asymmetricKeyDetails).toEqual({
      namedCurve: 'prime256v1',
    });
    const broker = new X509Certificate(readFileSync(join(authority, 'broker.pem')));
    expect(broker.checkHost('broker.example.org')).toBe('broker.example.org');
    expect(broker.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(broker.verify(ca.publicKey)).toBe(true);
    const own = new X509Certificate(readFileSync(join(authority, 'headquarters.pem')));
    expect(own.subject).toBe('CN=headquarters');
    expect(own.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  });

  test('makes none a second time, nor over other files, nor without knowing where the broker is', async () => {
    const first = await opened();
    const before = contentOf(first.dataDir);
    const again = await first.run('authority', '--name', 'broker.example.org');
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has an authority already'),
    });
    expect(contentOf(first.dataDir)).toEqual(before);

    const other = headquarters();
    mkdirSync(other.authority, { recursive: true });
    writeFileSync(join(other.authority, 'notes.txt'), 'of someone');
    const taken = await other.run('authority', '--name', 'broker.example.org');
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('holds other files') });
    expect(contentOf(other.dataDir)).toEqual({ 'authority/notes.txt': 'of someone' });

    const unknown = await headquarters().run('authority');
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--name headquarters.example.org'),
    });
    const place = { folder: join(temporaryFolder(), 'ca'), agency: 'test-pd', clock: systemClock };
    await expect(makeAuthority(place, ['a name,DNS:evil'])).rejects.toThrow(
      '--name: "a name,DNS:evil" is no host name or address',
    );
    expect(existsSync(place.folder)).toBe(false);
  });

  test('with --again gives the broker and headquarters new certificates, and leaves its own', async () => {
    const { authority, run } = await opened();
    const before = contentOf(authority);
    expect(await run('authority', '--again', '--name', '192.0.2.7')).toMatchObject({ code: 0 });
    const after = contentOf(authority);
    for (const name of ['ca.key', 'ca.pem']) expect(after[name]).toBe(before[name]);
    for (const name of ['broker.pem', 'headquarters.pem'])
      expect(after[name]).not.toBe(before[name]);
    expect(new X509Certificate(after['broker.pem'] ?? '').checkIP('192.0.2.7')).toBe('192.0.2.7');
  });

  test.for(['no room at all', 'some room'])(
    'leaves nothing on a disk with %s',
    async (room, context) => {
      const disk = temporaryFolder();
      const { dataDir, run } = headquarters(join(disk, 'small/data'));
      const small = smallDisk(context, join(disk, 'small'), 1);
      small.fill(room === 'some room' ? 16_384 : 0);
      const ended = await run('authority', '--name', 'broker.example.org');
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/no space left|disk is full/i);
      expect(ended.stderr).not.toContain(' at ');
      small.clear();
      expect(existsSync(dataDir) ? contentOf(dataDir) : {}).toEqual({});
      expect(await run('authority', '--name', 'broker.example.org')).toMatchObject({ code: 0 });
    },
  );

  test('is made by nobody who has the configuration of a unit', async () => {
    const { dataDir, run } = headquarters();
    const settings = ['--name', 'broker.example.org', '--set', 'unit.mode=fixed'];
    expect(await run('authority', ...settings)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('this is the configuration of a fixed unit'),
    });
    expect(existsSync(dataDir)).toBe(false);
  });

  test('says how to get openssl where it is missing', async () => {
    const folder = temporaryFolder();
    const { dataDir, run } = headquarters(join(folder, 'data'), { PATH: folder });
    const ended = await run('authority', '--name', 'broker.example.org');
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('sudo apt-get install -y openssl'),
    });
    expect(readdirSync(dataDir)).toEqual([]);
  });
});

describe('lookout headquarters enrol', () => {
  test('makes the folder to carry: certificate, keys, and settings that the unit takes', async () => {
    const { run, authority, dataDir } = await opened();
    const out = join(temporaryFolder(), 'car-12');
    const ended = await run('enrol', 'car-12', '--out', out);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('car-12 is enrolled');
    const files = contentOf(out);
    expect(Object.keys(files).sort()).toEqual([
      'README.txt',
      'ca.pem',
      'headquarters.pub',
      'lookout.yaml',
      'unit.key',
      'unit.pem',
    ]);
    expect(statSync(join(out, 'unit.key')).mode & 0o777).toBe(0o600);
    const certificate = new X509Certificate(files['unit.pem'] ?? '');
    expect(certificate.subject).toBe('CN=car-12');
    expect(certificate.checkPrivateKey(createPrivateKey(files['unit.key'] ?? ''))).toBe(true);
    expect(certificate.verify(new X509Certificate(files['ca.pem'] ?? '').publicKey)).toBe(true);
    expect(parse(files['lookout.yaml'] ?? '')).toMatchObject({
      unit: { agency: 'test-pd', id: 'car-12' },
      uplink: { broker: 'mqtts://broker.example.org:8883' },
    });
    const { config } = loadConfig({ file: join(out, 'lookout.yaml') });
    expect(config.uplink.tls.key).toBe('/etc/lookout/tls/unit.key');
    const kept = Object.values({ ...contentOf(authority), ...contentOf(dataDir) }).join('\n');
    expect(kept).not.toContain((files['unit.key'] ?? '').split('\n')[1]);
  });

  test("takes the agency's secret along, and refuses one that units would", async () => {
    const { run, dataDir } = await opened();
    const folder = temporaryFolder();
    const secret = join(folder, 'agency.secret');
    writeFileSync(secret, 'a secret of thirty-two characters\n');
    const out = join(folder, 'car-12');
    expect(await run('enrol', 'car-12', '--out', out, '--secret', secret)).toMatchObject({
      code: 0,
    });
    expect(readFileSync(join(out, 'agency.secret'), 'utf8')).toBe(readFileSync(secret, 'utf8'));
    expect(readFileSync(join(out, 'lookout.yaml'), 'utf8')).toContain(
      '/etc/lookout/tls/agency.secret',
    );
    expect(Object.values(contentOf(dataDir)).join('')).not.toContain('thirty-two');

    writeFileSync(secret, 'short');
    const refused = await run(
      'enrol',
      'car-13',
      '--out',
      join(folder, 'car-13'),
      '--secret',
      secret,
    );
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('too short') });
    expect(readdirSync(folder).sort()).toEqual(['agency.secret', 'car-12']);
  });

  test.each([
    ['all', 'means every unit'],
    ['headquarters', 'name of another certificate'],
    ['broker', 'name of another certificate'],
    ['Car-12', 'is no id of a unit'],
    ['../car', 'is no id of a unit'],
    ['car/12', 'is no id of a unit'],
    ['+', 'is no id of a unit'],
    ['car 12', 'is no id of a unit'],
    ['', 'is no id of a unit'],
    ['c'.repeat(64), 'is no id of a unit'],
  ])('gives no certificate to "%s"', async (unit, words) => {
    const { enrol, authority } = await opened();
    const before = contentOf(authority);
    const folder = temporaryFolder();
    await expect(enrol(unit, join(folder, 'out'))).rejects.toThrow(words);
    expect(readdirSync(folder)).toEqual([]);
    expect(contentOf(authority)).toEqual(before);
  });

  test('refuses an id that is enrolled, unless told to issue again, and the reverse', async () => {
    const { enrol, run } = await opened();
    const folder = temporaryFolder();
    const out = (name: string) => join(folder, name);
    await expect(enrol('car-12', out('1'), true)).rejects.toThrow('is not enrolled yet');
    await enrol('car-12', out('2'));
    await expect(enrol('car-12', out('3'))).rejects.toThrow('--again');
    const again = await run('enrol', 'car-12', '--again', '--out', out('4'));
    expect(again.stdout).toContain('revoke-unit car-12 --old');
    expect(readdirSync(folder).sort()).toEqual(['2', '4']);
    const listed = await run('enrolled', '--json');
    expect(JSON.parse(listed.stdout).enrolled).toContainEqual(
      expect.objectContaining({ name: 'car-12', state: 'valid', older: 1 }),
    );
  });

  test('writes over no files, and into no missing folder', async () => {
    const { enrol, authority } = await opened();
    const before = contentOf(authority);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'other'), 'of someone');
    await expect(enrol('car-12', folder)).rejects.toThrow('holds files already');
    await expect(enrol('car-12', join(folder, 'other'))).rejects.toThrow('is a file');
    await expect(enrol('car-12', join(folder, 'gone/car-12'))).rejects.toThrow(
      'gone cannot be used (it does not exist)',
    );
    expect(contentOf(folder)).toEqual({ other: 'of someone' });
    expect(contentOf(authority)).toEqual(expect.objectContaining(before));
  });

  test.each(['mqtt://broker.example.org', 'mqtt://127.0.0.1:1883', 'broker', ''])(
    'takes no address of a broker that a unit could not use: "%s"',
    async (address) => {
      const { run } = await opened();
      const out = join(temporaryFolder(), 'car-12');
      const ended = await run('enrol', 'car-12', '--out', out, '--broker', address);
      expect(ended).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('is no address for a unit'),
      });
      expect(existsSync(out)).toBe(false);
    },
  );

  test.for([0, 8192])(
    'leaves nothing half done when the disk to carry it on has %i bytes left',
    async (left, context) => {
      const { enrol, run, authority } = await opened();
      const stick = join(temporaryFolder(), 'stick');
      const small = smallDisk(context, stick, 1);
      const before = contentOf(authority);
      small.fill(left);
      const ended = await run('enrol', 'car-12', '--out', join(stick, 'car-12'));
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/no space left/i) });
      expect(readdirSync(stick)).toEqual(['filler']);
      expect(contentOf(authority)).toEqual({ ...before, lock: '' });
      small.clear();
      await enrol('car-12', join(stick, 'car-12'));
    },
  );

  test('waits for no other command, and says so', async () => {
    const { enrol, authority } = await opened();
    using _lock = takeProcessLock(join(authority, 'lock'));
    await expect(enrol('car-12', join(temporaryFolder(), 'car-12'))).rejects.toThrow(
      'another command works on the authority',
    );
  });

  test('says what is wrong with an authority that is missing, damaged, or of another agency', async () => {
    const out = () => join(temporaryFolder(), 'car-12');
    const none = await headquarters().run('enrol', 'car-12', '--out', out());
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Make it once: lookout headquarters authority'),
    });
    const { run, enrol, authority } = await opened();
    const other = await run('enrol', 'car-12', '--out', out(), '--set', 'unit.agency=other-pd');
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('agency test-pd, and unit.agency is other-pd'),
    });
    rmSync(join(authority, 'ca.key'));
    await expect(enrol('car-12', out())).rejects.toThrow('ca.key: it does not exist');
    writeFileSync(join(authority, 'certificates.json'), '{');
    await expect(enrol('car-12', out())).rejects.toThrow('register of certificates is damaged');
  });
});

describe('lookout headquarters revoke-unit', () => {
  test('revokes all certificates of a unit, or all but the newest, and what is not there is an error', async () => {
    const { run, enrol, authority } = await opened();
    const folder = temporaryFolder();
    const place = { folder: authority, agency: 'test-pd', clock: systemClock };
    await enrol('car-12', join(folder, '1'));
    await expect(revoke(place, { name: 'car-13', keepNewest: false })).rejects.toThrow(
      'no certificate was issued to car-13',
    );
    await expect(revoke(place, { name: 'car-12', keepNewest: true })).rejects.toThrow(
      'no older certificate',
    );
    await enrol('car-12', join(folder, '2'), true);
    const old = await run('revoke-unit', 'car-12', '--old', '--json');
    const serial = new X509Certificate(readFileSync(join(folder, '1/unit.pem'))).serialNumber;
    expect(JSON.parse(old.stdout).revoked).toEqual([expect.objectContaining({ serial })]);
    expect((await run('revoke-unit', 'car-12')).stdout).toContain(
      '1 certificate of car-12 is revoked',
    );
    expect((await run('enrolled')).stdout).toMatch(/^car-12 .* revoked$/m);
  });
});

describe('lookout headquarters broker', () => {
  test('writes what mosquitto takes, again over its own files, but over no others', async (context) => {
    if (missingMosquitto !== null) context.skip(missingMosquitto);
    const { run, dataDir } = await opened();
    const ended = await run('broker', '--listen', '127.0.0.1:18883');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const folder = join(dataDir, 'broker');
    expect(readFileSync(join(folder, 'mosquitto.conf'), 'utf8')).toContain(
      'listener 18883 127.0.0.1\n',
    );
    expect(await run('broker', '--listen', '[::1]:18884')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'mosquitto.conf'), 'utf8')).toContain('listener 18884 ::1\n');
    // What is left out stays.
    expect(await run('broker')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'mosquitto.conf'), 'utf8')).toContain('listener 18884 ::1\n');
    const enrolled = await run('enrol', 'car-12', '--out', join(dirname(dataDir), 'car-12'));
    expect(enrolled.code).toBe(0);
    expect(readFileSync(join(dirname(dataDir), 'car-12/lookout.yaml'), 'utf8')).toContain(':18884');

    const other = temporaryFolder();
    writeFileSync(join(other, 'notes.txt'), 'of someone');
    const taken = await run('broker', '--out', other);
    expect(taken).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("that are no broker's"),
    });
    expect(contentOf(other)).toEqual({ 'notes.txt': 'of someone' });
  });

  test('writes for the broker of last time what is changed, and not over the files of another', async () => {
    const { run, dataDir } = await opened();
    const folder = join(dirname(dataDir), 'nats');
    expect(await run('broker', '--listen', '127.0.0.1:18883')).toMatchObject({ code: 0 });
    expect(await run('broker', '--kind', 'nats')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds files of mosquitto; name a folder that is empty'),
    });
    const chosen = ['--kind', 'nats', '--out', folder, '--state', join(folder, '../jetstream')];
    expect(await run('broker', ...chosen)).toMatchObject({ code: 0 });
    const written = contentOf(folder);
    expect(await run('authority', '--again')).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('lookout-broker'),
    });
    expect(await run('broker')).toMatchObject({ code: 0 });
    const again = contentOf(folder);
    const same = Object.keys(written).filter((name) => again[name] === written[name]);
    expect(Object.keys(again)).toEqual(Object.keys(written));
    expect(same.some((name) => String(again[name]).includes('jetstream'))).toBe(true);
    expect(Object.keys(again).length - same.length).toBeGreaterThan(0);
  });

  test.each(['nowhere', '1.2.3:8883', '127.0.0.1:0', '127.0.0.1:70000', 'host:8883', ''])(
    'does not listen at "%s"',
    (listen) => {
      expect(() => listenOf(listen)).toThrow('is no address and port');
    },
  );
});

test('the commands show what they do', async () => {
  const help = await lookout('headquarters', '--help');
  for (const command of ['authority', 'enrol', 'enrolled', 'revoke-unit', 'broker', 'rotate-key']) {
    expect(help.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  }
});
