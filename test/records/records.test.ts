import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { detectionSchema, hitSchema } from '../../src/records/detection.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { imageFilesOf, openRecords, waitingOf } from './open-records.ts';
import { noImages, sampleDetection, sampleHit, sampleImage, sampleImages } from './samples.ts';

const lanesOf = (...args: Parameters<typeof waitingOf>) => waitingOf(...args).map((m) => m.lane);

test('a hit is queued at once with its images, ahead of the detection that follows', async () => {
  const dataDir = temporaryFolder();
  const { records, outbox } = openRecords(dataDir);
  const detection = sampleDetection();
  const images = await sampleImages(1);
  const hit = sampleHit(detection);
  await records.storeHits({ hits: [hit], detection, images });
  expect(lanesOf(outbox)).toEqual(['hit', 'hit-image', 'hit-image', 'hit-image']);

  await records.storeDetection({ detection: { ...detection, closed: true }, images });
  const waiting = waitingOf(outbox);
  expect(waiting.map((each) => each.lane)).toEqual([
    'hit',
    'detection',
    'hit-image',
    'hit-image',
    'hit-image',
  ]);
  expect(hitSchema.parse(JSON.parse(waiting[0]?.json ?? ''))).toEqual(hit);
  const told = detectionSchema.parse(JSON.parse(waiting[1]?.json ?? ''));
  expect(told).toMatchObject({ id: detection.id, revision: 1, closed: true });
  expect(told.images.map((image) => image.kind)).toEqual(['plate', 'ir', 'overview']);
  // Every picture named has its file, its row in the outbox, and no other file lies there.
  expect(waiting.flatMap((each) => each.file ?? []).sort()).toEqual(imageFilesOf(dataDir));
});

test('a detection whose plate is amended to one that another detection has is stored', async () => {
  const { records, outbox } = openRecords(temporaryFolder());
  const images = await sampleImages(1);
  const known = sampleDetection();
  await records.storeDetection({ detection: { ...known, closed: true }, images, publish: true });
  const amended = sampleDetection();
  if (!known.read) throw new Error('the sample has no read');
  const first = { ...amended, read: { ...known.read, plate: 'BABC123' } };
  await records.storeDetection({ detection: first, images, publish: true });
  await records.storeDetection({ detection: { ...amended, closed: true }, images });
  const told = waitingOf(outbox)
    .filter((each) => each.lane === 'detection')
    .map((each) => detectionSchema.parse(JSON.parse(each.json)))
    .filter(({ id }) => id === amended.id);
  expect(told.at(-1)).toMatchObject({ closed: true, read: { plate: '8ABC123' } });
});

test('a detection is sent when published and when closed, each time with the next revision', async () => {
  const { records, outbox } = openRecords(temporaryFolder());
  const detection = sampleDetection();
  const images = await sampleImages(1);
  await records.storeDetection({ detection, images });
  expect(waitingOf(outbox)).toEqual([]);
  await records.storeDetection({
    detection: { ...detection, seenCount: 9 },
    images,
    publish: true,
  });
  await records.storeDetection({ detection: { ...detection, seenCount: 12 }, images });
  const last = { ...detection, seenCount: 14, closed: true };
  await records.storeDetection({ detection: last, images });
  // The same last word again says nothing new.
  await records.storeDetection({ detection: last, images });
  const told = waitingOf(outbox)
    .filter((each) => each.lane === 'detection')
    .map((each) => JSON.parse(each.json));
  expect(told.map((each) => [each.revision, each.seenCount, each.closed])).toEqual([
    [1, 9, false],
    [2, 14, true],
  ]);
});

