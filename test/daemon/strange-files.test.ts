import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAgencySecret } from '../../src/accountability/agency/agency-secret.ts';
import { readPublicKeys } from '../../src/accountability/agency/public-keys.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createDaemon } from '../../src/daemon/daemon.ts';
import { databaseChecks } from '../../src/diagnostics/storage-checks.ts';
import { createLog } from '../../src/platform/log.ts';
import { Problem } from '../../src/platform/problem.ts';
import { readNmeaLog } from '../../src/position/replay-log.ts';
import { loadModel } from '../../src/vision/reading/manifest.ts';
import { lookout } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeUnit } from './unit-under-test.ts';

const log = createLog({ level: 'silent' });

const python = (program: string) => execFileSync('python3', ['-c', program]);

/** What may stand where a file belongs. */
const strangers = {
  folder: (path: string) => mkdirSync(path, { recursive: true }),
  pipe: (path: string) => python(`import os; os.mkfifo('${path}')`),
  socket: (path: string) => python(`import socket; socket.socket(socket.AF_UNIX).bind('${path}')`),
} as const;
type Stranger = keyof typeof strangers;

/** A unit whose databases and keys are there, stopped, with something else in the place of one of its files. */
async function unitWith(name: string, stranger: Stranger, extra: Record<string, unknown> = {}) {
  const folder = temporaryFolder();
  const file = writeUnit(folder, { extra: { heads: { list: [] }, ...extra } });
  const { config } = loadConfig({ file });
  await using first = await createDaemon(config, log);
  await first.start();
  await first[Symbol.asyncDispose]();
  const path = join(config.unit.dataDir, name);
  rmSync(path, { recursive: true, force: true });
  strangers[stranger](path);
  const start = async () => {
    const daemon = await createDaemon(config, log);
    onTestFinished(() => daemon[Symbol.asyncDispose]());
    await daemon.start();
    return daemon;
  };
  return { config, file, path, start };
}

const databases = ['lookout.db', 'people.db', 'hotlist.db'].flatMap((name) =>
  ['', '-wal', '-shm', '-journal'].map((end) => name + end),
);

describe('something else where a file of the data folder belongs', () => {
  test.each([...databases, 'people.key', 'breach.json'])(
    '%s: the start ends with a sentence that names it',
    async (name) => {
      for (const stranger of ['folder', 'pipe'] as const) {
        const { start } = await unitWith(name, stranger);
        const error = await start().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(Problem);
        const { message } = error as Problem;
        expect(message).toContain(name);
        expect(message).toContain(`is a ${stranger}`);
      }
    },
  );

  test.each(['audit.db', 'audit.db-shm', 'audit.key', 'audit.anchor'])(
    '%s: alerts go on, and the status says what stands there',
    async (name) => {
      for (const stranger of ['folder', 'socket'] as const) {
        const { start } = await unitWith(name, stranger);
        const daemon = await start();
        expect(daemon.status().problems.join('\n')).toMatch(
          new RegExp(`audit log: .*${name}.* is a ${stranger}`),
        );
      }
    },
  );

  test.each(['disk.reserve', 'camera-settings.json', 'images/lost+found', 'images/2026-11-29/x'])(
    '%s: the unit starts all the same, and takes nothing of it away',
    async (name) => {
      const { start, path } = await unitWith(name, 'folder');
      writeFileSync(join(path, 'kept'), 'what somebody put there');
      await start();
      expect(existsSync(join(path, 'kept'))).toBe(true);
    },
  );

  test('the command prints the sentence without a stack', async () => {
    for (const name of ['people.db-shm', 'lookout.pid', 'lookout.lock', 'images']) {
      const { file } = await unitWith(name, 'pipe');
      const { code, stderr } = await lookout('run', '--config', file);
      expect([name, code]).toEqual([name, 1]);
      expect(stderr).toMatch(new RegExp(`^lookout: .*${name}.*`, 'm'));
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  test('doctor names it too', async () => {
    const { config } = await unitWith('people.db-journal', 'pipe');
    const findings = (await Promise.all(databaseChecks(config).map((check) => check()))).flat();
    expect(findings).toContainEqual(
      expect.objectContaining({
        result: 'failure',
        says: 'people.db-journal is a pipe, where SQLite has a file',
      }),
    );
  });
});

describe('something else where a file of the configuration belongs', () => {
  test.each(['folder', 'pipe', 'socket'] as const)('a %s: each part says so', async (stranger) => {
    const at = join(temporaryFolder(), 'x');
    strangers[stranger](at);
    const { start } = await unitWith('nothing', 'folder', {
      uplink: { broker: 'mqtts://127.0.0.1:1', tls: { ca: at } },
      console: { port: 0, https: { enabled: true, port: 0, certificate: at, key: at } },
    });
    const daemon = await start();
    await expect
      .poll(() => daemon.status().problems.join('\n'))
      .toMatch(new RegExp(`${at} cannot be read: it is a ${stranger}`));
    await expect
      .poll(() => daemon.status().problems.join('\n'))
      .toMatch(new RegExp(`\\(${at}\\): it is a ${stranger}`));
  });

  test('an agency’s keys, a recorded drive, a model', async () => {
    const at = temporaryFolder();
    expect(() => readAgencySecret(at)).toThrow(`${at} cannot be read (it is a folder)`);
    expect(() => readPublicKeys(at)).toThrow(`${at} cannot be read (it is a folder)`);
    await expect(readNmeaLog(at)).rejects.toThrow('cannot be read (it is a folder)');
    strangers.folder(join(at, 'detector.json'));
    await expect(loadModel(at, 'detector', 'detector')).rejects.toThrow(
      'detector.json: cannot be read (it is a folder)',
    );
  });
});
