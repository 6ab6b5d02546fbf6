import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openPeopleDatabase } from '../../src/accountability/access/tables.ts';
import { openAuditLog } from '../../src/accountability/audit/audit-log.ts';
import { writeLostUnit } from '../../src/accountability/lost-unit/lost-unit-state.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Check, Finding } from '../../src/diagnostics/check.ts';
import { configurationFindings } from '../../src/diagnostics/configuration-checks.ts';
import { deviceChecks } from '../../src/diagnostics/device-checks.ts';
import { filesOfService, linkChecks } from '../../src/diagnostics/link-checks.ts';
import { oversightChecks } from '../../src/diagnostics/oversight-checks.ts';
import { policyFindings } from '../../src/diagnostics/policy-checks.ts';
import { powerCutFinding, standingChecks } from '../../src/diagnostics/standing-checks.ts';
import { databaseChecks, dataFolderChecks } from '../../src/diagnostics/storage-checks.ts';
import { fileFault } from '../../src/platform/problem.ts';
import { inZone } from '../support/in-zone.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function findings(checks: (config: Config) => Check[], ...flags: string[]) {
  const { config } = loadConfig({ flags });
  const found: Finding[] = (await Promise.all(checks(config).map((check) => check()))).flat();
  return found.map(
    ({ subject, result, says, advice }) => `${result} ${subject}: ${says} ${advice}`,
  );
}

const standing = (config: Config) => standingChecks(config);
const dataFolder = (config: Config) => dataFolderChecks(config);

test('the time zone is named, and one that nobody chose is doubted where days would be those of UTC', async () => {
  inZone('UTC');
  const zoneOf = async (...flags: string[]) =>
    (await findings(standing, ...flags)).find((line) => line.includes(' time zone: '));
  expect(await zoneOf()).toMatch(
    /^warning .* a day that someone gives is one in UTC Set unit\.timeZone/,
  );
  expect(await zoneOf('unit.timeZone=UTC')).toMatch(/^ok time zone: UTC, where it is .* \+00:00/);
  inZone('America/Los_Angeles');
  expect(await zoneOf()).toMatch(/^ok time zone: America\/Los_Angeles, where it is /);
});

test('that no configuration file was found is a warning', () => {
  expect(configurationFindings(loadConfig({}))).toMatchObject([
    { result: 'warning', says: 'no file was found, so the defaults are in force' },
    { result: 'warning', subject: 'unit' },
  ]);
});

describe('the policy', () => {
  const lines = (...flags: string[]) =>
    policyFindings(loadConfig({ flags })).map(
      ({ subject, result, says, advice }) => `${result} ${subject}: ${says} ${advice}`,
    );

  test.each(['walnut-creek', 'barstow'])(
    'of %s sets no longest time, which is a warning until the agency does',
    (profile) => {
      const flag = `policy.profile=${profile}`;
      expect(lines(flag)).toContainEqual(
        expect.stringMatching(
          /^warning retention: reads, hits, images.* have no longest time under .* as the agency's records retention schedule says/,
        ),
      );
      const kinds = ['reads', 'hits', 'images'];
      const all = [...kinds, ...kinds.map((kind) => `sources.flock.${kind}`)];
      const set = (profile === 'barstow' ? all : kinds).map(
        (kind) => `policy.overrides.retention.${kind}={ minDays: 365, maxDays: 730 }`,
      );
      expect(lines(flag, ...set).filter((line) => line.includes('retention'))).toEqual([]);
    },
  );

  test('that names its own end is no warning, and descriptions are said not to be told', () => {
    const found = lines('policy.profile=vallejo');
    expect(found.filter((line) => !line.startsWith('ok '))).toEqual([]);
    expect(found).toContainEqual(
      expect.stringMatching(
        /^ok descriptions: .* cannot tell a vehicle's make, model, colour or kind/,
      ),
    );
  });

  test('that contradicts itself is told with the file and the line of each value', () => {
    const file = join(temporaryFolder(), 'unit.yaml');
    writeFileSync(
      file,
      'policy:\n  profile: vallejo\n  overrides:\n    retention:\n      reads:\n        minDays: 400\n        maxDays: 30\n',
    );
    const { config, origins } = loadConfig({ file });
    expect(policyFindings({ config, origins })[0]?.says).toContain(
      `retention.reads.minDays 400 (configuration: ${file}, line 6) is above retention.reads.maxDays 30 (configuration: ${file}, line 7)`,
    );
  });
});

