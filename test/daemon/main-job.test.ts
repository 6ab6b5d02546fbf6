import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEmbeddedBroker } from '../../scripts/reference-headquarters/embedded-broker.ts';
import {
  createHeadquarters,
  type Headquarters,
} from '../../scripts/reference-headquarters/headquarters.ts';
import type { DaemonStatus } from '../../src/daemon/daemon-status.ts';
import type { Detection, Hit } from '../../src/records/detection.ts';
import { freePort } from '../support/free-port.ts';
import { lookout, lookoutAs, startLookout, untilReady } from '../support/lookout-process.ts';
import { startPython } from '../support/python.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeTestAccounts } from '../support/test-accounts.ts';
import { waitFor } from '../support/wait-for.ts';
import { demoList, listedPlate, writeUnit } from './unit-under-test.ts';

const patient = { timeoutMs: 90_000 };

async function openHeadquarters(folder: string, broker: string): Promise<Headquarters> {
  const headquarters = createHeadquarters({ broker, folder: join(folder, 'headquarters') });
  onTestFinished(() => headquarters[Symbol.asyncDispose]());
  headquarters.start();
  return headquarters;
}

async function openBroker(port?: number) {
  const broker = await createEmbeddedBroker(port === undefined ? {} : { port });
  onTestFinished(() => broker[Symbol.asyncDispose]());
  return broker;
}

/** The administrator's first act on a new unit. */
async function importDemoList(folder: string, file: string): Promise<void> {
  const { administrator } = await makeTestAccounts(folder, file);
  const asOf = new Date().toISOString();
  const given = ['demo', demoList, '--config', file, '--as-of', asOf];
  const imported = await lookoutAs(administrator, 'hotlist', 'import', ...given);
  expect(imported.stderr).toBe('');
  expect(imported.code).toBe(0);
}

