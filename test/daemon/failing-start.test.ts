import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openAccountability } from '../../src/accountability/accountability.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { createDaemon } from '../../src/daemon/daemon.ts';
import { createLog, type Log } from '../../src/platform/log.ts';
import { lookout } from '../support/lookout-process.ts';
import { openFilesUnder, watchHandles } from '../support/open-handles.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeUnit } from './unit-under-test.ts';

const log = createLog({ level: 'silent' });

/** A server that takes connections and never answers, for gpsd and broker: clients stay connected. */
async function silentServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.resume());
    socket.on('error', () => undefined);
    socket.on('close', () => void sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, connections: () => sockets.size };
}

/** The configuration of a unit that has every part. */
function everyPart(folder: string, port: number): Config {
  const extra = {
    position: { source: { kind: 'gpsd', port } },
    alerts: { sound: { enabled: true } },
    uplink: { broker: `mqtt://127.0.0.1:${port}` },
  };
  return loadConfig({ file: writeUnit(folder, { extra }) }).config;
}

/** A configuration that throws when it is read for the nth time, and says how often it was read. */
function failingAt(config: Config, nth: number): { config: Config; reads(): number } {
  let reads = 0;
  const watched = <T extends object>(value: T): T =>
    new Proxy(value, {
      get(target, key, receiver) {
        reads += 1;
        if (reads === nth) throw new Error(`read ${nth}: ${String(key)}`);
        const found: unknown = Reflect.get(target, key, receiver);
        return typeof found === 'object' && found !== null ? watched(found) : found;
      },
    });
  return { config: watched(config), reads: () => reads };
}

/** A log that does something each time a part has started, and knows which have. */
function onPartStarted(act: (part: string) => void): { log: Log; started: string[] } {
  const started: string[] = [];
  const debug = (fields: unknown, message?: string) => {
    if (message !== 'part started') return;
    const { part } = fields as { part: string };
    started.push(part);
    act(part);
  };
  return { log: Object.assign(createLog({ level: 'silent' }), { debug }), started };
}

describe('a construction that fails leaves nothing open', () => {
  const builders: [string, (config: Config) => Promise<AsyncDisposable>][] = [
    ['the daemon', (config) => createDaemon(config, log)],
    ['the accountability wing', (config) => openAccountability({ config, log })],
  ];
  test.each(builders)('%s, wherever it fails to read its configuration', async (_, open) => {
    const folder = temporaryFolder();
    const config = everyPart(folder, 9);
    const handles = watchHandles();
    for (let nth = 1; ; nth += 1) {
      const failing = failingAt(config, nth);
      const opening = handles.during(() => open(failing.config));
      const error = await opening.then(
        (opened) => opened,
        (reason: Error) => reason,
      );
      if (!(error instanceof Error)) {
        expect(openFilesUnder(folder)).not.toEqual([]);
        // What is built and not started has no timer, socket, thread or process either.
        expect(handles.open()).toEqual([]);
        await error[Symbol.asyncDispose]();
        expect(openFilesUnder(folder)).toEqual([]);
        expect(nth).toBeGreaterThan(20);
        return;
      }
      expect(error.message).toBe(`read ${nth}: ${error.message.split(': ')[1]}`);
      expect(openFilesUnder(folder), error.message).toEqual([]);
      expect(handles.open(), error.message).toEqual([]);
    }
  });

  test.each(['lookout.db', 'people.db', 'hotlist.db'])('when %s cannot be opened', async (name) => {
    const folder = temporaryFolder();
    const config = everyPart(folder, 9);
    mkdirSync(config.unit.dataDir, { mode: 0o700 });
    mkdirSync(join(config.unit.dataDir, name));
    const handles = watchHandles();
    await expect(handles.during(() => createDaemon(config, log))).rejects.toThrow(name);
    expect(openFilesUnder(folder)).toEqual([]);
    expect(handles.open()).toEqual([]);
  });
});

test('a construction opens databases, and neither sweeps nor makes anything else', async () => {
  const folder = temporaryFolder();
  const config = everyPart(folder, 9);
  const { dataDir } = config.unit;
  const stray = join(dataDir, 'images/2026-11-29/stray.jpg');
  mkdirSync(dirname(stray), { recursive: true, mode: 0o700 });
  writeFileSync(stray, 'an image that no record names');
  await using daemon = await createDaemon(config, log);
  expect(existsSync(stray)).toBe(true);
  const files = readdirSync(dataDir).map((name) => name.replace(/-(shm|wal)$/, ''));
  expect([...new Set(files)].sort()).toEqual([
    'hotlist.db',
    'images',
    'lookout.db',
    'people.db',
    'people.key',
  ]);
  await daemon.start();
  expect(existsSync(stray)).toBe(false);
});

describe('a start that ends at any part leaves nothing open', () => {
  async function startUntil(stopAt: number, how: 'fails' | 'is stopped') {
    const folder = temporaryFolder();
    const server = await silentServer();
    const config = everyPart(folder, server.port);
    const stopping = new AbortController();
    const reason = new Error('ended by the test');
    const parts = onPartStarted(() => {
      if (parts.started.length < stopAt) return;
      if (how === 'fails') throw reason;
      stopping.abort(reason);
    });
    const handles = watchHandles();
    const daemon = await createDaemon(config, parts.log);
    onTestFinished(() => daemon[Symbol.asyncDispose]());
    const ended = await handles
      .during(() => daemon.start(stopping.signal))
      .catch((error: unknown) => error);
    return { folder, server, daemon, handles, started: parts.started, ended, reason };
  }

  test('the probe sees what a running daemon has open', async () => {
    const { folder, server, daemon, handles, started } = await startUntil(99, 'fails');
    expect(started).toEqual([
      'event loop',
      'outbox',
      'hot lists',
      'records',
      'alert memory',
      'position',
      'audit forwarding',
      'upkeep',
      'page',
      'alert outputs',
      'link',
      'metrics',
      'camera settings',
      'capture zones',
      'camera heads',
    ]);
    await expect.poll(() => server.connections()).toBe(2);
    expect(new Set(handles.open())).toEqual(
      new Set(['PIPEWRAP', 'PROCESSWRAP', 'TCPSERVERWRAP', 'TCPWRAP', 'Timeout', 'WORKER']),
    );
    await daemon[Symbol.asyncDispose]();
    await expect.poll(() => handles.open()).toEqual([]);
    await expect.poll(() => server.connections()).toBe(0);
    expect(openFilesUnder(folder)).toEqual([]);
  });

  for (const how of ['fails', 'is stopped'] as const) {
    test.each(Array.from({ length: 14 }, (_, at) => at + 1))(
      `%i parts up, then it ${how}`,
      async (stopAt) => {
        const { folder, server, handles, started, ended, reason } = await startUntil(stopAt, how);
        expect(ended).toBe(reason);
        expect(started).toHaveLength(stopAt);
        expect(openFilesUnder(folder)).toEqual([]);
        await expect.poll(() => handles.open()).toEqual([]);
        await expect.poll(() => server.connections()).toBe(0);
      },
    );
  }
});

test.each([
  ['the construction', 'people.db'],
  ['the start', 'images'],
])('when %s fails, `lookout run` gives the data folder back and says why', async (_, name) => {
  const folder = temporaryFolder();
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  if (name === 'images') writeFileSync(join(dataDir, name), 'not a folder');
  else mkdirSync(join(dataDir, name));
  const run = await lookout('run', '--config', writeUnit(folder));
  expect(run.code).toBe(1);
  expect(run.stderr).toContain(name);
  expect(existsSync(join(dataDir, 'lookout.pid'))).toBe(false);
});