describe('the link to headquarters', () => {
  const broker = 'uplink.broker=mqtts://127.0.0.1:1';

  /** A certificate for itself, with the days from now between which it holds. */
  function issue(into: string, name: string, from = -1, until = 300) {
    const openssl = (...args: string[]) =>
      execFileSync('openssl', args, { cwd: into, stdio: 'pipe' });
    const at = (days: number) => {
      const time = new Date(Date.now() + days * 86_400_000).toISOString();
      return `${time.replace(/[-:T]|\..*/g, '')}Z`;
    };
    writeFileSync(join(into, 'index'), '');
    writeFileSync(
      join(into, 'ca.cnf'),
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n',
    );
    openssl(
      'genpkey',
      '-algorithm',
      'EC',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-out',
      `${name}.key`,
    );
    openssl('req', '-new', '-key', `${name}.key`, '-out', 'csr', '-subj', '/CN=unit-1');
    openssl(
      'ca',
      '-batch',
      '-config',
      'ca.cnf',
      '-selfsign',
      '-keyfile',
      `${name}.key`,
      '-in',
      'csr',
      '-out',
      `${name}.pem`,
      '-startdate',
      at(from),
      '-enddate',
      at(until),
    );
    return { cert: join(into, `${name}.pem`), key: join(into, `${name}.key`) };
  }
  const tls = (files: object) => `uplink.tls=${JSON.stringify(files)}`;

  test('a certificate, its authority and its key that fit are in order', async () => {
    const unit = issue(temporaryFolder(), 'unit');
    const found = await findings(linkChecks, broker, tls({ ...unit, ca: unit.cert }));
    expect(found.slice(1).map((line) => line.split(' ')[0])).toEqual(['ok', 'ok', 'ok']);
  });

  test('a certificate of another authority, or for another unit, is found', async () => {
    const unit = issue(temporaryFolder(), 'unit');
    const other = issue(temporaryFolder(), 'other');
    const strange = await findings(linkChecks, broker, tls({ ...unit, ca: other.cert }));
    // Both are called unit-1, and only the key tells them apart.
    expect(strange).toContainEqual(
      expect.stringMatching(
        /^warning certificate .*: is signed by unit-1, which is not the authority in .*other\.pem/,
      ),
    );
    const renamed = await findings(linkChecks, broker, tls(unit), 'unit.id=car-12');
    expect(renamed).toContainEqual(
      expect.stringMatching(/^warning certificate .*: is for unit-1, and unit\.id is car-12/),
    );
  });

  test('a certificate with another authority between it and the one that is known is in order', async () => {
    const folder = temporaryFolder();
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder });
    const made = [
      '-days',
      '300',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
    ];
    const of = (name: string, by: string[], more: string[]) =>
      openssl(
        'req',
        '-x509',
        ...made,
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
        ...by,
        ...more,
      );
    const by = (name: string) => ['-CA', `${name}.pem`, '-CAkey', `${name}.key`];
    of('root', [], []);
    of('middle', by('root'), []);
    of('unit-1', by('middle'), ['-extensions', 'usr_cert']);
    const cert = join(folder, 'chain.pem');
    const pem = (name: string) => readFileSync(join(folder, `${name}.pem`), 'utf8');
    writeFileSync(cert, `In words\n${pem('unit-1')}${pem('middle')}`);
    const files = { cert, key: join(folder, 'unit-1.key'), ca: join(folder, 'root.pem') };
    const found = await findings(linkChecks, broker, tls(files));
    expect(found.slice(1).map((line) => line.split(' ')[0])).toEqual(['ok', 'ok', 'ok']);
  });

  test('a certificate that is not valid yet points to the clock', async () => {
    const found = await findings(linkChecks, broker, tls(issue(temporaryFolder(), 'unit', 10)));
    expect(found).toContainEqual(
      expect.stringMatching(/^failure certificate .* not valid before .* clock/),
    );
  });

  test('an authority that is missing or out of date is found', async () => {
    const unit = issue(temporaryFolder(), 'unit');
    const old = issue(temporaryFolder(), 'old', -9, -3);
    for (const ca of ['/nowhere/ca.pem', old.cert]) {
      const found = await findings(linkChecks, broker, tls({ ...unit, ca }));
      expect(found).toContainEqual(expect.stringContaining(`failure authority ${ca}`));
    }
  });

  test('a file that is not there is said to be missing, and one in a closed folder perhaps', async () => {
    const folder = temporaryFolder();
    const files = { cert: join(folder, 'unit.pem'), key: join(folder, 'unit.key') };
    const found = await findings(linkChecks, broker, tls(files));
    for (const name of ['certificate', 'key']) {
      expect(found).toContainEqual(
        expect.stringMatching(
          new RegExp(`^failure ${name} .*: cannot be read: it does not exist Put it there as root`),
        ),
      );
    }
    const closed = Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/nowhere/ca.pem' });
    expect(fileFault(closed)).toMatch(/folder is closed to this user, so it may also be missing/);
    const open = Object.assign(new Error('EACCES'), { code: 'EACCES', path: files.cert });
    expect(fileFault(open)).toBe('this user may not open it');
  });

  test('what lies in the unit’s folder is what the service gets', () => {
    const folder = temporaryFolder();
    issue(folder, 'unit');
    expect(filesOfService({ ca: '/elsewhere/ca.pem' }, folder)).toEqual({
      ca: '/elsewhere/ca.pem',
      cert: join(folder, 'unit.pem'),
      key: join(folder, 'unit.key'),
    });
  });

  test('the key of another certificate, or no key at all, is found', async () => {
    const { cert, key } = issue(temporaryFolder(), 'unit');
    const other = issue(temporaryFolder(), 'other');
    const foreign = await findings(linkChecks, broker, tls({ cert, key: other.key }));
    expect(foreign).toContainEqual(
      expect.stringContaining(`${other.key}: does not belong to ${cert}`),
    );
    writeFileSync(key, 'no key\n');
    const none = await findings(linkChecks, broker, tls({ cert, key }));
    expect(none).toContainEqual(expect.stringMatching(/^failure key .*must be a PEM file/));
  });
});

