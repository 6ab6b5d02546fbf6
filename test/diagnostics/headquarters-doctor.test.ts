import { expect, test } from 'vitest';
import { noteBackup } from '../../src/backup/last-backup.ts';
import { lacking } from '../../src/diagnostics/configuration-checks.ts';
import { examine } from '../../src/diagnostics/examine.ts';
import { openDepartment } from '../headquarters/department.ts';
import { freePort } from '../support/free-port.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';

test('doctor at headquarters asks for its broker, and misses no camera, receiver or loudspeaker', async (context) => {
  if (missingMosquitto !== null) context.skip(missingMosquitto);
  const department = await openDepartment({ metricsPort: await freePort() });
  const config = department.configOf(department.dataDir);
  expect(lacking(config)).toEqual([]);
  const { stop } = await department.startHeadquarters();
  const linesOf = async () =>
    (await examine(config)).map(({ subject, result, says }) => `${result} ${subject}: ${says}`);
  const running = await linesOf();
  expect(running).toContainEqual(expect.stringMatching(/^ok broker: connected/));
  expect(running).toContainEqual(expect.stringMatching(/^ok lookout: runs as process/));
  expect(running).toContainEqual(expect.stringMatching(/^ok units: 0 of 0 units on the air/));
  expect(running).toContainEqual(expect.stringMatching(/^ok intake: 0 messages to be stored/));
  expect(running).toContainEqual(expect.stringMatching(/^warning backup: none was made yet/));
  expect(running).toContainEqual(expect.stringMatching(/^ok database .*headquarters.db: whole/));
  expect(running).toContainEqual(
    expect.stringMatching(/^ok key that signs for all units: it signs since/),
  );
  const ofReading = / (?:OpenCV|model .*|package (?:onnxruntime-node|serialport)): /;
  expect(running.filter((line) => ofReading.test(line))).toEqual([]);
  await noteBackup(department.dataDir, {
    madeAt: new Date(Date.now() - 4 * 86_400_000).toISOString(),
    ...{ folder: '/var/backups/lookout/headquarters-1', withKeys: false },
  });
  expect(await linesOf()).toContainEqual(
    expect.stringMatching(/^warning backup: the newest is of/),
  );
  await stop();
  const stopped = await linesOf();
  expect(stopped).not.toContainEqual(expect.stringMatching(/ lookout: /));
  const ofDevices = / (?:a check|cameras|GPS|sound|voice): /;
  expect([...running, ...stopped].filter((line) => ofDevices.test(line))).toEqual([]);
});
