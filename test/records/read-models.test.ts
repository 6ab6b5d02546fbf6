import { expect, test } from 'vitest';
import { createOldestFirst, type Steps } from '../../src/records/oldest-first.ts';
import { countRecords, createMonthCounts } from '../../src/records/record-counts.ts';
import { createRecordReader } from '../../src/records/record-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openRecords } from './open-records.ts';
import { noImages, sampleDetection, sampleHit, sampleImages } from './samples.ts';

const ofMarch4 = (time: string) => `2026-03-04T${time}.000Z`;

/** A read without a plate at noon, and a closed hit with three pictures at one o'clock. */
async function twoVehicles() {
  const { db, records } = openRecords(temporaryFolder());
  const at = (time: string) => ({ firstSeen: ofMarch4(time), lastSeen: ofMarch4(time) });
  const unread = sampleDetection({ ...at('12:00:00'), read: null, closed: true });
  await records.storeDetection({ detection: unread, images: noImages });
  const wanted = sampleDetection({ ...at('13:00:00'), closed: true, head: 'rear' });
  const sample = sampleHit(wanted);
  const entry = { ...sample.match.entry, caseNumber: ' 26-a7 ' };
  const hit = { ...sample, match: { ...sample.match, entry } };
  await records.storeHits({ detection: wanted, hits: [hit], images: await sampleImages(1) });
  return { db, unread, wanted, hit };
}

function all<Row>(next: Steps<Row>): Row[] {
  const met: Row[] = [];
  for (let rows = next(); rows.length > 0; rows = next()) met.push(...rows);
  return met;
}

test('records are read by their ids, and hits by the time that they changed', async () => {
  const { db, unread, wanted, hit } = await twoVehicles();
  const reader = createRecordReader(db);
  expect(reader.detection(unread.id)).toMatchObject({ id: unread.id, read: null, images: [] });
  expect(reader.detection(hit.id)).toBeUndefined();
  expect(reader.hit(hit.id)).toEqual(hit);
  expect(reader.hitsOf(wanted.id)).toEqual([hit]);
  expect(reader.hitIdsOf(unread.id)).toEqual([]);
  const images = reader.imagesOf(wanted.id);
  expect(images.map(({ ref }) => ref)).toEqual(reader.detection(wanted.id)?.images);
  expect(reader.image(images[0]?.id ?? '')).toEqual(images[0]);
  expect(images[0]).toMatchObject({ detectionId: wanted.id, current: true, gone: false });

  const changedMs = Date.parse(hit.changedAt);
  const range = { sinceMs: changedMs, untilMs: changedMs + 1, limit: 9 };
  expect(reader.hitsChanged(range)).toEqual([hit]);
  expect(reader.hitsChanged({ ...range, list: 'other' })).toEqual([]);
  expect(reader.hitsChanged({ ...range, untilMs: changedMs })).toEqual([]);
});

test('walks meet everything once, oldest first, however small their steps', async () => {
  const { db, unread, wanted } = await twoVehicles();
  const walks = createOldestFirst(db);
  expect(walks.sources()).toEqual([
    { head: 'front', unitMode: null },
    { head: 'rear', unitMode: null },
  ]);
  const time = { fromMs: 0, toMs: Date.parse(ofMarch4('13:00:00')), atATime: 1 };
  expect(all(walks.detections(time)).map(({ id }) => id)).toEqual([unread.id, wanted.id]);
  const noon = { ...time, fromMs: Date.parse(ofMarch4('12:00:01')) };
  expect(all(walks.detections(noon)).map(({ record }) => record.id)).toEqual([wanted.id]);
  const beforeMs = Date.parse(ofMarch4('23:00:00'));
  const closed = { head: 'rear', unitMode: null, hit: true, beforeMs, atATime: 1 };
  expect(all(walks.closedDetections(closed)).map(({ id }) => id)).toEqual([wanted.id]);
  expect(all(walks.closedDetections({ ...closed, hit: false }))).toEqual([]);
  const images = all(walks.images({ beforeMs: Number.MAX_SAFE_INTEGER, atATime: 2 }));
  expect(images.map(({ head }) => head)).toEqual(['rear', 'rear', 'rear']);
  expect(new Set(images.map(({ id }) => id)).size).toBe(3);
});

test('records are counted in total and by month', async () => {
  const { db } = await twoVehicles();
  const [fromMs, toMs] = [Date.UTC(2026, 2), Date.UTC(2026, 3)];
  const counts = createMonthCounts(db);
  expect(counts.seen(fromMs, toMs)).toEqual({ detections: 2, unread: 1 });
  expect(counts.hits(fromMs, toMs)).toBe(1);
  expect(counts.nextSeenMs(fromMs, toMs)).toBe(Date.parse(ofMarch4('12:00:00')));
  expect(counts.nextSeenMs(toMs, toMs + 1)).toBeNull();
  expect(counts.gone('2026-03')).toEqual({ detections: 0, unread: 0, hits: 0 });
  expect(counts.firstMonth()).toBe('2026-03');
  const totals = countRecords(db);
  expect(totals).toMatchObject({ detections: 2, hits: 1, images: 3 });
  expect(totals.newestSeenMs - totals.oldestSeenMs).toBe(3_600_000);
});

test('the views keep the columns that other rooms rely on', async () => {
  const { db, wanted, hit } = await twoVehicles();
  const lastSeenMs = Date.parse(wanted.lastSeen);
  expect(db.prepare('SELECT * FROM detection_summary WHERE id = ?').get(wanted.id)).toEqual({
    id: wanted.id,
    head: 'rear',
    unit_mode: null,
    last_seen_ms: lastSeenMs,
    closed: 1,
    hit: 1,
  });
  expect(db.prepare('SELECT * FROM hit_summary').all()).toEqual([
    {
      id: hit.id,
      detection_id: wanted.id,
      state: 'raised',
      changed_at_ms: Date.parse(hit.changedAt),
      repeat_of: null,
      case_number: '26-A7',
    },
  ]);
});