test('accounts of a unit whose id was changed are found, as the daemon will not start with them', async () => {
  const dataDir = temporaryFolder();
  const { config } = loadConfig({ flags: [`unit.dataDir=${dataDir}`, 'unit.id=car-12'] });
  openPeopleDatabase(config.unit).db.close();
  const found = (id: string) =>
    findings(oversightChecks, `unit.dataDir=${dataDir}`, `unit.id=${id}`);
  expect(await found('car-12')).toContainEqual(
    expect.stringMatching(/^warning accounts: there are none/),
  );
  expect(await found('car-13')).toContainEqual(
    expect.stringMatching(
      /^failure accounts: .*people\.db: belongs to another unit, not to example-pd\/car-13, .*unit\.id was changed, set it back/,
    ),
  );
});

test('a unit that was wiped is told to be one, as the daemon does not start on it', async () => {
  const dataDir = temporaryFolder();
  const found = () => findings(oversightChecks, `unit.dataDir=${dataDir}`);
  expect(await found()).not.toContainEqual(expect.stringContaining('wiped'));
  const order = { at: '2026-11-29T16:19:57.260Z', by: 'A. Moss', reason: 'given up' };
  const wipe = {
    ...order,
    figures: {},
    reportId: '01a2281b-24cc-7221-a5a2-2aa81ad169e8',
    reported: true,
    keysDestroyedAt: order.at,
    erasedAt: order.at,
  };
  writeLostUnit(dataDir, { locked: order, wipe, obeyed: [] });
  expect(await found()).toContainEqual(
    expect.stringMatching(
      /^failure unit: lookout does not start on it This unit was wiped: ordered .* by A\. Moss \(given up\)\. .*To use it again, remove .*breach\.json/,
    ),
  );
});

describe('what was only looked for', () => {
  test('is not said to be right', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const flags = [
      'heads.list=[{ id: front, ir: { kind: images, path: /tmp } }]',
      `position.source={ kind: gpsd, port: ${port} }`,
      `uplink.broker=mqtts://127.0.0.1:${port}`,
      'alerts.voice.enabled=true',
    ];
    const found = [
      ...(await findings(deviceChecks, ...flags)),
      ...(await findings(linkChecks, ...flags)),
    ];
    for (const part of ['camera front infra-red', 'GPS', 'headquarters'])
      expect(found).toContainEqual(expect.stringMatching(`^untried ${part}: `));
    expect(found.filter((line) => line.startsWith('ok '))).toEqual([]);
  });

  test('a path that is no serial port, and an RTSP address where something else answers, are found', async () => {
    const server = createServer((socket) => socket.end('220 mail\r\n')).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const found = await findings(
      deviceChecks,
      'position.source={ kind: serial, path: /dev/null }',
      `heads.list=[{ id: front, ir: { kind: rtsp, url: 'rtsp://127.0.0.1:${port}/ir' } }]`,
    );
    expect(found).toContainEqual(
      expect.stringMatching('^failure GPS: /dev/null is not a serial port'),
    );
    expect(found).toContainEqual(
      expect.stringMatching('^failure camera front infra-red: .* does not speak RTSP'),
    );
  });
});