describe('the main job', { timeout: 180_000 }, () => {
  test('a listed vehicle drives past; the hit, then the detection and its images are at headquarters (CAP-3, DSP-1, AUD-11)', async () => {
    const folder = temporaryFolder();
    const broker = await openBroker();
    const headquarters = await openHeadquarters(folder, broker.url);
    const hits: Hit[] = [];
    const detections: Detection[] = [];
    headquarters.events.on('hit', (hit) => hits.push(hit));
    headquarters.events.on('detection', (detection) => detections.push(detection));

    const metricsPort = await freePort();
    const file = writeUnit(folder, { broker: broker.url, metricsPort });
    await importDemoList(folder, file);
    const unit = startLookout(['run', '--config', file]);
    await untilReady(unit);

    await waitFor(() => detections.some((d) => d.closed && d.read?.plate === listedPlate), patient);
    const [hit] = hits;
    const detection = detections.find((d) => d.closed && d.read?.plate === listedPlate);
    expect(hit?.match.entry.plate).toBe(listedPlate);
    expect(hit?.match.tier).toBe('exact');
    expect(hit?.detectionId).toBe(detection?.id);
    expect(hit?.fix.quality).not.toBe('none');
    expect(detection?.fix.latitude).toBeTypeOf('number');
    expect(detection?.readFrom).toBe('ir');
    expect(detection?.images.map((image) => image.kind).sort()).toEqual([
      'ir',
      'overview',
      'plate',
    ]);
    await waitFor(() => headquarters.counts.images >= 3, patient);

    const { times } = hit as Hit;
    expect(times.capturedAtMs).toBeLessThanOrEqual(times.foundAtMs);
    expect(times.foundAtMs).toBeLessThanOrEqual(times.readAtMs);
    expect(times.readAtMs).toBeLessThanOrEqual(times.matchedAtMs);
    expect(times.matchedAtMs).toBeLessThanOrEqual(times.raisedAtMs);

    const status = await lookout('status', '--config', file, '--json');
    const { counts, heads, uplink } = JSON.parse(status.stdout) as DaemonStatus;
    expect(counts.hits).toBeGreaterThanOrEqual(1);
    expect(heads[0]?.health?.framesRead).toBeGreaterThan(0);
    expect(uplink?.connected).toBe(true);
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toContain('lookout_head_read_frames_per_second{head="front"}');
    const forPeople = await lookout('status', '--config', file);
    expect(forPeople.stdout).toContain('Overseen by ALPR Administrator');
    expect(forPeople.stdout).toMatch(/ {2}page: no screen shows it; \d+ alerts? told\n/);
    expect(forPeople.stdout).toMatch(/alert page: .*help: TROUBLESHOOTING\.md#alerts/);

    unit.child.kill('SIGTERM');
    expect(await unit.ended).toBe(0);

    // Rule 7: no plate in anything that a log, a metric or a status keeps.
    for (const text of [unit.output.stderr, metrics, status.stdout, forPeople.stdout]) {
      expect(text).not.toContain(listedPlate);
    }
  });

  test('killed at random moments, it loses nothing that it stored and sends nothing under two ids', async () => {
    const folder = temporaryFolder();
    const broker = await openBroker();
    const headquarters = await openHeadquarters(folder, broker.url);
    const words = new Map<string, number>();
    headquarters.events.on('detection', ({ id, revision }) => {
      const key = `${id} ${revision}`;
      words.set(key, (words.get(key) ?? 0) + 1);
    });
    const file = writeUnit(folder, { broker: broker.url, loop: true });
    await importDemoList(folder, file);

    for (let round = 0; round < 3; round += 1) {
      const before = headquarters.counts.detections;
      const unit = startLookout(['run', '--config', file]);
      await untilReady(unit);
      await waitFor(() => headquarters.counts.detections > before, patient);
      // Anywhere within the next time round of the drive: between alert, images, commit and send.
      const moment = Math.random() * 3000;
      const from = performance.now();
      await waitFor(() => performance.now() - from > moment);
      unit.child.kill('SIGKILL');
      await unit.ended;
    }
    const last = startLookout(['run', '--config', file]);
    await untilReady(last);
    const db = new SQLite(join(folder, 'data/lookout.db'), { readonly: true });
    onTestFinished(() => void db.close());
    last.child.kill('SIGTERM');
    expect(await last.ended).toBe(0);

    // What the last run could not send before it stopped goes with the next.
    const sender = startLookout(['run', '--config', file, '--set', 'heads.list=[]']);
    await untilReady(sender);
    await waitFor(() => db.prepare('SELECT count(*) FROM outbox').pluck().get() === 0, patient);

    const stored = db.prepare('SELECT id FROM detection').pluck().all() as string[];
    expect(stored.length).toBeGreaterThanOrEqual(3);
    const arrived = new Set([...words.keys()].map((key) => key.split(' ')[0]));
    expect([...arrived].sort()).toEqual([...new Set(stored)].sort());
    expect([...words.values()].every((count) => count === 1)).toBe(true);
    expect(db.prepare('SELECT count(*) FROM detection WHERE closed = 0').pluck().get()).toBe(0);

    const files = readdirSync(join(folder, 'data/images'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name.replace(/\.jpg$/, ''));
    expect(files.sort()).toEqual(
      (db.prepare('SELECT id FROM image').pluck().all() as string[]).sort(),
    );
  });

  test('with no broker, GPS or sound it reads and stores; all of it arrives once the link is there', async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const file = writeUnit(folder, {
      broker: `mqtt://127.0.0.1:${port}`,
      loop: true,
      extra: {
        position: { source: { kind: 'serial', path: join(folder, 'no-receiver') } },
        alerts: { sound: { enabled: true, device: 'nothing' } },
      },
    });
    const unit = startLookout(['run', '--config', file]);
    await untilReady(unit);
    const db = new SQLite(join(folder, 'data/lookout.db'), { readonly: true });
    onTestFinished(() => void db.close());
    await waitFor(
      () => Number(db.prepare('SELECT count(*) FROM detection').pluck().get()) >= 2,
      patient,
    );

    const broker = await openBroker(port);
    const headquarters = await openHeadquarters(folder, broker.url);
    const detections: Detection[] = [];
    headquarters.events.on('detection', (detection) => detections.push(detection));
    await waitFor(() => headquarters.counts.detections >= 2, patient);
    expect(detections[0]?.fix.quality).toBe('none');
    expect(detections[0]?.fix.latitude).toBeNull();
  });

  test('a camera that is not there is reported; the daemon goes on', async () => {
    const folder = temporaryFolder();
    const metricsPort = await freePort();
    const file = writeUnit(folder, {
      metricsPort,
      extra: { heads: { list: [{ id: 'front', ir: { kind: 'v4l2', device: '/dev/no-camera' } }] } },
    });
    const unit = startLookout(['run', '--config', file]);
    await untilReady(unit);
    const status = await waitFor(async () => {
      const { stdout } = await lookout('status', '--config', file, '--json');
      const said = JSON.parse(stdout || '{}') as Partial<DaemonStatus>;
      return said.problems?.some((problem) => problem.includes('/dev/no-camera')) ? said : null;
    }, patient);
    expect(status.heads?.[0]?.state).not.toBe('failed');
    expect(unit.child.exitCode).toBeNull();
  });
});

describe('start and stop', { timeout: 90_000 }, () => {
  test('a second daemon on the same data folder is refused', async () => {
    const folder = temporaryFolder();
    const file = writeUnit(folder, { extra: { heads: { list: [] } } });
    const first = startLookout(['run', '--config', file]);
    await untilReady(first);
    const second = await lookout('run', '--config', file);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`in use by the lookout with process id ${first.child.pid}`);
  });

  test('a process id that a killed daemon left stops no start, whoever has it now', async () => {
    const folder = temporaryFolder();
    const file = writeUnit(folder, { extra: { heads: { list: [] } } });
    const killed = startLookout(['run', '--config', file]);
    await untilReady(killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const elsewhere = temporaryFolder();
    const other = startLookout([
      'run',
      '--config',
      writeUnit(elsewhere, { extra: { heads: { list: [] } } }),
    ]);
    await untilReady(other);
    writeFileSync(join(folder, 'data', 'lookout.pid'), `${other.child.pid}\n`);
    await untilReady(startLookout(['run', '--config', file]));
  });

  test('a unit whose page port another unit has tells no address and no code that leads there', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void holder.close());
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const file = writeUnit(temporaryFolder(), { extra: { heads: { list: [] } } });
    const unit = startLookout(['run', '--config', file, '--set', `console.port=${port}`]);
    await untilReady(unit);
    const { stdout } = unit.output;
    expect(stdout).toContain(`No alert page: The alert page cannot be served on 127.0.0.1:${port}`);
    expect(stdout).toContain('set console.port to another');
    expect(stdout).toContain('"lookout user first" creates the first administrator');
    expect(stdout).not.toMatch(/https?:|\w{4}-\w{4}$/m);
  });

  test('a new unit prints one code for its first administrator, who then logs in at the page', async () => {
    const folder = temporaryFolder();
    const file = writeUnit(folder, { extra: { heads: { list: [] } } });
    const unit = startLookout(['run', '--config', file]);
    await untilReady(unit);
    const [, url] = /Alert page: (\S+)/.exec(unit.output.stdout) ?? [];
    const [, code] = /first administrator: (\S+)/.exec(unit.output.stdout) ?? [];
    const post = (path: string, body: unknown) =>
      fetch(`${url}api/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-lookout': 'page' },
        body: JSON.stringify(body),
      });
    const person = { username: 'ada', name: 'Ada Cole', organisation: 'test-pd' };
    const training = { course: 'Basics', completedOn: '2026-01-15', expiresOn: '2099-01-15' };
    const password = 'four wet herons at noon';
    const first = { ...person, training, cletsUntil: '2099-01-15', password };

    expect((await fetch(`${url}api/alerts`)).status).toBeGreaterThanOrEqual(400);
    expect((await post('first-administrator', { ...first, code: 'AAAA-AAAA' })).status).toBe(403);
    expect((await post('first-administrator', { ...first, code })).status).toBe(201);
    expect((await post('first-administrator', { ...first, code })).status).toBe(409);
    const login = { username: 'ada', password, noticeAcknowledged: true };
    const { status, headers } = await post('session', login);
    expect(status).toBe(201);
    expect(headers.get('set-cookie')).toContain('HttpOnly');
  });

  test('a metrics port that is taken keeps no plate from being read, and is had once it is free', async () => {
    const folder = temporaryFolder();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const file = writeUnit(folder, { metricsPort: port, extra: { heads: { list: [] } } });
    const unit = startLookout(['run', '--config', file]);
    await untilReady(unit);
    expect(unit.output.stderr).toContain(`metrics.port: 127.0.0.1:${port} cannot be used`);
    server.close();
    const status = () =>
      fetch(`http://127.0.0.1:${port}/status`).then(
        (answer) => answer.ok,
        () => false,
      );
    await waitFor(status, { ...patient, what: 'the status' });
    unit.child.kill('SIGTERM');
    expect(await unit.ended).toBe(0);
  });

  test('a stop during the start does not wait for the rest of the start', async () => {
    const folder = temporaryFolder();
    // The start tries the voice, and this one says nothing until it is given up after four seconds.
    const asked = join(folder, 'asked');
    const mute = `#!/bin/sh\n: > '${asked}'\nexec sleep 60\n`;
    writeFileSync(join(folder, 'espeak-ng'), mute, { mode: 0o755 });
    const extra = { alerts: { sound: { enabled: false }, voice: { enabled: true } } };
    const unit = startLookout(['run', '--config', writeUnit(folder, { extra })], {
      PATH: `${folder}:${process.env.PATH}`,
    });
    const { output } = unit;
    await waitFor(() => existsSync(asked), patient);
    unit.child.kill('SIGTERM');
    expect(await unit.ended).toBe(0);
    expect(output.stderr).not.toContain('"msg":"ready"');
    expect(output.stderr).toContain('"msg":"stopped"');
  });

  test('a data folder that cannot be made stops the start', async () => {
    const taken = join(temporaryFolder(), 'file');
    writeFileSync(taken, '');
    const { stderr, code } = await lookout('run', '--set', `unit.dataDir=${taken}/data`);
    expect(code).toBe(1);
    expect(stderr).toContain(`unit.dataDir: ${taken}/data cannot be made`);
  });

  test('systemd hears READY, the watchdog while all parts move, and STOPPING', async (context) => {
    if (!existsSync('/usr/bin/systemd-notify')) context.skip('systemd-notify is not installed');
    const folder = temporaryFolder();
    const socket = join(folder, 'notify');
    const listener = startListener(socket);
    await waitFor(() => existsSync(socket));
    const file = writeUnit(folder, { extra: { heads: { list: [] } } });
    const unit = startLookout(['run', '--config', file], {
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: '1500000',
    });
    await waitFor(() => listener.heard.includes('READY=1'), patient);
    await waitFor(() => listener.heard.includes('WATCHDOG=1'), patient);
    unit.child.kill('SIGTERM');
    expect(await unit.ended).toBe(0);
    await waitFor(() => listener.heard.includes('STOPPING=1'));
  });
});

/** A stand-in for systemd's end of the notify socket; Node has no datagram sockets of this family. */
function startListener(path: string): { readonly heard: string } {
  const listener = startPython(
    'import socket,sys\n' +
      's=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); s.bind(sys.argv[1])\n' +
      'while True:\n' +
      '  data,fds,_,_=socket.recv_fds(s,4096,4)\n' +
      '  [__import__("os").close(fd) for fd in fds]\n' +
      '  print(data.decode(),flush=True)\n',
    path,
  );
  return listener;
}
