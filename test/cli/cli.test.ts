import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openAuditLog } from '../../src/accountability/audit/audit-log.ts';
import type { AuditEntry } from '../../src/accountability/audit/audit-record.ts';
import { readConfig } from '../../src/cli/configured.ts';
import { troubleshootingPage } from '../../src/diagnostics/troubleshooting.ts';
import { lookout, lookoutAs, startLookout, untilReady } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const entry: AuditEntry = {
  category: 'System',
  operation: 'users.list',
  outcome: 'done',
  from: 'unit',
  session: null,
  who: { account: null, username: 'unit', name: 'unit', role: null, organisation: 'example-pd' },
  object: null,
  query: null,
  results: null,
  inquiry: null,
  note: null,
};

describe('lookout', () => {
  test('without a command it shows what there is', async () => {
    const { stderr, code } = await lookout();
    for (const command of ['run', 'read', 'replay', 'status', 'doctor', 'hotlist', 'config']) {
      expect(stderr).toContain(command);
    }
    expect(code).toBe(1);
  });

  test('an unknown command is refused with a hint', async () => {
    const { stderr, code } = await lookout('rnu');
    expect(stderr).toContain('Did you mean run?');
    expect(code).toBe(1);
  });
});

describe('when what reads the output has ended, as after "| head -1"', () => {
  test('a command ends without a word', async () => {
    const { child, output, ended } = startLookout(['policy', 'explain']);
    child.stdout?.destroy();
    expect(await ended).toBe(141);
    expect(output.stderr).toBe('');
  });

  test('the daemon goes on', async () => {
    const dataDir = `unit.dataDir=${temporaryFolder()}`;
    const ports = ['console.port=0', 'metrics.enabled=false'];
    const settings = [dataDir, 'position.source.kind=none', ...ports];
    const unit = startLookout(['run', ...settings.flatMap((setting) => ['--set', setting])]);
    unit.child.stdout?.destroy();
    await untilReady(unit);
    unit.child.kill('SIGTERM');
    expect(await unit.ended).toBe(0);
  });
});

describe('a configuration that cannot be used', () => {
  test.each(['run', 'status', 'doctor', 'config check'])(
    'stops "%s" with its faults and no stack',
    async (command) => {
      const file = join(temporaryFolder(), 'bad.yaml');
      writeFileSync(file, 'unit: { mod: mobile }\n');
      const { stderr, code } = await lookout(...command.split(' '), '--config', file);
      expect(code).toBe(1);
      expect(stderr).toContain('unit.mod: unknown key');
      expect(stderr).toContain(file);
      expect(stderr).not.toMatch(/^\s+at /m);
    },
  );
});

