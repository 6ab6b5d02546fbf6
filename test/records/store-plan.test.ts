import { describe, expect, it } from 'vitest';
import type { ImageRow } from '../../src/records/image-rows.ts';
import {
  imagesToQueue,
  newPictures,
  nextWord,
  planStore,
  type StoredVehicle,
  sha256,
} from '../../src/records/store-plan.ts';
import { noImages, sampleDetection, sampleHit } from './samples.ts';

const seen = sampleDetection();
const gone = { ...seen, closed: true };
const hits = [sampleHit(seen)];
const unknown: StoredVehicle = { detection: undefined, images: [] };
const jpeg = (text: string) => new TextEncoder().encode(text);

/** A stored picture; its id is its text, and so is its JPEG. */
function row(id: string, changes: Partial<ImageRow> = {}): ImageRow {
  const kind = changes.kind ?? 'plate';
  const takenAt = '2026-03-04T23:59:59.000Z';
  return {
    id,
    detectionId: seen.id,
    kind,
    takenAtMs: Date.parse(takenAt),
    bytes: 10,
    sourceSha256: sha256(jpeg(id)),
    ref: { id, kind, takenAt, width: 4, height: 2, bytes: 10, sha256: sha256(jpeg(id)) },
    current: true,
    hit: false,
    announced: false,
    waiting: false,
    ...changes,
  };
}
const picture = (text: string) => ({ jpeg: jpeg(text), width: 4, height: 2, takenAtMs: 0 });
const stored = (detection: { closed: boolean; hit: boolean }, ...images: ImageRow[]) => ({
  detection,
  images,
});
const inView = { closed: false, hit: false };
const wasClosed = { closed: true, hit: false };
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

describe('pictures to write', () => {
  const images = { ...noImages, plate: picture('a'), ir: picture('b') };

  it('are those that are there, of a vehicle that is not stored yet', () => {
    const found = newPictures({ detection: seen, images }, unknown);
    expect(found.map(({ kind, sourceSha256 }) => [kind, sourceSha256])).toEqual([
      ['plate', sha256(jpeg('a'))],
      ['ir', sha256(jpeg('b'))],
    ]);
  });

  it('are not those that are stored and shown, but one that was replaced before is written again', () => {
    const now = stored(inView, row('a'), row('b', { kind: 'ir', current: false }));
    const found = newPictures({ detection: seen, images }, now);
    expect(found.map(({ kind }) => kind)).toEqual(['ir']);
  });

  it('are none in a word that comes after the last one; the last one may be repeated', () => {
    expect(newPictures({ detection: seen, images }, stored(wasClosed))).toEqual([]);
    expect(newPictures({ detection: gone, images }, stored(wasClosed))).toHaveLength(2);
  });
});

describe('the plan of a store', () => {
  it('sends a detection to headquarters when requested, and a closed one always', () => {
    const told = [
      planStore({ detection: seen, hits: [] }, unknown, []),
      planStore({ detection: seen, hits: [], publish: true }, unknown, []),
      planStore({ detection: gone, hits: [] }, unknown, []),
    ].map(({ publish, sendImages }) => [publish, sendImages]);
    expect(told).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ]);
  });

  it('makes a detection with a hit a hit for good, and sends its pictures at once', () => {
    const first = planStore({ detection: seen, hits }, unknown, []);
    expect(first).toMatchObject({ hit: true, publish: false, sendImages: true });
    const later = planStore({ detection: seen, hits: [] }, stored({ ...inView, hit: true }), []);
    expect(later).toMatchObject({ hit: true, sendImages: false });
  });

  it('of a late version adds its hits and sends nothing else of the detection', () => {
    const late = planStore({ detection: seen, hits, publish: true }, stored(wasClosed), []);
    expect(late).toMatchObject({ late: true, hit: true, publish: false, sendImages: true });
    const empty = planStore({ detection: seen, hits: [], publish: true }, stored(wasClosed), []);
    expect(empty).toMatchObject({ late: true, hit: false, publish: false, sendImages: false });
  });

  it('shows one picture of each kind, the new before the stored and in the same order always', () => {
    const old = row('old');
    const now = stored(inView, row('older', { current: false }), row('ir', { kind: 'ir' }), old);
    const { refs, replaced } = planStore({ detection: seen, hits: [] }, now, [row('new')]);
    expect(ids(refs)).toEqual(['new', 'ir']);
    expect(replaced).toEqual([old]);
  });

  it('takes a replaced picture of a detection that becomes a hit for one of a hit', () => {
    const { replaced } = planStore({ detection: seen, hits }, stored(inView, row('old')), [
      row('new'),
    ]);
    expect(replaced).toEqual([{ ...row('old'), hit: true }]);
  });
});

describe('pictures to queue', () => {
  const fresh = row('fresh');
  const replaced = row('replaced', { current: false });
  const waiting = row('waiting', { announced: true, waiting: true, current: false });
  const delivered = row('delivered', { announced: true });
  const rows = [fresh, replaced, waiting, delivered];

  it('are those shown and not yet queued, and those that wait, for the lane may change', () => {
    expect(imagesToQueue(rows, false, 'all')).toEqual({ lane: 'image', rows: [fresh, waiting] });
    expect(imagesToQueue(rows, true, 'all')).toEqual({ lane: 'hit-image', rows: [fresh, waiting] });
  });

  it.each([
    ['hits', false, 0],
    ['hits', true, 2],
    ['none', true, 0],
  ] as const)('with uplink.images %s and hit %s are %i', (sent, hit, count) => {
    expect(imagesToQueue(rows, hit, sent).rows).toHaveLength(count);
  });
});

describe('the next word on a detection', () => {
  const word = (publish: boolean, before?: { body: string; announcedRevision: number }) =>
    nextWord({ draft: seen, refs: [], publish }, before);
  const revisionOf = ({ body }: { body: string }) => JSON.parse(body).revision;

  it('has revision 1 until it is sent, and is sent once', () => {
    const kept = word(false);
    expect([revisionOf(kept), kept.announcedRevision, kept.isSent]).toEqual([1, 0, false]);
    const told = word(true, kept);
    expect([revisionOf(told), told.announcedRevision, told.isSent]).toEqual([1, 1, true]);
    const again = word(true, told);
    expect(again).toEqual({ ...told, isSent: false });
  });

  it('is one revision more when something is new', () => {
    const told = word(true);
    const changed = nextWord({ draft: { ...seen, seenCount: 7 }, refs: [], publish: true }, told);
    expect([revisionOf(changed), changed.announcedRevision, changed.isSent]).toEqual([2, 2, true]);
    const pictured = nextWord({ draft: seen, refs: [row('a').ref], publish: false }, told);
    expect([revisionOf(pictured), pictured.announcedRevision, pictured.isSent]).toEqual([
      2,
      1,
      false,
    ]);
  });
});
