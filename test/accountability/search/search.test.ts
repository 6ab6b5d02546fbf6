import { globSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  exportDetections,
  findInArea,
  followVehicle,
  openDetection,
  openImage,
  openImages,
  searchDetections,
} from '../../../src/accountability/search/operations.ts';
import type { searchSchema } from '../../../src/accountability/search/query.ts';
import { openRecords } from '../../records/open-records.ts';
import { sampleDetection, sampleHit, sampleImages } from '../../records/samples.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { insertPassings, openSearch, type Passing } from './open-search.ts';

type SearchInput = z.input<typeof searchSchema>;

const detective = { role: 'detective' } as const;

/** A unit that saw these vehicles. */
function unitThatSaw(...passings: Passing[]) {
  const dataDir = temporaryFolder();
  const { db, records: stored } = openRecords(dataDir);
  insertPassings(db, passings);
  const { perform, performRaw, records: audited } = openSearch(dataDir);
  const search = (input: SearchInput) => perform(detective, searchDetections, input);
  const platesOf = async (input: SearchInput) =>
    (await search(input)).detections.map(({ plate }) => plate);
  return { perform, performRaw, audited, db, dataDir, stored, find: search, platesOf };
}

describe('SRC-1: search by plate, time, area, camera, hit and vehicle', () => {
  it('finds a full plate however it is typed, newest first, and where it was misread when asked', async () => {
    const { platesOf, find } = unitThatSaw(
      { plate: '8ABC123', at: '2026-03-01T08:00:00Z' },
      { plate: 'BABC123', at: '2026-03-02T08:00:00Z' },
      { plate: '8ABC123', at: '2026-03-03T08:00:00Z' },
      { plate: '9XYZ777', at: '2026-03-04T08:00:00Z' },
    );
    const page = await find({ plate: ' 8abc-123' });
    expect(page.detections.map(({ lastSeen }) => lastSeen)).toEqual([
      '2026-03-03T08:00:00.000Z',
      '2026-03-01T08:00:00.000Z',
    ]);
    expect(page.next).toBeNull();
    expect(await platesOf({ plate: '8ABC123', alike: true })).toEqual([
      '8ABC123',
      'BABC123',
      '8ABC123',
    ]);
    expect(await platesOf({ plate: '8ABC124' })).toEqual([]);
  });

  it('finds parts of a plate: begin, end, middle, single places, and very short ones', async () => {
    const { platesOf } = unitThatSaw(
      { plate: '8ABC123', at: '2026-03-01T08:00:00Z' },
      { plate: '7ABD123', at: '2026-03-02T08:00:00Z' },
      { plate: '5QQQ999', at: '2026-03-03T08:00:00Z' },
      { plate: null, at: '2026-03-04T08:00:00Z' },
    );
    expect(await platesOf({ plate: '8AB*' })).toEqual(['8ABC123']);
    expect(await platesOf({ plate: '*123' })).toEqual(['7ABD123', '8ABC123']);
    expect(await platesOf({ plate: '*BC*' })).toEqual(['8ABC123']);
    expect(await platesOf({ plate: '?AB?123' })).toEqual(['7ABD123', '8ABC123']);
    expect(await platesOf({ plate: '*9*' })).toEqual(['5QQQ999']);
    expect(await platesOf({ plate: '???????' })).toEqual(['5QQQ999', '7ABD123', '8ABC123']);
    expect(await platesOf({ plate: '*123' })).toHaveLength(2);
  });

  it('finds what may be a plate when asked, read as another or not at all, and how probably', async () => {
    const listed = { plate: '7ABC123', p: 0.31 };
    const { find, platesOf } = unitThatSaw(
      { plate: null, at: '2026-03-01T08:00:00Z', possible: [{ plate: '2ABC123', p: 0.5 }, listed] },
      { plate: '2ABC123', at: '2026-03-02T08:00:00Z', possible: [listed] },
      { plate: '7ABC123', at: '2026-03-03T08:00:00Z', possible: [{ plate: '2ABC123', p: 0.1 }] },
      { plate: null, at: '2026-03-04T08:00:00Z' },
    );
    expect(await platesOf({ plate: '7ABC123' })).toEqual(['7ABC123']);
    const of = async (input: SearchInput) =>
      (await find({ ...input, possible: true })).detections.map(({ plate, mayBe }) => [
        plate,
        mayBe,
      ]);
    const wanted = [
      ['7ABC123', null],
      ['2ABC123', listed],
      [null, listed],
    ];
    expect(await of({ plate: '7ABC123' })).toEqual(wanted);
    expect(await of({ plate: '7AB*3' })).toEqual(wanted);
    expect(await of({ plate: '7A8C123', alike: true })).toEqual(wanted);
    expect(await of({ plate: '?ABC123', read: 'unread' })).toEqual([
      [null, { plate: '2ABC123', p: 0.81 }],
    ]);
    expect(await of({ plate: '7XYZ999' })).toEqual([]);
  });

  it('finds by time, circle, box and polygon, head, state, make, and what could not be read', async () => {
    const { platesOf } = unitThatSaw(
      { plate: 'NEAR1', at: '2026-03-01T08:00:00Z', place: [38.1, -122.25] },
      { plate: 'NEAR2', at: '2026-03-01T09:00:00Z', place: [38.104, -122.25], head: 'rear' },
      {
        plate: 'FAR1',
        at: '2026-03-01T10:00:00Z',
        place: [38.2, -122.25],
        state: 'NV',
        make: 'Ford',
      },
      { plate: 'NOFIX', at: '2026-03-01T11:00:00Z', place: null },
      { plate: null, at: '2026-03-01T12:00:00Z', place: [38.1, -122.25] },
    );
    const circle = { kind: 'circle' as const, latitude: 38.1, longitude: -122.25, radiusM: 300 };
    expect(await platesOf({ area: circle })).toEqual([null, 'NEAR1']);
    expect(await platesOf({ area: { ...circle, radiusM: 500 } })).toEqual([null, 'NEAR2', 'NEAR1']);
    const box = { kind: 'box' as const, south: 38.15, west: -122.3, north: 38.25, east: -122.2 };
    expect(await platesOf({ area: box })).toEqual(['FAR1']);
    const triangle = [
      { latitude: 38.09, longitude: -122.26 },
      { latitude: 38.09, longitude: -122.24 },
      { latitude: 38.103, longitude: -122.25 },
    ];
    expect(await platesOf({ area: { kind: 'polygon', points: triangle } })).toEqual([
      null,
      'NEAR1',
    ]);
    const hour = { from: '2026-03-01T08:30:00Z', to: '2026-03-01T10:00:00Z' };
    expect(await platesOf(hour)).toEqual(['FAR1', 'NEAR2']);
    expect(await platesOf({ ...hour, area: { ...circle, radiusM: 500 } })).toEqual(['NEAR2']);
    expect(await platesOf({ head: 'rear' })).toEqual(['NEAR2']);
    expect(await platesOf({ state: 'NV' })).toEqual(['FAR1']);
    expect(await platesOf({ make: 'ford' })).toEqual(['FAR1']);
    expect(await platesOf({ read: 'unread' })).toEqual([null]);
    expect(await platesOf({ read: 'read', area: circle })).toEqual(['NEAR1']);
  });

  it('finds across the 180th meridian and at the edge of a square of the map', async () => {
    const { platesOf } = unitThatSaw(
      { plate: 'WEST', at: '2026-03-01T08:00:00Z', place: [10, 179.9999] },
      { plate: 'EAST', at: '2026-03-01T09:00:00Z', place: [10, -179.9999] },
    );
    const circle = { kind: 'circle' as const, latitude: 10, longitude: 180, radiusM: 100 };
    expect(await platesOf({ area: circle })).toEqual(['EAST', 'WEST']);
    const box = { kind: 'box' as const, south: 10, west: 179.9, north: 10, east: -179.9 };
    expect(await platesOf({ area: box })).toEqual(['EAST', 'WEST']);
  });

  it('pages without gap or repeat, also among detections of the same millisecond and while more come in', async () => {
    const same = Array.from(
      { length: 25 },
      (_, at): Passing => ({
        plate: `SAME${at}`,
        at: at < 20 ? '2026-03-01T08:00:00Z' : '2026-02-01T08:00:00Z',
      }),
    );
    const { find, db } = unitThatSaw(...same);
    for (const input of [{}, { plate: 'SAME*' }, { plate: '*A*' }]) {
      const seen: string[] = [];
      let after: string | null | undefined;
      do {
        const page: Awaited<ReturnType<typeof find>> = await find({
          ...input,
          limit: 7,
          ...(after ? { after } : {}),
        });
        seen.push(...page.detections.map(({ id }) => id));
        after = page.next;
        insertPassings(db, [{ plate: 'SAMELATE', at: '2026-03-05T08:00:00Z' }]);
      } while (after);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBeGreaterThanOrEqual(25);
      db.prepare("DELETE FROM detection WHERE plate = 'SAMELATE'").run();
    }
  });

  it('finds hits, and those of one list', async () => {
    const { stored, platesOf } = unitThatSaw({ plate: 'NOHIT', at: '2026-03-04T08:00:00Z' });
    const detection = sampleDetection();
    await stored.storeHits({
      detection,
      hits: [sampleHit(detection)],
      images: { plate: null, ir: null, overview: null, overviewMissing: 'not_fitted' },
    });
    expect(await platesOf({ hits: true })).toEqual(['8ABC123']);
    expect(await platesOf({ list: 'svs' })).toEqual(['8ABC123']);
    expect(await platesOf({ list: 'other' })).toEqual([]);
  });

  it('a plate is not found any more, in whole or part, once its detections are gone', async () => {
    const { db, platesOf } = unitThatSaw(
      { plate: '8ABC123', at: '2026-03-01T08:00:00Z' },
      { plate: '8ABC123', at: '2026-03-02T08:00:00Z' },
    );
    db.prepare('DELETE FROM detection WHERE last_seen_ms < ?').run(Date.UTC(2026, 2, 2));
    expect(await platesOf({ plate: '*BC1*' })).toHaveLength(1);
    db.prepare('UPDATE detection SET plate = ?').run('8ABC124');
    expect(await platesOf({ plate: '*C12*' })).toHaveLength(1);
    db.prepare('DELETE FROM detection').run();
    expect(db.prepare('SELECT count(*) FROM plate_part').pluck().get()).toBe(0);
  });

  it('USR-9: does not show which list a vehicle is on to those who may not browse the list', async () => {
    const { perform, stored } = unitThatSaw();
    const detection = sampleDetection({ closed: true });
    const [bolo, svs] = [sampleHit(detection), sampleHit(detection)];
    bolo.match.list.id = 'bolo';
    await stored.storeHits({ detection, hits: [svs, bolo], images: await sampleImages(1) });
    const clerk = { role: 'records_clerk', listSources: ['department', 'state'] } as const;
    const hitsFor = async (person: typeof clerk | typeof detective) =>
      (await perform(person, openDetection, { id: detection.id })).hits;
    expect((await hitsFor(detective)).map(({ id }) => id)).toEqual([bolo.id, svs.id]);
    expect((await hitsFor(clerk)).map(({ id }) => id)).toEqual([bolo.id]);
    for (const ask of [
      (person: typeof clerk | typeof detective) =>
        perform(person, searchDetections, { list: 'svs' }),
      (person: typeof clerk | typeof detective) =>
        perform(person, exportDetections, { list: 'svs', format: 'csv' }),
    ]) {
      await expect(ask(clerk)).rejects.toThrow(/not authorised/);
      await ask(detective);
    }
  });

  it('opens a detection in full and its picture with place and time, and nothing by a made-up id', async () => {
    const { perform, performRaw, stored, find, audited } = unitThatSaw();
    const detection = sampleDetection({ closed: true });
    const images = await sampleImages(1);
    await stored.storeHits({ detection, hits: [sampleHit(detection)], images });
    const [found] = (await find({ plate: '8ABC123' })).detections;
    expect(found?.images.map(({ kind }) => kind)).toEqual(['plate', 'ir', 'overview']);
    const opened = await perform(detective, openDetection, { id: found?.id ?? '' });
    expect(opened.detection.id).toBe(detection.id);
    expect(opened.hits).toHaveLength(1);
    const image = await perform(detective, openImage, { id: found?.images[0]?.id ?? '' });
    expect(image.contentType).toBe('image/jpeg');
    const { default: exifr } = await import('exifr');
    const exif = await exifr.parse(Buffer.from(image.bytes), { gps: true });
    expect(exif.latitude).toBeCloseTo(-33.8567844, 5);
    expect(exif.DateTimeOriginal).toBeInstanceOf(Date);

    for (const id of ['../../audit.key', '..%2Faudit.key', "' OR 1=1 --", found?.id]) {
      await expect(performRaw(detective, 'images.open', { id })).rejects.toThrow();
    }
    expect(audited.at(-1)).toMatchObject({ category: 'Image View', outcome: 'refused' });
  });
});

