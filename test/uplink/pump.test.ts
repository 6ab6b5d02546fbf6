import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test, vi } from 'vitest';
import { uplinkSection } from '../../src/config/sections/uplink.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { outboxMigrations } from '../../src/outbox/tables.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Link } from '../../src/uplink/link.ts';
import { createPump } from '../../src/uplink/pump.ts';
import { sampleImage } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

/**
 * A pump on a real outbox, and a broker that passes nothing on and takes everything, but for packets of more than
 * `dropsAbove` bytes, which it drops without an answer.
 */
function openPump({ dropsAbove = Number.POSITIVE_INFINITY, resendAfterS = 20 } = {}) {
  const dataDir = temporaryFolder();
  const db = openDatabase(join(dataDir, 'outbox.db'), outboxMigrations);
  const outbox = createOutbox(db);
  const sent: string[] = [];
  const link: Link = {
    connected: true,
    receiveMaximum: 100,
    maximumPacketSize: Number.POSITIVE_INFINITY,
    protocol: '5',
    problem: null,
    connections: 1,
    start() {},
    publish: (topic, payload) => {
      if (payload.length > dropsAbove) return new Promise<void>(() => {});
      sent.push(topic);
      return Promise.resolve();
    },
    subscribe: async () => {},
    unsubscribe: async () => {},
    stop: async () => {},
  };
  const config = uplinkSection.parse({ resendAfterS });
  const sender = { agency: 'test-pd', unit: 'unit-7' };
  const log = createLog({ level: 'silent' });
  const pump = createPump({ outbox, link, config, sender, dataDir, log });
  pump.start();
  pump.open(true);
  onTestFinished(() => {
    pump.stop();
    db.close();
  });
  return { dataDir, outbox, pump, sent };
}

test('an image that moves up a lane while it is on its way is sent again like any other', async () => {
  const { outbox, pump, sent } = openPump();
  const id = uuidv7();
  const image = { id, topic: `image/${id}`, json: '{}' };
  outbox.add({ ...image, lane: 'image' });
  await waitFor(() => sent.length === 1, { what: 'the image to be sent' });
  outbox.add({ ...image, lane: 'hit-image' });
  await waitFor(() => outbox.status().lanes['hit-image'].waiting === 1, { what: 'the move' });
  pump.close({ by: 'us', reason: null });
  pump.open(false);
  await waitFor(() => sent.length === 2, { what: 'the image to be sent again' });
});

test('a clock that is set back puts off no repeat', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { outbox, sent } = openPump();
  outbox.add({ id: uuidv7(), lane: 'hit', topic: 'hit', json: '{}' });
  await vi.advanceTimersByTimeAsync(100);
  expect(sent).toHaveLength(1);
  vi.setSystemTime(Date.now() - 8 * 3_600_000);
  await vi.advanceTimersByTimeAsync(21_000);
  expect(sent).toHaveLength(2);
});

test('an image that cannot be read for now stays, and one whose file is gone does not', async () => {
  const { dataDir, outbox, pump, sent } = openPump();
  const add = (file: string) => {
    const id = uuidv7();
    outbox.add({ id, lane: 'image', topic: `image/${id}`, json: '{}', file });
    return id;
  };
  // Reading a folder fails as a sick disk does, though something is there.
  mkdirSync(join(dataDir, 'sick'));
  writeFileSync(join(dataDir, 'sound'), 'jpeg');
  const sick = add('sick');
  const gone = add('gone');
  add('sound');
  await waitFor(() => sent.length === 1, { what: 'the sound one to be sent' });
  await waitFor(() => pump.figures().lost === 1, { what: 'the loss to be counted' });
  expect(outbox.find(gone)).toBeUndefined();
  expect(outbox.find(sick)).toBeDefined();
});