test('a better picture replaces a worse one, but never one that headquarters was promised', async () => {
  const dataDir = temporaryFolder();
  const { records, outbox } = openRecords(dataDir);
  const detection = sampleDetection();
  await records.storeDetection({ detection, images: { ...noImages, plate: await sampleImage(1) } });
  const [worse] = imageFilesOf(dataDir);
  await records.storeDetection({
    detection,
    images: { ...noImages, plate: await sampleImage(2) },
    publish: true,
  });
  const promised = imageFilesOf(dataDir);
  expect(promised).toHaveLength(1);
  expect(promised[0]).not.toBe(worse);

  const closed = { ...detection, closed: true };
  await records.storeDetection({
    detection: closed,
    images: { ...noImages, plate: await sampleImage(3) },
  });
  expect(imageFilesOf(dataDir)).toHaveLength(2);
  expect(imageFilesOf(dataDir)).toContain(promised[0]);

  const old = waitingOf(outbox).find((each) => each.file === promised[0]);
  outbox.acknowledged([old?.id ?? '']);
  // It goes once the disk has that, also when no vehicle comes any more.
  expect(imageFilesOf(dataDir)).toHaveLength(2);
  await expect.poll(() => imageFilesOf(dataDir)).toHaveLength(1);
  expect(imageFilesOf(dataDir)).not.toContain(promised[0]);
  expect(records.health().images.files).toBe(1);
});

test('a stop waits for files that are just being removed', async () => {
  const dataDir = temporaryFolder();
  const { records, outbox, close } = openRecords(dataDir);
  const [first, better] = [await sampleImage(1), await sampleImage(2)];
  const pass = async () => {
    const detection = sampleDetection();
    await records.storeDetection({
      ...{ detection, images: { ...noImages, plate: first }, publish: true },
    });
    const closed = { ...detection, closed: true };
    await records.storeDetection({ detection: closed, images: { ...noImages, plate: better } });
  };
  const vehicles = 300;
  await Promise.all(Array.from({ length: vehicles }, pass));
  const old = waitingOf(outbox).filter(({ topic }) => topic.startsWith('image/'));
  expect(imageFilesOf(dataDir)).toHaveLength(2 * vehicles);
  outbox.acknowledged(old.map(({ id }) => id));
  await waitFor(() => imageFilesOf(dataDir).length < 2 * vehicles, { what: 'the first to go' });
  await close();
  expect(imageFilesOf(dataDir)).toHaveLength(vehicles);
});

test('pictures shown with a hit are kept beside the better ones that come later', async () => {
  const dataDir = temporaryFolder();
  const { records } = openRecords(dataDir);
  const detection = sampleDetection();
  await records.storeHits({
    hits: [sampleHit(detection)],
    detection,
    images: await sampleImages(1),
  });
  await records.storeDetection({
    detection: { ...detection, closed: true },
    images: await sampleImages(2),
  });
  expect(imageFilesOf(dataDir)).toHaveLength(6);
});

test('images of a detection that becomes a hit move up a lane', async () => {
  const { records, outbox } = openRecords(temporaryFolder());
  const detection = sampleDetection();
  const images = { ...noImages, plate: await sampleImage(1) };
  await records.storeDetection({ detection, images, publish: true });
  expect(lanesOf(outbox)).toEqual(['detection', 'image']);
  await records.storeHits({ hits: [sampleHit(detection)], detection, images });
  expect(lanesOf(outbox)).toEqual(['hit', 'detection', 'hit-image']);
});

test('the configuration says whose images are sent', async () => {
  for (const [images, expected] of [
    ['hits', ['hit', 'detection', 'hit-image']],
    ['none', ['hit', 'detection']],
  ] as const) {
    const { records, outbox } = openRecords(temporaryFolder(), { images });
    const pictures = { ...noImages, plate: await sampleImage(1) };
    const hitOne = sampleDetection();
    await records.storeHits({ hits: [sampleHit(hitOne)], detection: hitOne, images: pictures });
    await records.storeDetection({
      detection: sampleDetection({ closed: true }),
      images: pictures,
    });
    expect(lanesOf(outbox)).toEqual(expected);
  }
});

test('amending a hit queues its next revision once; recentHits gives the latest', async () => {
  const { records, outbox } = openRecords(temporaryFolder());
  const detection = sampleDetection();
  const hit = sampleHit(detection);
  await records.storeHits({ hits: [hit], detection, images: noImages });
  const changedAt = '2026-03-05T00:00:01.000Z';
  const withdrawn = { ...hit, state: 'withdrawn' as const, revision: 2, changedAt };
  await records.storeHits({ hits: [withdrawn], detection, images: noImages });
  await records.storeHits({ hits: [withdrawn], detection, images: noImages });
  expect(waitingOf(outbox).map((each) => JSON.parse(each.json).revision)).toEqual([1, 2]);
  expect(records.recentHits(Date.parse(hit.raisedAt))).toEqual([withdrawn]);
  expect(records.recentHits(Date.parse(changedAt) + 1)).toEqual([]);
});

