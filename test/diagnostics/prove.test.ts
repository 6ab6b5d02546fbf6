import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../src/diagnostics/check.ts';
import { writeUnit } from '../daemon/unit-under-test.ts';
import { freePort } from '../support/free-port.ts';
import { lookout, startLookout, untilReady } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

async function proof(...flags: string[]) {
  const { stdout, stderr, code } = await lookout('doctor', '--prove', '--json', ...flags);
  expect(stderr).toBe('');
  const findings = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding);
  const of = (subject: string) => {
    const found = findings.filter((each) => each.subject === subject);
    return found.map(({ result, says, advice }) => `${result} ${says} ${advice}`.trim()).join('\n');
  };
  return { findings, of, code };
}

/** A program that listens on a port of loopback. */
async function portHolder(): Promise<{ port: number; pid: number | undefined }> {
  const port = await freePort();
  const script = `require('net').createServer().listen(${port},'127.0.0.1',()=>console.log())`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
  return { port, pid: child.pid };
}

test('PRA-10: each part is used once, and what holds a port is named with its process', async () => {
  const folder = temporaryFolder();
  const { port, pid } = await portHolder();
  const { of, code, findings } = await proof(
    '--config',
    writeUnit(folder, {}),
    '--set',
    `console.port=${port}`,
    '--set',
    'console.enabled=true',
  );
  expect(of('reading')).toMatch(
    /^ok a picture of 1280×720 is read in \d+ ms \(detector [0-9a-f]{8}/,
  );
  expect(of('camera front infra-red')).toMatch(/^(ok|warning) \d+×\d+, \d+\.\d frames\/s over/);
  expect(of('alert page')).toBe(
    `failure its port ${port} is in use by node (process ${pid}) Stop that program, or set console.port to another.`,
  );
  expect(of('clock')).toMatch(/^warning \d{4}-.*neither satellites nor headquarters confirm it/);
  expect(code).toBe(1);
  expect(
    findings.filter(({ result }) => result === 'ok').every(({ advice }) => advice === ''),
  ).toBe(true);
}, 120_000);

test.skipIf(process.getuid?.() !== 0)(
  'the report of a command under sudo belongs to who called it',
  async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'report.txt');
    const { child, ended } = startLookout(
      ['doctor', '--config', writeUnit(folder, {}), '--report', file],
      { SUDO_UID: '4711', SUDO_GID: '4712' },
    );
    await ended;
    expect(child.exitCode).not.toBeNull();
    expect(statSync(file)).toMatchObject({ uid: 4711, gid: 4712 });
    expect(readFileSync(file, 'utf8')).toContain('Signature: ');
  },
);

test('the report names the unit, the time and the version, fits 80 columns, and is not overwritten', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'report.txt');
  const prove = () =>
    lookout('doctor', '--prove', '--config', writeUnit(folder, {}), '--report', file);
  const { stdout } = await prove();
  expect(stdout).toContain(`The report is in ${file}`);
  const report = readFileSync(file, 'utf8');
  const [first, second] = report.split('\n');
  expect(first).toMatch(/^Lookout \d+\.\d+\.\d+: check of unit \S+\/\S+ \((mobile|fixed)\)$/);
  expect(second).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d, /);
  expect(report).toMatch(/^\d+ checks: \d+ failed, \d+ warnings?, \d+ not tried$/m);
  expect(report).toContain('Signature: ');
  const wide = report.split('\n').filter((line) => line.length > 80 && !line.includes(folder));
  expect(wide.filter((line) => !line.startsWith('Help is in '))).toEqual([]);
  const again = await prove();
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('is there already and is not overwritten');
  expect(readFileSync(file, 'utf8')).toBe(report);
}, 120_000);

test('CAP-13: where capture is suspended no camera is opened, and where it is not, each is', async () => {
  const folder = temporaryFolder();
  let connections = 0;
  const camera = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  onTestFinished(() => void camera.close());
  const port = await freePort();
  await new Promise<void>((resolve) => camera.listen(port, '127.0.0.1', resolve));
  const proofIn = (zone: object) =>
    proof(
      '--config',
      writeUnit(folder, {
        extra: {
          heads: {
            list: [
              {
                id: 'front',
                stallAfterS: 2,
                ir: { kind: 'rtsp', url: `rtsp://127.0.0.1:${port}/ir` },
              },
            ],
          },
          position: {
            source: { kind: 'fixed', latitude: 38.1, longitude: -122.25, bearingDeg: 0 },
          },
          suspension: { zones: [{ name: 'Clinic', ...zone }] },
        },
      }),
    );
  const circle = { kind: 'circle', latitude: 38.1, longitude: -122.25, radiusM: 100 };
  const inside = await proofIn({ area: circle });
  expect(inside.of('camera front infra-red')).toMatch(
    /^warning no picture was taken: capture is suspended here \(Clinic\) Leave the zone/,
  );
  expect(connections).toBe(0);
  const outside = await proofIn({ area: { ...circle, latitude: 38.2 } });
  expect(outside.of('camera front infra-red')).toMatch(/^failure RTSP camera/);
  expect(connections).toBeGreaterThan(0);
}, 120_000);

describe('beside a running lookout', () => {
  test('it is asked for what it holds, and goes on', async () => {
    const folder = temporaryFolder();
    const metricsPort = await freePort();
    const file = writeUnit(folder, { loop: true, metricsPort });
    const unit = startLookout(['run', '--config', file]);
    await untilReady(unit);
    await waitFor(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${metricsPort}/status`);
        const { counts } = (await answer.json()) as { counts: { reads: number } };
        return counts.reads > 0;
      },
      { timeoutMs: 60_000, what: 'a read' },
    );
    const { of } = await proof('--config', file);
    expect(of('lookout')).toMatch(
      new RegExp(
        `^ok runs as process ${unit.child.pid}, release .*what it holds, it was asked for`,
      ),
    );
    expect(of('camera front infra-red')).toMatch(
      /^(ok|failure) .*\d+×\d+, \d+\.\d frames\/s, brightness \d+ of 255, .* as the running lookout says/,
    );
    expect(of('status')).toBe(`ok answers at port ${metricsPort}`);
    const plain = (await lookout('doctor', '--config', file)).stdout.replaceAll(/\s+/g, ' ');
    expect(plain).toMatch(/camera front infra-red: .* frames\/s, .* as the running lookout says/);
    expect(unit.child.exitCode).toBe(null);
  }, 180_000);

  test('one that cannot be asked keeps what it holds, and is told', async () => {
    const folder = temporaryFolder();
    const file = writeUnit(folder, { loop: true });
    const unit = startLookout(['run', '--config', file, '--set', 'metrics.enabled=false']);
    await untilReady(unit);
    const { of } = await proof('--config', file, '--set', 'metrics.enabled=false');
    expect(of('lookout')).toMatch(/^warning runs as process \d+ and cannot be asked/);
    expect(of('camera front infra-red')).toBe('');
  }, 180_000);
});
