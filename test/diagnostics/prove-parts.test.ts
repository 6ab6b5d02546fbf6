import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import type { Finding } from '../../src/diagnostics/check.ts';
import { proveClock } from '../../src/diagnostics/prove-clock.ts';
import { proveSound } from '../../src/diagnostics/prove-program.ts';
import { proveDisk, proveLists, proveRights } from '../../src/diagnostics/prove-storage.ts';
import { installed } from '../position/pty-pair.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function lines(
  prove: (config: Config) => Finding | Finding[] | Promise<Finding | Finding[]>,
  ...flags: string[]
): Promise<string[]> {
  const found = await prove(loadConfig({ flags }).config);
  return [found]
    .flat()
    .map(({ subject, result, says, advice }) => `${result} ${subject}: ${says} ${advice}`.trim());
}

describe.skipIf(!installed('aplay'))('a tone', () => {
  test('that no device takes is a failure with what aplay says', async () => {
    const [line] = await lines(proveSound, 'alerts.sound.device=no-such-device');
    expect(line).toMatch(
      /^failure sound: The sound device 'no-such-device' does not play \(.+\); alerts would only be written to files Connect/,
    );
  });

  test('that is swallowed was not heard', async () => {
    expect(await lines(proveSound, 'alerts.sound.device=null')).toEqual([
      expect.stringMatching(
        /^warning sound: the device 'null' swallows sound: nothing can be heard/,
      ),
    ]);
  });
});

test.skipIf(!installed('espeak-ng'))(
  'a voice that is there speaks, and another does not',
  async () => {
    const off = 'alerts.sound.enabled=false';
    const on = 'alerts.voice.enabled=true';
    expect((await lines(proveSound, off))[0]).toMatch(/^warning sound: off/);
    // Nobody stands beside a pole.
    expect((await lines(proveSound, off, 'unit.mode=fixed'))[0]?.trim()).toBe('ok sound: off');
    expect((await lines(proveSound, off, on)).at(-1)).toBe(
      'ok voice: spoke a word with the voice en-us',
    );
    expect((await lines(proveSound, off, on, 'alerts.voice.voice=klingon-x')).at(-1)).toMatch(
      /^failure voice: espeak-ng cannot speak with the voice 'klingon-x'/,
    );
  },
);

test('synced writes are measured, and leave nothing behind', async () => {
  const dataDir = temporaryFolder();
  const [line] = await lines(proveDisk, `unit.dataDir=${dataDir}`);
  expect(line).toMatch(/^(ok|warning) disk: 40 writes synced, \d+\.\d ms each, the longest \d+ ms/);
  expect(readdirSync(dataDir)).toEqual([]);
});

test('a hot list that was never imported is told with the command', async () => {
  const flags = [`unit.dataDir=${temporaryFolder()}`, 'hotlist.lists=[{ id: svs, name: Stolen }]'];
  expect(await lines(proveLists, ...flags)).toEqual([
    expect.stringMatching(
      /^warning hot list svs: never imported Let headquarters send it, or import it\. Run: lookout hotlist import svs FILE --as-of TIME$/,
    ),
  ]);
});

describe('the rights of the service', () => {
  const service = { name: 'lookout', uid: 4711, gid: 4711 };

  test('are not said to be right by another user', async () => {
    const [line] = await lines((config) =>
      proveRights(config, { user: null, service, file: null }),
    );
    expect(line).toMatch(/^warning rights: this user is not lookout, .* Run the command with sudo/);
  });

  test('name each file of the configuration that is closed or missing', async () => {
    const folder = temporaryFolder();
    // As root reads everything, a link to itself represents a file that is closed to the user.
    const closed = join(folder, 'closed');
    symlinkSync('closed', closed);
    mkdirSync(join(folder, 'models'));
    chmodSync(join(folder, 'models'), 0o755);
    const found = await lines(
      (config) => proveRights(config, { user: service, service, file: null }),
      `reading.modelsDir=${join(folder, 'models')}`,
      `position.source={ kind: replay, path: ${closed} }`,
    );
    expect(found).toEqual([
      expect.stringMatching(
        /^failure rights: position\.source\.path, .*closed: .* Let lookout read it/,
      ),
    ]);
  });
});

test('a configuration that is closed to the service is told with the command that opens it', async () => {
  const file = join(temporaryFolder(), 'lookout.yaml');
  symlinkSync('lookout.yaml', file);
  const service = { name: 'lookout', uid: 4711, gid: 4711 };
  expect(
    await lines((config) => proveRights(config, { user: service, service, file })),
  ).toContainEqual(
    expect.stringMatching(
      /^failure rights: the configuration, .* Run: sudo chgrp lookout (\S+lookout\.yaml) && sudo chmod 640 \1$/,
    ),
  );
});

describe('the clock', () => {
  const said = async (satellitesOffsetMs: number | null, headquartersOffsetMs: number | null) =>
    (await lines(() => proveClock({ satellitesOffsetMs, headquartersOffsetMs })))[0];

  test('that satellites and headquarters agree with is confirmed', async () => {
    expect(await said(200, -300)).toMatch(
      /^(ok|warning) clock: .* within a second of satellites; within a second of headquarters.*confirmed/,
    );
  });

  test('that one of them contradicts is not believed, and how far it is off is told', async () => {
    expect(await said(null, 3 * 3_600_000)).toMatch(
      /^failure clock: .*; 3\.0 h behind headquarters: it is not believed, .* Set the clock/,
    );
    expect(await said(-3 * 3_600_000, 0)).toMatch(/^failure clock: .*; 3\.0 h ahead of satellites/);
  });
});
