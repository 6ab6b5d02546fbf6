import { expect, test } from 'vitest';
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
  await stop();
  const stopped = await linesOf();
  expect(stopped).not.toContainEqual(expect.stringMatching(/ lookout: /));
  const ofDevices = / (?:a check|cameras|GPS|sound|voice): /;
  expect([...running, ...stopped].filter((line) => ofDevices.test(line))).toEqual([]);
});