/** Sends a hit and a later detection, of which headquarters acknowledges the second. */
async function passHit() {
  const opened = openPump();
  const [hit, detection] = [uuidv7(), uuidv7()];
  opened.outbox.add({ id: hit, lane: 'hit', topic: 'hit', json: '{}' });
  await waitFor(() => opened.sent.length === 1, { what: 'the hit to be sent' });
  opened.outbox.add({ id: detection, lane: 'detection', topic: 'detection', json: '{}' });
  await waitFor(() => opened.sent.length === 2, { what: 'the detection to be sent' });
  return { ...opened, hit, detection };
}

test('a hit is sent again at once when something sent later is acknowledged before it', async () => {
  const { outbox, pump, sent, hit, detection } = await passHit();
  pump.acknowledge({ ids: [detection] });
  await waitFor(() => sent.length === 3, { what: 'the hit to be sent again' });
  expect(sent.at(-1)).toMatch(/hit$/);
  // Acknowledgements of what was sent before the repeat do not send it once more.
  pump.acknowledge({ ids: [detection] });
  pump.acknowledge({ ids: [hit] });
  await waitFor(() => outbox.status().waiting === 0, { what: 'an empty outbox' });
  expect(sent).toHaveLength(3);
});

test('a headquarters that acknowledges hits slowly gets each again a few times, not with each detection', async () => {
  const { outbox, pump, sent, detection } = await passHit();
  pump.acknowledge({ ids: [detection] });
  await waitFor(() => sent.length === 3, { what: 'the hit to be sent again' });
  for (let count = 0; count < 20; count += 1) {
    const id = uuidv7();
    const before = sent.length;
    outbox.add({ id, lane: 'detection', topic: 'detection', json: '{}' });
    await waitFor(() => sent.length > before, { what: 'the detection to be sent' });
    pump.acknowledge({ ids: [id] });
    await waitFor(() => outbox.find(id) === undefined, { what: 'the acknowledgement' });
  }
  expect(sent.filter((topic) => topic.endsWith('hit')).length).toBeLessThan(6);
});

test('a hit that is acknowledged with what was sent later is sent once', async () => {
  const { outbox, pump, sent, hit, detection } = await passHit();
  pump.acknowledge({ ids: [detection, hit] });
  await waitFor(() => outbox.status().waiting === 0, { what: 'an empty outbox' });
  expect(sent).toHaveLength(2);
});

test('images that the broker neither answers nor passes on hold up no other, and go smaller', async () => {
  const { dataDir, outbox, pump, sent } = openPump({ dropsAbove: 70_000, resendAfterS: 1 });
  const add = async (seed: number, bytes: number) => {
    const id = uuidv7();
    const { jpeg, width, height } = await sampleImage(seed, bytes);
    writeFileSync(join(dataDir, id), jpeg);
    const json = JSON.stringify({ id, width, height, bytes, sha256: '0'.repeat(64) });
    outbox.add({ id, lane: 'image', topic: `image/${id}`, json, file: id });
    return id;
  };
  // As many as may be on the wire at once.
  const large = [await add(1, 180_000), await add(2, 180_000)];
  const small = [await add(3, 4000), await add(4, 4000)];
  outbox.add({ id: uuidv7(), lane: 'detection', topic: 'detection', json: '{}' });
  const arrived = (id: string) => sent.some((topic) => topic.endsWith(id));
  await waitFor(() => small.every(arrived), { what: 'the small images' });
  expect(large.some(arrived)).toBe(false);
  const acknowledgeAll = () => {
    for (const topic of sent.splice(0)) pump.acknowledge({ ids: [topic.split('/').at(-1) ?? ''] });
  };
  await waitFor(
    () => {
      const later = uuidv7();
      outbox.add({ id: later, lane: 'image', topic: `image/${later}`, json: '{}' });
      acknowledgeAll();
      return large.every((id) => outbox.find(id) === undefined);
    },
    { timeoutMs: 60_000, what: 'the large images, smaller' },
  );
  expect(pump.figures().reduced).toBeGreaterThanOrEqual(2);
  expect(outbox.status().setAside).toBe(0);
}, 90_000);