describe('AUD-3: pictures that are opened together', () => {
  it('are one look, which names each of them', async () => {
    const { perform, performRaw, stored, find, audited, dataDir } = unitThatSaw();
    for (const _ of [1, 2]) {
      const detection = { ...sampleDetection({ closed: true }), id: uuidv7() };
      await stored.storeHits({ detection, hits: [], images: await sampleImages(1) });
    }
    const { detections } = await find({ plate: '8ABC123' });
    const ids = detections.map(({ images }) => images[0]?.id ?? '');
    const before = audited.length;
    const { images } = await perform(detective, openImages, { ids });
    expect(images.map(({ id }) => id)).toEqual(ids);
    const [first] = images;
    const single = await perform(detective, openImage, { id: ids[0] ?? '' });
    expect(Buffer.from(first?.jpeg ?? '', 'base64').equals(Buffer.from(single.bytes))).toBe(true);
    expect(audited[before]).toMatchObject({
      ...{ category: 'Image View', operation: 'images.batch', object: '2 images', results: 2 },
      query: { ids },
    });
    expect(audited).toHaveLength(before + 2);

    const [cut] = globSync(`images/**/${ids[0]}.jpg`, { cwd: dataDir });
    truncateSync(join(dataDir, cut ?? ''), 2000);
    const damaged = await perform(detective, openImages, { ids });
    expect(damaged.images.map(({ lost }) => lost)).toEqual(['damaged', null]);
    await expect(perform(detective, openImage, { id: ids[0] ?? '' })).rejects.toThrow(/is damaged/);
    expect(audited.at(-1)).toMatchObject({ outcome: 'refused' });

    rmSync(join(dataDir, 'images'), { recursive: true });
    const gone = await perform(detective, openImages, { ids });
    expect(gone.images).toEqual(ids.map((id) => ({ id, jpeg: null, lost: 'gone' })));
    expect(audited.at(-1)).toMatchObject({ results: 0 });

    const many = Array.from({ length: 13 }, () => uuidv7());
    const refused: [string[], RegExp][] = [
      [[], /ids/],
      [many, /ids/],
      [[ids[0] ?? '', ids[0] ?? ''], /names an image twice/],
      [['../../audit.key'], /ids/],
      [[uuidv7()], /no image with this id/],
    ];
    for (const [wrong, words] of refused) {
      await expect(performRaw(detective, 'images.batch', { ids: wrong })).rejects.toThrow(words);
    }
    const blind = { role: 'officer' as const, permissions: ['detections.search' as const] };
    await expect(performRaw(blind, 'images.batch', { ids })).rejects.toThrow(/images.view/);
  });
});