test('an installed configuration that this user may not read is not taken for none', () => {
  const installed = join(temporaryFolder(), 'lookout.yaml');
  // As root reads everything, a link to itself represents a folder that is closed to the user.
  symlinkSync(installed, installed);
  vi.stubEnv('LOOKOUT_CONFIG', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(() => readConfig({}, installed)).toThrow('as a member of the group lookout');
});

describe('lookout config', () => {
  test('print --origin names where a value comes from', async () => {
    const { stdout } = await lookout('config', 'print', '--origin', '--set', 'unit.id=car-7');
    expect(stdout).toContain('unit.id = "car-7"  (--set)');
    expect(stdout).toContain('unit.mode = "mobile"  (default)');
  });
});

describe('a secret in the configuration', () => {
  const usable = [
    'rtsp://moss:hushA1@10.0.0.1:554/live',
    'rtsp://moss:hush B2"@10.0.0.1/live',
    'rtsp://10.0.0.1:554/user=moss&password=hushC3&channel=1',
    'rtsp://10.0.0.1/live?channel=1&access_token=hushD4',
    'rtsps://10.0.0.1:7441/T5mMhushE5lp4g5V?enableSrtp',
    'rtsp://moss:hush@F6@10.0.0.1/live',
  ];
  const refused = ['rtsp://moss:hushA1/x@10.0.0.1/live', 'moss:hushB2@10.0.0.1', '//moss:hush@c3'];
  const camera = (url: string, at: number) => ({ id: `c${at}`, ir: { kind: 'rtsp', url } });
  const fileWith = (urls: string[]) => {
    const path = join(temporaryFolder(), 'secret.yaml');
    const uplink = { broker: 'wss://moss:hushG7@hq.example/mqtt?token=hushH8' };
    writeFileSync(path, JSON.stringify({ heads: { list: urls.map(camera) }, uplink }));
    return path;
  };

  test.each(['--config', '--json --config', '--origin --config'])(
    'config print %s does not show it',
    async (options) => {
      const file = fileWith(usable);
      const { stdout, code } = await lookout('config', 'print', ...options.split(' '), file);
      expect(code).toBe(0);
      expect(stdout).toContain('@10.0.0.1/live');
      expect(stdout).toContain('@hq.example/mqtt');
      expect(stdout).not.toMatch(/hush|moss|F6/);
    },
  );

  test('an address that is refused is shown without it', async () => {
    const { stderr, code } = await lookout('config', 'check', '--config', fileWith(refused));
    expect(code).toBe(1);
    expect(stderr).toContain('heads.list.1.ir.url: got "…@10.0.0.1"');
    expect(stderr).not.toMatch(/hush|moss/);
  });

  test('doctor does not show it', async () => {
    const set = ['--set', `heads.list=${JSON.stringify(usable.map(camera))}`];
    const { stdout, stderr } = await lookout('doctor', ...set);
    expect(stdout).toContain('camera c0 infra-red');
    expect(stdout + stderr).not.toMatch(/hush|moss/);
  });

  test('a line of the file that is not YAML is not shown', async () => {
    const path = join(temporaryFolder(), 'bad.yaml');
    writeFileSync(path, 'uplink:\n  broker: mqtts://moss:hushA1@hq: {\n');
    const { stderr } = await lookout('config', 'check', '--config', path);
    expect(stderr).toContain('line 2');
    expect(stderr).not.toMatch(/hush|moss/);
  });

  test('other users do not see it in the arguments of the daemon', async () => {
    const list = JSON.stringify([camera('rtsp://moss:hushA1@127.0.0.1:1/live', 0)]);
    const settings = [`heads.list=${list}`, `unit.dataDir=${temporaryFolder()}`, 'console.port=0'];
    const more = ['metrics.enabled=false', 'uplink.enabled=false', 'log.level=debug'];
    const set = [...settings, ...more].flatMap((setting) => ['--set', setting]);
    const unit = startLookout(['run', ...set]);
    await untilReady(unit);
    const read = (name: string) => readFileSync(`/proc/${unit.child.pid}/${name}`, 'utf8');
    expect(read('cmdline')).toContain('src/main.ts run --set heads.list=');
    expect(read('cmdline')).not.toMatch(/hush|moss/);
    expect(unit.output.stderr).not.toMatch(/hush|moss/);
  });
});

describe('where the configuration is from', () => {
  const named = () => {
    const file = join(temporaryFolder(), 'unit.yaml');
    writeFileSync(file, 'unit: { agency: vallejo-pd }\n');
    return file;
  };

  test('"config check" names the file and what still has the default name', async () => {
    const file = named();
    const { stdout, code } = await lookout('config', 'check', '--config', file);
    expect(code).toBe(0);
    expect(stdout).toContain('0 camera heads, 0 hot lists, policy strict; 1 value set');
    expect(stdout).toContain(`read from ${file}`);
    expect(stdout).toMatch(/Warning: unit: .*unit\.id is still "unit-1"/);
    expect(stdout).not.toContain('unit.agency is still');
    for (const lacks of ['no camera head', 'no position source', 'hot lists: none']) {
      expect(stdout).toMatch(new RegExp(`Warning: .*${lacks}`));
    }
    const whole = await lookout(
      ...['config', 'check', '--config', file, '--set', 'unit.id=car-7'],
      ...['--set', 'heads.list=[{ id: front, ir: { kind: images, path: /tmp } }]'],
      ...['--set', 'hotlist.lists=[{ id: svs, name: Stolen }]'],
      ...['--set', 'position.source={ kind: gpsd }'],
    );
    expect(whole.stdout).not.toContain('Warning');
  });

  test.each([
    ['pole', 'fixed', '{ kind: gpsd }', /Warning: unit: unit\.mode is fixed, and .* kind gpsd/],
    [
      'car',
      'mobile',
      '{ kind: fixed, latitude: 38.1, longitude: -122.2, bearingDeg: 90 }',
      /Warning: unit: unit\.mode is mobile, and .* surveyed point/,
    ],
  ])('"config check" doubts a %s with the place of the other', async (_, mode, source, doubt) => {
    const args = ['--set', `unit.mode=${mode}`, '--set', `position.source=${source}`];
    const { stdout } = await lookout('config', 'check', '--config', named(), ...args);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(doubt);
    const right = mode === 'fixed' ? 'mobile' : 'fixed';
    const other = await lookout(
      ...['config', 'check', '--config', named(), ...args, '--set', `unit.mode=${right}`],
    );
    expect(other.stdout).not.toContain('unit.mode');
  });

  test('doctor names the file', async () => {
    const file = named();
    const { stdout } = await lookout('doctor', '--config', file);
    expect(stdout).toContain(`ok         configuration: read from ${file}`);
  });

  test.each([
    ['LOOKOUT_UNIT_ID', 'car-7', 'two underscores follow the section: LOOKOUT_UNIT__ID'],
    [
      'LOOKOUT_DATADIR',
      '/tmp',
      'LOOKOUT_DATADIR: this variable is no setting; write it as LOOKOUT_SECTION__KEY',
    ],
    ['LOOKOUT_UNITS__ID', 'car-7', 'units: unknown key, from environment LOOKOUT_UNITS__ID'],
    ['LOOKOUT_CONFIG', '', '$LOOKOUT_CONFIG is empty: give it the path of the configuration file'],
    ['LOOKOUT_CONFIG', '/nowhere.yaml', '/nowhere.yaml: cannot be read (it does not exist)'],
    ['LOOKOUT_CONFIG', '/tmp', '/tmp: cannot be read (it is a folder)'],
  ])('the variable %s=%s is refused', async (name, value, says) => {
    const { stderr, code } = await lookoutAs({ [name]: value }, 'config', 'check');
    expect(code).toBe(1);
    expect(stderr).toContain(says);
  });

  test('the variables of its own scripts are no settings and do no harm', async () => {
    const others = { LOOKOUT_CACHE: '/tmp', LOOKOUT_DATA: '/tmp', LOOKOUT_TEST_LOG: 'silent' };
    expect((await lookoutAs(others, 'config', 'check')).code).toBe(0);
  });

  test.each([
    ['/nowhere/photo.jpg', 'does not exist'],
    ['/tmp', 'is a folder; name a file'],
  ])('a photo %s is refused in plain words', async (path, says) => {
    const { stderr } = await lookout('read', path);
    expect(stderr).toContain(`${path}: ${says}`);
    expect(stderr).not.toMatch(/ENOENT|EISDIR/);
  });
});

test('"audit verify" tells a folder where no unit has run from a log that is gone', async () => {
  const dataDir = temporaryFolder();
  const verify = () => lookout('audit', 'verify', '--set', `unit.dataDir=${dataDir}`);
  const none = await verify();
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toContain(`there is no audit log yet in ${dataDir}`);
  writeFileSync(join(dataDir, 'people.db'), '');
  expect((await verify()).stdout).toContain('NOT SOUND');
});

/** Of the lines that hold more than one word, which could have been broken. */
const widestLine = (text: string) =>
  Math.max(...text.split('\n').map((line) => (/\S \S/.test(line) ? line.length : 0)));

describe('lookout doctor', () => {
  test('says what fails and what to do, and exits with 1', async () => {
    const folder = temporaryFolder();
    const { stdout, code } = await lookout(
      'doctor',
      '--set',
      `unit.dataDir=${folder}/data`,
      '--set',
      'heads.list=[{ id: front, ir: { kind: v4l2, device: /dev/no-camera } }]',
      '--set',
      'uplink.broker=mqtts://127.0.0.1:1',
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /FAILED +camera front infra-red: \/dev\/no-camera cannot be opened: it does not\s+exist/,
    );
    expect(stdout).toContain('ls /dev/v4l/by-path');
    expect(stdout).toContain('help: TROUBLESHOOTING.md#cameras');
    expect(stdout).toContain(`Help is in ${troubleshootingPage}`);
    expect(stdout).toMatch(/FAILED +headquarters: 127\.0\.0\.1:1 does not answer: nothing listens/);
    expect(stdout).toContain('ok         model detector');
    expect(widestLine(stdout)).toBeLessThanOrEqual(80);
  });

  test('finds a model that is not the one of its manifest', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'detector.onnx'), 'x');
    writeFileSync(join(folder, 'detector.json'), '{"sha256":"00"}');
    const { stdout } = await lookout('doctor', '--set', `reading.modelsDir=${folder}`);
    expect(stdout).toContain('FAILED     model detector: does not match its manifest');
  });
});

