import { describe, expect, test } from 'vitest';
import { noImages, sampleDetection, sampleHit, sampleImage } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto, openMosquitto } from './mosquitto.ts';
import { openHeadquarters } from './open-headquarters.ts';
import { openUnit } from './open-unit.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

describe.skipIf(missingMosquitto)('what goes out and does not arrive', { timeout: 120_000 }, () => {
  // Over 5 the broker says that it denies a topic; over 3.1.1 it takes the message and drops it.
  test.each([
    ['5', /does not let this unit write its topic image: what belongs there waits/],
    ['3.1.1', /headquarters does not acknowledge 1 message that the broker took four times/],
  ] as const)(
    'a topic that MQTT %s denies is a problem, and the rest arrives',
    async (protocol, words) => {
      const folder = temporaryFolder();
      const rules = ['pattern deny lookout/v1/test-pd/%u/image/#'];
      const { broker, credentials } = await openMosquitto(folder, { rules });
      const tls = credentials('headquarters');
      const { arrived } = await openHeadquarters(folder, { broker, tls, protocol });
      const unit = openUnit(folder, {
        broker,
        tls: credentials('unit-7'),
        protocol,
        resendAfterS: 1,
      });
      const detection = sampleDetection();
      const images = { ...noImages, plate: await sampleImage(1) };
      await unit.records.storeHits({ hits: [sampleHit(detection)], detection, images });
      await unit.uplink.start();
      await waitFor(() => words.test(unit.uplink.health().problem ?? ''), {
        timeoutMs: 60_000,
        what: 'the problem',
      });
      await waitFor(() => arrived.some((what) => what.startsWith('hit')), { what: 'the hit' });
      expect(arrived.filter((what) => what.startsWith('image'))).toEqual([]);
      await expect
        .poll(() => unit.uplink.health().waiting)
        .toMatchObject({ hit: 0, 'hit-image': 1 });
    },
  );
});