describe('the data folder', () => {
  test('on a disk that anybody may read it is said that no login guards it', async () => {
    const found = await findings(standing, `unit.dataDir=${temporaryFolder()}`);
    expect(found).toContainEqual(
      expect.stringMatching(
        /^(?:ok encryption at rest: .* is on an encrypted|warning encryption at rest: .* who has the disk reads it without a login Put the data folder on a LUKS)/,
      ),
    );
  });

  test.each([
    [
      '23 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
      'ok power cut: the data folder is on ext4, which keeps',
    ],
    [
      '23 1 8:1 / / rw shared:1 - tmpfs tmpfs rw,size=1g',
      'failure power cut: the data folder is in memory',
    ],
    [
      '23 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw,nobarrier',
      'warning power cut: the data folder is mounted with nobarrier',
    ],
    [
      '23 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw,data=writeback',
      'warning power cut: the data folder is mounted with data=writeback',
    ],
    ['23 1 8:2 / / rw shared:1 - tmpfs tmpfs rw', 'ok power cut: the file system is not one'],
  ])('whether a power cut takes what was stored: %s', (mount, expected) => {
    const { subject, result, says } = powerCutFinding(`${mount}\n`, '8:1');
    expect(`${result} ${subject}: ${says}`).toContain(expected);
  });

  test('a database that was damaged and set aside is named', async () => {
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, 'hotlist.db.damaged-20261129T102100Z'), '');
    const found = await findings(dataFolder, `unit.dataDir=${dataDir}`);
    expect(found).toContainEqual(
      expect.stringMatching(
        /^warning database hotlist\.db: was damaged and set aside at 2026-11-29 .* as hotlist\.db\.damaged-20261129T102100Z .*move it out/,
      ),
    );
  });

  test('a database that this user may not see is not taken for none', async () => {
    const dataDir = temporaryFolder();
    // As root reads everything, a link to itself represents a file that is closed to the user.
    for (const name of ['people.db', 'audit.db']) symlinkSync(name, join(dataDir, name));
    const flag = `unit.dataDir=${dataDir}`;
    const found = [
      ...(await findings(databaseChecks, flag)),
      ...(await findings(oversightChecks, flag)),
    ];
    for (const subject of [`database ${dataDir}/people.db`, 'accounts', 'audit log']) {
      expect(found).toContainEqual(
        expect.stringContaining(
          `failure ${subject}: this user may not read it Run the command with sudo`,
        ),
      );
    }
  });

  test('an audit log that was taken away is not taken for one that is still to come', async () => {
    const dataDir = temporaryFolder();
    const flag = `unit.dataDir=${dataDir}`;
    expect(await findings(oversightChecks, flag)).toContainEqual(
      expect.stringContaining('ok audit log: does not exist yet'),
    );
    const log = openAuditLog({ dataDir, unit: { agency: 'example-pd', id: 'unit-1' } });
    log.append({
      category: 'System',
      operation: 'users.list',
      outcome: 'done',
      from: 'unit',
      session: null,
      who: {
        account: null,
        username: 'unit',
        name: 'unit',
        role: null,
        organisation: 'example-pd',
      },
      object: null,
      query: null,
      results: null,
      inquiry: null,
      note: null,
    });
    log.close();
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(dataDir, `audit.db${end}`), { force: true });
    expect(await findings(oversightChecks, flag)).toContainEqual(
      expect.stringMatching(/^failure audit log: .*missing/),
    );
  });
});

test('a recording that is missing is not a receiver to be plugged in', async () => {
  const found = await findings(
    deviceChecks,
    'position.source={ kind: replay, path: /nowhere.nmea }',
  );
  expect(found).toContainEqual(
    expect.stringContaining(
      'failure GPS: /nowhere.nmea cannot be opened: it does not exist Check the path.',
    ),
  );
});