test('after a crash, open detections are closed and queued, and files without a row are swept', async () => {
  const dataDir = temporaryFolder();
  const first = openRecords(dataDir);
  const detection = sampleDetection();
  await first.records.storeDetection({ detection, images: await sampleImages(1) });
  await first.close();
  // What a crash between file and commit, and one inside a write, leave behind.
  mkdirSync(join(dataDir, 'images', '2026-03-09'), { recursive: true });
  writeFileSync(join(dataDir, 'images', '2026-03-09', 'orphan.jpg'), 'x');
  writeFileSync(join(dataDir, 'images', '2026-03-04', '.half.part'), 'x');

  const { records, outbox } = openRecords(dataDir);
  expect(imageFilesOf(dataDir)).toHaveLength(3);
  expect(records.closeOpen()).toBe(1);
  expect(records.closeOpen()).toBe(0);
  expect(lanesOf(outbox)).toEqual(['detection', 'image', 'image', 'image']);
  expect(JSON.parse(waitingOf(outbox)[0]?.json ?? '')).toMatchObject({
    id: detection.id,
    closed: true,
    revision: 1,
  });
});

test('a file that went missing is noticed at start and no longer promised', async () => {
  const dataDir = temporaryFolder();
  const first = openRecords(dataDir);
  await first.records.storeDetection({
    detection: sampleDetection({ closed: true }),
    images: { ...noImages, plate: await sampleImage(1) },
  });
  await first.close();
  await rm(join(dataDir, imageFilesOf(dataDir)[0] ?? ''));
  const { records, outbox } = openRecords(dataDir);
  expect(records.health().images.missing).toBe(1);
  expect(lanesOf(outbox)).toEqual(['detection']);
});

test('over the bound the oldest images go, unsent ones last, those of hits never, and all are counted', async () => {
  const dataDir = temporaryFolder();
  const { records, outbox, unsentShed } = openRecords(dataDir, { maxImageMiB: 0.5 });
  const size = 60_000;
  const hitOne = sampleDetection();
  const hitImages = { ...noImages, plate: await sampleImage(0, size) };
  await records.storeHits({ hits: [sampleHit(hitOne)], detection: hitOne, images: hitImages });
  for (let seed = 1; seed <= 6; seed += 1) {
    const images = { ...noImages, plate: await sampleImage(seed, size) };
    await records.storeDetection({ detection: sampleDetection({ closed: true }), images });
  }
  const before = records.health().images;
  expect(before.shed).toBe(0);
  // Numbers 3 and 4 reach headquarters; 1 and 2 are older, but unsent.
  const queued = waitingOf(outbox).filter((each) => each.lane === 'image');
  const delivered = queued.slice(2, 4);
  outbox.acknowledged(delivered.map((each) => each.id));

  const perImage = (before.usedMiB / before.files) * 1024 * 1024;
  const more = Math.ceil((0.5 * 1024 * 1024 - before.usedMiB * 1024 * 1024) / perImage) + 2;
  for (let seed = 10; seed < 10 + more; seed += 1) {
    const images = { ...noImages, plate: await sampleImage(seed, size) };
    await records.storeDetection({ detection: sampleDetection({ closed: true }), images });
  }
  await expect.poll(() => records.health().images.usedMiB).toBeLessThanOrEqual(0.5);
  const after = records.health().images;
  expect(after.shed).toBe(3);
  expect(after.shedUnsent).toBe(1);
  // Images that headquarters never got are reported, for the audit log.
  expect(unsentShed).toMatchObject([{ images: 1, bytes: expect.any(Number) }]);
  for (const { file } of [...delivered, ...queued.slice(0, 1)]) {
    await expect.poll(() => existsSync(join(dataDir, file ?? ''))).toBe(false);
  }
  expect(existsSync(join(dataDir, queued[1]?.file ?? ''))).toBe(true);
  const waiting = waitingOf(outbox);
  expect(waiting.filter((each) => each.lane === 'hit-image')).toHaveLength(1);
  expect(waiting.filter((each) => each.lane === 'detection')).toHaveLength(6 + more);
  // Whatever is still promised is there.
  for (const { file } of waiting) if (file) expect(existsSync(join(dataDir, file))).toBe(true);
});

