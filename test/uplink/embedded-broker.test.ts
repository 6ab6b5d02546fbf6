import { expect, onTestFinished, test } from 'vitest';
import { createEmbeddedBroker } from '../../scripts/reference-headquarters/embedded-broker.ts';
import { sampleDetection, sampleHit, sampleImages } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { openHeadquarters } from './open-headquarters.ts';
import { openUnit } from './open-unit.ts';

test('where the broker refuses MQTT 5 the unit falls back to 3.1.1 and everything arrives', async () => {
  const broker = await createEmbeddedBroker();
  onTestFinished(() => broker[Symbol.asyncDispose]());
  const folder = temporaryFolder();
  const { arrived, headquarters } = await openHeadquarters(folder, { broker: broker.url });
  const { records, uplink, outbox } = openUnit(folder, { broker: broker.url });
  await uplink.start();
  const detection = sampleDetection();
  const images = await sampleImages(1);
  await records.storeHits({ hits: [sampleHit(detection)], detection, images });
  await records.storeDetection({ detection: { ...detection, closed: true }, images });
  await waitFor(() => outbox.status().waiting === 0, { what: 'an empty outbox' });
  expect(uplink.health()).toMatchObject({ connected: true, protocol: '3.1.1', problem: null });
  expect(arrived[0]).toMatch(/^hit/);
  expect(headquarters.counts).toMatchObject({ hits: 1, detections: 1, images: 3, refused: 0 });
});
