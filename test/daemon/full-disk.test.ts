import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { createDaemon } from '../../src/daemon/daemon.ts';
import { createLog } from '../../src/platform/log.ts';
import { stuckParts } from '../../src/platform/progress-watch.ts';
import type { Hit } from '../../src/records/detection.ts';
import { openRecords } from '../records/open-records.ts';
import { noImages, sampleDetection, sampleImage } from '../records/samples.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { demoList, writeUnit } from './unit-under-test.ts';

const idle = { heads: { list: [] }, position: { source: { kind: 'none' } } };

async function openDaemon(folder: string, extra: Record<string, unknown>) {
  const { config } = loadConfig({ file: writeUnit(folder, { extra }) });
  const daemon = await createDaemon(config, createLog({ level: 'silent' }));
  onTestFinished(() => daemon[Symbol.asyncDispose]());
  return daemon;
}

test('a full disk ends no daemon: it alerts all the same, and a restart would lose the hits that wait', async (context) => {
  const folder = temporaryFolder();
  const dataDir = join(folder, 'data');
  const disk = smallDisk(context, dataDir, 8);
  const daemon = await openDaemon(folder, idle);
  await daemon.start();

  disk.fill();
  expect(() => writeFileSync(join(dataDir, 'more'), 'more')).toThrow(/ENOSPC/);
  expect(await stuckParts(daemon.watchedParts, 5000)).toEqual([]);
  disk.clear();
  expect(await stuckParts(daemon.watchedParts, 5000)).toEqual([]);
});

test('on a full disk a daemon starts, lets pictures go, alerts and stores by itself', async (context) => {
  const folder = temporaryFolder();
  const dataDir = join(folder, 'data');
  const disk = smallDisk(context, dataDir, 40);
  const { records, close } = openRecords(dataDir);
  // Old ones would go for their age.
  const now = new Date().toISOString();
  for (let seed = 0; seed < 60; seed += 1) {
    const detection = sampleDetection({ firstSeen: now, lastSeen: now, closed: true });
    const images = { ...noImages, plate: await sampleImage(seed, 300_000) };
    await records.storeDetection({ detection, images });
  }
  await close();
  const bound = { records: { minFreeMiB: 9 }, policy: { profile: 'vallejo' } };
  const before = await openDaemon(folder, { ...idle, ...bound });
  await before.start();
  await before.hotlist.importFile({ listId: 'demo', file: demoList, asOf: now });
  const reserve = join(dataDir, 'disk.reserve');
  await expect.poll(() => existsSync(reserve)).toBe(true);
  await before[Symbol.asyncDispose]();

  disk.fill();
  const daemon = await openDaemon(folder, bound);
  const hits: Hit[] = [];
  daemon.events.on('hit', (hit) => hits.push(hit));
  await daemon.start();
  const images = () => daemon.status().records.images;
  await expect.poll(() => images().freeMiB, { timeout: 15_000 }).toBeGreaterThan(8.9);
  await expect.poll(() => existsSync(reserve), { timeout: 15_000 }).toBe(true);
  await expect.poll(() => hits.length, { timeout: 60_000 }).toBeGreaterThan(0);
  // More of them may come in between.
  await expect.poll(() => hits.length - daemon.status().records.hits, { timeout: 15_000 }).toBe(0);
  expect(images().shed).toBeGreaterThan(20);
  expect(images().problem).toBeNull();
  expect(daemon.status().audit.state).toBe('good');
  expect(daemon.status().counts.storeFailures).toBe(0);
}, 120_000);