test('when only images of hits are left over the bound, status says so and keeps them', async () => {
  const dataDir = temporaryFolder();
  const { records } = openRecords(dataDir, { maxImageMiB: 0.05 });
  const detection = sampleDetection();
  await records.storeHits({
    hits: [sampleHit(detection)],
    detection,
    images: await sampleImages(1, 60_000),
  });
  await expect.poll(() => records.health().images.problem).toMatch(/only images of hits/);
  expect(imageFilesOf(dataDir)).toHaveLength(3);
});

test('a picture that is not a JPEG is left out and counted; the detection is stored', async () => {
  const { records, outbox } = openRecords(temporaryFolder());
  const plate = { ...(await sampleImage(1)), jpeg: new Uint8Array([1, 2, 3]) };
  await records.storeDetection({
    detection: sampleDetection({ closed: true }),
    images: { ...noImages, plate },
  });
  expect(records.health().images.failed).toBe(1);
  expect(JSON.parse(waitingOf(outbox)[0]?.json ?? '').images).toEqual([]);
});

test('a burst of words on one vehicle ends as its last word, with every hit and no stray file', async () => {
  const dataDir = temporaryFolder();
  const { records, outbox } = openRecords(dataDir);
  const detection = sampleDetection();
  const stores: Promise<void>[] = [];
  for (let seen = 1; seen <= 40; seen += 1) {
    const plate = await sampleImage(seen);
    const word = { ...detection, seenCount: seen, closed: seen === 40 };
    const images = { ...noImages, plate };
    stores.push(
      seen % 10 === 0
        ? records.storeHits({ hits: [sampleHit(detection)], detection: word, images })
        : records.storeDetection({ detection: word, images }),
    );
  }
  await Promise.all(stores);
  const waiting = waitingOf(outbox);
  expect(waiting.filter((each) => each.lane === 'hit')).toHaveLength(4);
  const told = waiting.filter((each) => each.lane === 'detection');
  expect(JSON.parse(told.at(-1)?.json ?? '')).toMatchObject({ seenCount: 40, closed: true });
  expect(imageFilesOf(dataDir)).toHaveLength(records.health().images.files);
});

test('a hit that the full disk did not take is stored once there is room, with its pictures', async () => {
  const folder = temporaryFolder();
  const { db, outbox, records, close } = openRecords(folder);
  const detection = sampleDetection();
  // More than the free rest of any page.
  const reason = 'x'.repeat(50_000);
  const { match } = sampleHit(detection);
  const hit = () =>
    sampleHit(detection, { match: { ...match, entry: { ...match.entry, reason } } });
  const [first, second] = [hit(), hit()];
  const images = await sampleImages(1);
  const fill = () => db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
  const makeRoom = () => db.pragma('max_page_count = 100000');
  const hitsOf = () =>
    waitingOf(outbox).flatMap(({ lane, json }) => (lane === 'hit' ? JSON.parse(json).id : []));

  fill();
  await expect(records.storeHits({ hits: [first], detection, images })).rejects.toThrow(/full/);
  expect(imageFilesOf(folder)).toEqual([]);
  makeRoom();
  await waitFor(() => hitsOf().length === 1, { what: 'the first hit, by itself' });
  expect(imageFilesOf(folder)).toHaveLength(3);

  fill();
  await expect(records.storeHits({ hits: [second], detection, images })).rejects.toThrow(/full/);
  makeRoom();
  await records.storeDetection({ detection: { ...detection, closed: true }, images });
  expect(hitsOf()).toEqual([first.id, second.id]);
  await close();
});
