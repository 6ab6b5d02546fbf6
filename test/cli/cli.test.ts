import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openAuditLog } from '../../src/accountability/audit/audit-log.ts';
import type { AuditEntry } from '../../src/accountability/audit/audit-record.ts';
import { readConfig } from '../../src/cli/configured.ts';
import { troubleshootingPage } from '../../src/diagnostics/troubleshooting.ts';
import { lookout, startLookout, untilReady } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const entry: AuditEntry = {
  category: 'System',
  operation: 'test',
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
    expect(stdout).toContain('FAILURE  camera front infra-red: /dev/no-camera cannot be opened');
    expect(stdout).toContain('ls /dev/v4l/by-path');
    expect(stdout).toContain('help: TROUBLESHOOTING.md#cameras');
    expect(stdout).toContain(`Help is in ${troubleshootingPage}`);
    expect(stdout).toMatch(/FAILURE {2}headquarters: 127\.0\.0\.1:1 does not answer/);
    expect(stdout).toContain('ok       model detector');
  });

  test('finds a model that is not the one of its manifest', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'detector.onnx'), 'x');
    writeFileSync(join(folder, 'detector.json'), '{"sha256":"00"}');
    const { stdout } = await lookout('doctor', '--set', `reading.modelsDir=${folder}`);
    expect(stdout).toContain('FAILURE  model detector: does not match its manifest');
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
    expect((await look()).stdout).toContain('ok       audit log: 3 records, an unbroken chain');

    const db = new SQLite(join(dataDir, 'audit.db'));
    db.exec("DROP TRIGGER record_fixed; UPDATE record SET body = replace(body, 'second', 'other')");
    db.close();
    expect((await look()).stdout).toMatch(/FAILURE {2}audit log: \d+ findings, the first: /);
  });
});

describe('lookout status', () => {
  test('without a running daemon it says how to start one', async () => {
    const { stderr, code } = await lookout('status', '--set', 'metrics.port=1');
    expect(code).toBe(1);
    expect(stderr).toContain('lookout run');
  });

  test('without metrics, it says so', async () => {
    const { stderr } = await lookout('status', '--set', 'metrics.enabled=false');
    expect(stderr).toContain('metrics.enabled is false');
  });
});