describe('what an overseer asks of a unit', () => {
  test('a policy that contradicts itself stops the start with both values', async () => {
    const reads = 'policy.overrides.retention.reads={ minDays: 400, maxDays: 30 }';
    const dataDir = `unit.dataDir=${temporaryFolder()}`;
    const { stderr, code } = await lookout('run', '--set', dataDir, '--set', reads);
    expect(code).toBe(1);
    expect(stderr).toMatch(/retention\.reads.*400.*30/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('doctor finds a record of the audit log that was changed', async () => {
    const dataDir = temporaryFolder();
    const unit = { agency: 'example-pd', id: 'unit-1' };
    const log = openAuditLog({ dataDir, unit });
    for (const note of ['first', 'second']) log.append({ ...entry, note });
    log.close();
    const look = () => lookout('doctor', '--set', `unit.dataDir=${dataDir}`);
    expect((await look()).stdout).toContain('ok         audit log: 3 records, an unbroken chain');

    const db = new SQLite(join(dataDir, 'audit.db'));
    db.exec("DROP TRIGGER record_fixed; UPDATE record SET body = replace(body, 'second', 'other')");
    db.close();
    expect((await look()).stdout).toMatch(/FAILED +audit log: \d+ findings?, the first: /);
  });
});

describe('lookout status', () => {
  test('without a running daemon it says how to start one', async () => {
    const { stderr, code } = await lookout('status', '--set', 'metrics.port=1');
    expect(code).toBe(1);
    expect(stderr).toContain('lookout run');
    for (const place of ['systemctl status lookout', 'journalctl -u lookout']) {
      expect(stderr).toContain(place);
    }
  });

  test('without metrics, it says so', async () => {
    const { stderr } = await lookout('status', '--set', 'metrics.enabled=false');
    expect(stderr).toContain('metrics.enabled is false');
  });
});