describe('SRC-2: plates on a map', () => {
  it('the path of one plate, oldest first, without detections that have no place', async () => {
    const { perform } = unitThatSaw(
      { at: '2026-03-01T08:00:00Z', place: [38.1, -122.2] },
      { at: '2026-03-01T09:00:00Z', place: null },
      { at: '2026-03-01T10:00:00Z', place: [38.2, -122.3] },
      { at: '2026-03-01T11:00:00Z', plate: 'OTHER1' },
    );
    const path = await perform(detective, followVehicle, { plate: '8abc123' });
    expect(path.detections.map(({ latitude }) => latitude)).toEqual([38.1, 38.2]);
    await expect(perform(detective, followVehicle, { plate: '8ABC*' })).rejects.toThrow(
      /full plate/,
    );
  });
});

describe('SRC-3: stakeout, audited as its own category', () => {
  it('returns the vehicles in an area between two times', async () => {
    const place: [number, number] = [38.1, -122.25];
    const { perform, audited } = unitThatSaw(
      { plate: 'TWICE1', at: '2026-03-01T08:10:00Z', place },
      { plate: 'TWICE1', at: '2026-03-01T08:50:00Z', place, hit: true },
      { plate: 'ONCE22', at: '2026-03-01T08:20:00Z', place },
      { plate: null, at: '2026-03-01T08:30:00Z', place },
      { plate: 'LATER1', at: '2026-03-01T10:30:00Z', place },
      { plate: 'AWAY11', at: '2026-03-01T08:30:00Z', place: [38.3, -122.25] },
    );
    const result = await perform(detective, findInArea, {
      area: { kind: 'circle', latitude: 38.1, longitude: -122.25, radiusM: 200 },
      from: '2026-03-01T08:00:00Z',
      to: '2026-03-01T09:00:00Z',
    });
    expect(result).toMatchObject({ detections: 4, unread: 1, more: false });
    expect(result.vehicles).toMatchObject([
      { plate: 'TWICE1', times: 2, hit: true, firstSeen: '2026-03-01T08:09:59.500Z' },
      { plate: 'ONCE22', times: 1, hit: false },
    ]);
    expect(audited.at(-1)).toMatchObject({
      category: 'Stakeout Browsing',
      outcome: 'done',
      results: 4,
      query: { area: { kind: 'circle', radiusM: 200 }, from: '2026-03-01T08:00:00.000Z' },
      inquiry: { purpose: 'investigation', caseNumber: '26-0042' },
    });
  });
});
