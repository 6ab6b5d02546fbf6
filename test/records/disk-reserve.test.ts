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

const files = (dataDir: string) => imageFilesOf(dataDir).length;

async function storePassing(records: ReturnType<typeof openRecords>['records'], seed: number) {
  const images = { ...noImages, plate: await sampleImage(seed, 60_000) };
  await records.storeDetection({ detection: sampleDetection({ closed: true }), images });
}

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
