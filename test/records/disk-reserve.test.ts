import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDiskReserve, giveUpReserveIfFull } from '../../src/records/disk-reserve.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { imageFilesOf, openRecords, waitingOf } from './open-records.ts';
import { noImages, sampleDetection, sampleHit, sampleImage, sampleImages } from './samples.ts';

const MiB = 1024 * 1024;

test('the reserve is made where there is room, made whole after a power cut, and given up once', async () => {
  const dataDir = temporaryFolder();
  const path = join(dataDir, 'disk.reserve');
  const reserve = createDiskReserve(dataDir);
  expect(reserve.giveUp()).toBe(false);
  await reserve.keep(7 * MiB);
  expect(existsSync(path)).toBe(false);
  expect(reserve.problem()).toMatch(/once 8 MiB are free/);

  writeFileSync(path, 'a part');
  await reserve.keep(9 * MiB);
  expect(statSync(path).size).toBe(4 * MiB);
  expect(reserve.problem()).toBeNull();
  // This disk is not full.
  giveUpReserveIfFull(dataDir);
  expect(reserve.giveUp()).toBe(true);
  expect(reserve.giveUp()).toBe(false);
  expect(reserve.problem()).toMatch(/is or was full/);
});

/** Enough for the rows of a vehicle, not for a picture of it. */
const roomOfRecords = 400 * 1024;

/** Stores a vehicle that is a hit, with all its pictures. */
async function storeHit(records: ReturnType<typeof openRecords>['records'], seed: number) {
  const detection = sampleDetection({ closed: true });
  const hit = sampleHit(detection);
  await records.storeHits({ hits: [hit], detection, images: await sampleImages(seed, 800_000) });
  return hit;
}

const files = (dataDir: string) => imageFilesOf(dataDir).length;

async function storePassing(
  records: ReturnType<typeof openRecords>['records'],
  seed: number,
  bytes = 60_000,
) {
  const images = { ...noImages, plate: await sampleImage(seed, bytes) };
  await records.storeDetection({ detection: sampleDetection({ closed: true }), images });
}

test('pictures of a hit that found no room are stored and sent once there is some', async (context) => {
  const dataDir = join(temporaryFolder(), 'data');
  const disk = smallDisk(context, dataDir, 16);
  // There is no reserve.
  const { records, outbox } = openRecords(dataDir);
  for (let seed = 0; seed < 2; seed += 1) await storeHit(records, seed);
  const sent = (detectionId: string) =>
    waitingOf(outbox)
      .filter(({ lane, json }) => lane === 'hit-image' && json.includes(detectionId))
      .map(({ id }) => id);
  disk.fill(roomOfRecords);
  const hit = await storeHit(records, 10);
  expect(waitingOf(outbox).filter(({ json }) => json.includes(hit.id))).toHaveLength(1);
  expect(sent(hit.detectionId)).toEqual([]);
  expect(records.health().storing).toBe(1);

  disk.clear();
  await expect.poll(() => records.health().storing, { timeout: 20_000 }).toBe(0);
  expect(sent(hit.detectionId)).toHaveLength(3);
  const shown = waitingOf(outbox).filter(
    ({ lane, json }) => lane === 'detection' && json.includes(hit.detectionId),
  );
  expect(JSON.parse(shown.at(-1)?.json ?? '{}').images).toHaveLength(3);
  expect(waitingOf(outbox).filter(({ lane }) => lane === 'hit')).toHaveLength(3);
});

test('the reserve is for records and pictures of hits: no other picture uses it up', async (context) => {
  const dataDir = join(temporaryFolder(), 'data');
  const disk = smallDisk(context, dataDir, 16);
  const { records, outbox } = openRecords(dataDir);
  for (let seed = 0; seed < 2; seed += 1) await storeHit(records, seed);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  records.watchRoom();
  const path = join(dataDir, 'disk.reserve');
  await expect.poll(() => existsSync(path) && statSync(path).size).toBe(4 * MiB);
  disk.fill(roomOfRecords);

  await storePassing(records, 50, 800_000);
  expect(records.health().images.failed).toBe(1);
  expect(existsSync(path)).toBe(true);
  const hit = await storeHit(records, 60);
  expect(
    waitingOf(outbox).filter(
      ({ lane, json }) => lane === 'hit-image' && json.includes(hit.detectionId),
    ),
  ).toHaveLength(3);
  expect(existsSync(path)).toBe(false);
  disk.clear();
});

test('on a disk without a free block pictures are shed, hits stored, and the reserve restored', async (context) => {
  const dataDir = join(temporaryFolder(), 'data');
  const disk = smallDisk(context, dataDir, 16);
  const first = openRecords(dataDir);
  for (let seed = 0; seed < 60; seed += 1) await storePassing(first.records, seed);
  await first.close();
  // Opened again: a write-ahead log from before would have some room of its own.
  const { records, outbox, db } = openRecords(dataDir);
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  records.watchRoom();
  const path = join(dataDir, 'disk.reserve');
  await expect.poll(() => existsSync(path) && statSync(path).size).toBe(4 * MiB);
  const before = files(dataDir);
  disk.fill();
  expect(() => db.exec('CREATE TABLE more (x)')).toThrow(/full/);

  const detection = sampleDetection();
  const hit = sampleHit(detection);
  const images = await sampleImages(100, 60_000);
  await records.storeHits({ hits: [hit], detection, images });
  expect(waitingOf(outbox).some(({ lane }) => lane === 'hit')).toBe(true);
  expect(records.health().images.shedUnsent).toBeGreaterThan(0);
  expect(records.health().images.failed).toBe(0);
  expect(files(dataDir)).toBeLessThan(before + 3);
  expect(records.health().images.problem).toMatch(/reserve of 4 MiB is in use/);

  disk.clear();
  vi.advanceTimersByTime(15_000);
  await expect.poll(() => records.health().images.problem).toBeNull();
  expect(existsSync(path)).toBe(true);
});
