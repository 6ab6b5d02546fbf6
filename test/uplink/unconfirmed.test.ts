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
  const { broker } = await openMuteBroker({
    connect: ({ level }) => taken(level),
    later(type, packet, { level }) {
      if (type === 8) return subscribed(packet, level, topics);
      if (type !== 3) return null;
      return puback(packet, reason);
    },
  });
  const unit = openUnit(temporaryFolder(), { broker });
  const detection = sampleDetection();
  await unit.records.storeHits({ hits: [sampleHit(detection)], detection, images: noImages });
  await unit.uplink.start();
  // The status, the hit and its detection.
  const both = { connected: true, setAside: 0, sent: 2 };
  await expect
    .poll(() => unit.uplink.health(), { message: 'the hit and its detection' })
    .toMatchObject(both);
  await expect
    .poll(() => unit.uplink.health().problem)
    .toMatch(/does not confirm them\. In a cluster a node .* bring it back/);
  expect(unit.uplink.health().waiting.hit).toBe(1);

  reason = 0;
  await waitFor(() => unit.uplink.health().problem === null, {
    timeoutMs: 30_000,
    what: 'a confirmed status',
  });
});
