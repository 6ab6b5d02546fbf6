import { expect, test } from 'vitest';
import { unitSubscriptions } from '../../src/uplink/topics.ts';
import { noImages, sampleDetection, sampleHit } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { openMuteBroker, puback, subscribed, taken } from './mute-broker.ts';
import { openUnit } from './open-unit.ts';

test('a broker that passes messages on and confirms none is used, and the problem says what is lost', async () => {
  const topics = unitSubscriptions(
    { agency: 'test-pd', unit: 'unit-7' },
    { lists: null, hearsAgency: false },
  ).length;
  let reason = 0x83;
  let published = 0;
  const { broker } = await openMuteBroker({
    connect: ({ level }) => taken(level),
    later(type, packet, { level }) {
      if (type === 8) return subscribed(packet, level, topics);
      if (type !== 3) return null;
      published += 1;
      return puback(packet, reason);
    },
  });
  const unit = openUnit(temporaryFolder(), { broker });
  const detection = sampleDetection();
  await unit.records.storeHits({ hits: [sampleHit(detection)], detection, images: noImages });
  await unit.uplink.start();
  // The status, the hit and its detection.
  await waitFor(() => published >= 3, { what: 'all that waits' });
  const health = unit.uplink.health();
  expect(health).toMatchObject({ connected: true, setAside: 0, sent: 2 });
  expect(health.problem).toMatch(/does not confirm them\. In a cluster a node .* bring it back/);
  expect(health.waiting.hit).toBe(1);

  reason = 0;
  await waitFor(() => unit.uplink.health().problem === null, {
    timeoutMs: 30_000,
    what: 'a confirmed status',
  });
});
