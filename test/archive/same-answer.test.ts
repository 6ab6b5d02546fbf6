import { describe, expect, test } from 'vitest';
import { createLookUps, type LookUps } from '../../src/accountability/search/look-up.ts';
import {
  companySchema,
  detectionQuerySchema,
  searchSchema,
} from '../../src/accountability/search/query.ts';
import type { DetectionPage } from '../../src/accountability/search/results.ts';
import type { Database } from '../../src/platform/database.ts';
import { createOwnStore } from '../../src/records/detection-store.ts';
import { insertPassings, type Passing } from '../accountability/search/open-search.ts';
import { openRecords } from '../records/open-records.ts';
import { sampleDetection, sampleHit, sampleImages } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fillArchive } from './filled.ts';
import { missingPostgres } from './postgres.ts';
import { usePostgres } from './use-postgres.ts';

if (missingPostgres) console.warn(`skipped: ${missingPostgres}`);

const limitMs = 30_000;
const canvass = '01890000-0000-7000-8000-0000000000aa';
const circle = { kind: 'circle', latitude: 38.1, longitude: -122.25, radiusM: 900 };
const conditions: Record<string, object[]> = {
  plate: [
    { plate: '8ABC120' },
    { plate: '8A*' },
    { plate: '*B?1*', alike: true },
    { plate: 'BABC12O', alike: true },
    { plate: '?*' },
    { plate: '8ABC120', possible: true },
    { plate: '8A8C12?', possible: true, alike: true },
    { plate: '*C12*', possible: true },
  ],
  time: [
    { from: '2026-03-10T00:00:00Z' },
    { from: '2026-02-27T10:00:00Z', to: '2026-03-01T00:00:00Z' },
    { to: '2026-03-20T07:00:00.500Z' },
  ],
  area: [
    { area: circle },
    { area: { kind: 'box', south: 38.09, west: -122.26, north: 38.1, east: -122.25 } },
    { area: { kind: 'box', south: -90, west: 170, north: 90, east: -170 } },
    {
      area: {
        kind: 'polygon',
        points: [
          { latitude: 38.08, longitude: -122.27 },
          { latitude: 38.08, longitude: -122.24 },
          { latitude: 38.12, longitude: -122.25 },
        ],
      },
    },
  ],
  unit: [{ unit: 'unit-7' }, { unit: 'pole-3' }, { unit: 'none' }],
  head: [{ head: 'rear' }],
  state: [{ state: 'NV' }],
  read: [{ read: 'read' }, { read: 'unread' }],
  hits: [{ hits: true }, { list: 'svs' }, { list: 'bolo' }],
  canvass: [{ canvass }],
  make: [{ make: 'FORD' }, { make: 'škoda' }, { make: 'ŠKODA' }],
  colour: [{ colour: 'white' }],
  body: [{ model: 'golf', body: 'SEDAN' }],
};

/** Reads of some units over three months, alike in many ways; repeatable. */
function passings(count: number): Passing[] {
  let seed = 1;
  const pick = <Value>(...of: Value[]): Value => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return of[Math.floor((seed / 2 ** 32) * of.length)] as Value;
  };
  const plate = () =>
    `${pick('8', 'B', '7')}${pick('A', '4')}${pick('B', '8')}C1${pick('2', 'Z')}${pick('0', 'O', '1')}`;
  return Array.from({ length: count }, (_, at): Passing => {
    const of = pick(plate(), plate(), plate(), null);
    const possible = [
      { plate: plate(), p: 0.3 },
      { plate: plate(), p: 0.2 },
    ];
    const steps = [pick(-20, -2, 0, 1, 7), pick(-10, -1, 0, 1, 5)] as const;
    return {
      plate: of,
      // Several at each moment.
      at: new Date(Date.UTC(2026, 1, 25) + Math.floor(at / 3) * 7_203_000).toISOString(),
      place: pick<Passing['place'] & object>(
        [38.1 + steps[0] / 1000, -122.25 + steps[1] / 1000],
        [38.1, -122.25],
        [0, pick(179.9, -179.9, 180)],
      ),
      ...(pick(1, 2, 3, 4) === 1 && { place: null }),
      head: pick('front', 'rear'),
      state: pick('CA', 'CA', 'NV'),
      unit: pick('unit-7', 'unit-8', 'pole-3'),
      ...(pick(true, false) && { make: pick('Ford', 'FORD', 'Škoda', 'škoda') }),
      ...(pick(true, false) && { possible }),
    };
  });
}

/** What `insertPassings` does not know of some of them. */
function addRest(db: Database): void {
  db.prepare('UPDATE detection SET canvass = ? WHERE rowid % 5 = 0').run(canvass);
  const traits = { colour: 'White', model: 'Golf', body: 'Sedan' };
  for (const [trait, value] of Object.entries(traits)) {
    db.prepare(
      'UPDATE detection SET body = json_set(body, ?, json(?)) WHERE rowid % 3 = ? OR rowid % 4 = 0',
    ).run(`$.vehicle.${trait}`, JSON.stringify({ value, p: 0.9 }), trait.length % 3);
  }
  for (const [list, every] of [
    ['svs', 6],
    ['bolo', 10],
  ] as const) {
    db.prepare('UPDATE detection SET hit = 1 WHERE rowid % ? = 0').run(every);
    db.prepare(
      `INSERT INTO hit (id, detection_id, revision, state, changed_at_ms, list_id, entry_id, body)
       SELECT ? || id, id, 1, 'raised', 0, ?, 'entry', '{"list":"' || ? || '"}' FROM detection WHERE rowid % ? = 0`,
    ).run(list, list, list, every);
  }
}

/** Each condition alone, and each with each of another kind. */
function queries(): object[] {
  const kinds = Object.values(conditions);
  const pairs = kinds.flatMap((some, at) =>
    kinds
      .slice(at + 1)
      .flatMap((others) => some.flatMap((one) => others.map((other) => ({ ...one, ...other })))),
  );
  return [{}, ...kinds.flat(), ...pairs];
}

describe.skipIf(missingPostgres)('SRC-5: the archive answers as the own files do', () => {
  const postgres = usePostgres();

  /** A filled archive, what asks it and what asks the own files. */
  async function opened(database: string, isHalf: boolean) {
    const dataDir = temporaryFolder();
    const { db, records } = openRecords(dataDir);
    insertPassings(db, passings(900));
    addRest(db);
    const hits: string[] = [];
    for (const at of [1, 2]) {
      const detection = sampleDetection({ closed: true });
      const images = await sampleImages(at);
      await records.storeHits({ detection, hits: [sampleHit(detection)], images });
      hits.push(detection.id);
    }
    const filled = await fillArchive(dataDir, await postgres.database(database), isHalf);
    const own = createLookUps(createOwnStore(db), limitMs);
    const byArchive = async <Answer>(look: (from: LookUps) => Promise<Answer>): Promise<Answer> => {
      const answer = await filled.reader.ask((store) => look(createLookUps(store, limitMs)));
      if (answer === null) throw new Error(`no answer: ${filled.problems.join(', ')}`);
      return answer.result;
    };
    return {
      ...{ db, hits },
      /** Both answers, which must be the same. */
      async both<Answer>(look: (from: LookUps) => Promise<Answer>): Promise<Answer> {
        const wanted = await look(own);
        expect(await byArchive(look)).toEqual(wanted);
        return wanted;
      },
      [Symbol.asyncDispose]: filled.close,
    };
  }

  const allPages = async (from: LookUps, part: object): Promise<DetectionPage[]> => {
    const pages: DetectionPage[] = [];
    for (let after: string | null | undefined; after !== null; after = pages.at(-1)?.next) {
      const {
        after: cursor,
        limit,
        ...query
      } = searchSchema.parse({
        ...{ ...part, limit: 150 },
        ...(after && { after }),
      });
      pages.push(await from.page({ query, limit, after: cursor }));
    }
    return pages;
  };

  /** Asks everything that is no page. */
  async function restIsSame({ both }: Pick<Awaited<ReturnType<typeof opened>>, 'both'>) {
    for (const each of Object.values(conditions).flat()) {
      const query = detectionQuerySchema.parse(each);
      await both((from) => from.overview({ query }));
    }
    const { read: _read, ...stakeout } = detectionQuerySchema.parse({
      ...{ area: circle, from: '2026-03-01T00:00:00Z', to: '2026-03-25T00:00:00Z' },
    });
    const { area, from: first = 0, to = 0 } = stakeout;
    if (area === undefined) throw new Error('no area');
    const met = await both((from) => from.stakeout({ area, from: first, to }));
    expect(met.vehicles.length).toBeGreaterThan(5);
    const ofCanvass = await both((from) => from.canvass({ id: canvass }));
    expect(ofCanvass.unread).toBeGreaterThan(5);
    const often = met.vehicles.toSorted((one, other) => other.times - one.times).slice(0, 5);
    const [plate = ''] = often.map((each) => each.plate);
    await both((from) => from.path({ plate }));
    let pairs = 0;
    for (const each of often) {
      pairs += (await both((from) => from.twoPlaces({ plate: each.plate }))).pairs.length;
    }
    expect(pairs).toBeGreaterThan(0);
    const company = await both((from) =>
      from.company(companySchema.parse({ plate, withinS: 600, times: 2 })),
    );
    expect(company.occasions).toBeGreaterThan(1);
    const sinceMs = Date.UTC(2026, 2, 1);
    for (const past of [
      { pattern: '8ABC1*' },
      { pattern: plate },
      { description: { make: 'ford' } },
    ]) {
      const { detections } = await both((from) => from.pastReads({ ...past, sinceMs }));
      expect(detections).toBeGreaterThan(0);
    }
    await both((from) => from.oldest(null));
  }

  test.for([
    ['all of it is copied', false],
    ['every second detection waits', true],
  ] as const)(
    '%s: for every condition, alone and with each other',
    { timeout: 300_000 },
    async ([, isHalf]) => {
      await using store = await opened(`same_${isHalf ? 'half' : 'full'}`, isHalf);
      // Both together are looked up either way where half of it waits.
      const asked = isHalf ? queries() : [{}, ...Object.values(conditions).flat()];
      let found = 0;
      for (const part of asked) {
        const pages = await store.both((from) => allPages(from, part));
        if (pages.some(({ detections }) => detections.length > 0)) found += 1;
      }
      expect(found).toBeGreaterThan(asked.length * 0.8);
      await restIsSame(store);
      for (const id of store.hits) {
        const opened = await store.both((from) => from.open({ id }));
        expect(opened?.hits).toHaveLength(1);
        for (const { id: image } of opened?.detection.images ?? []) {
          expect(await store.both((from) => from.image({ id: image }))).toMatchObject({
            gone: false,
          });
        }
      }
    },
  );

  test('RET-1: what was changed or deleted since the last copy is found as it is now, and no picture of it', {
    timeout: 120_000,
  }, async () => {
    // Nothing is copied any more.
    await using store = await opened('same_stale', true);
    const { db, hits, both } = store;
    const [kept = '', gone = ''] = hits;
    const imageOf = async (id: string) =>
      (await both((from) => from.open({ id })))?.detection.images[0]?.id ?? '';
    const [ofKept, ofGone] = [await imageOf(kept), await imageOf(gone)];
    db.prepare('UPDATE image SET shed_at_ms = 1 WHERE detection_id = ?').run(kept);
    db.prepare(
      "UPDATE hit SET body = json_set(body, '$.state', 'withdrawn') WHERE detection_id = ?",
    ).run(kept);
    for (const [table, column] of [
      ['image', 'detection_id'],
      ['hit', 'detection_id'],
      ['detection', 'id'],
    ]) {
      db.prepare(`DELETE FROM ${table} WHERE ${column} = ?`).run(gone);
    }
    db.exec(`DELETE FROM hit WHERE detection_id IN (SELECT id FROM detection WHERE rowid % 6 = 0 AND rowid % 7 = 0);
      DELETE FROM detection WHERE last_seen_ms < ${Date.UTC(2026, 1, 27)} AND id NOT IN (SELECT detection_id FROM hit);
      UPDATE detection SET plate = '8ABC120', head = 'rear' WHERE rowid % 7 = 1 AND plate IS NOT NULL;`);
    insertPassings(db, passings(70).slice(40));
    for (const part of [{}, ...Object.values(conditions).flat()]) {
      await both((from) => allPages(from, part));
    }
    await restIsSame(store);
    expect((await both((from) => from.open({ id: kept })))?.hits).toMatchObject([
      { state: 'withdrawn' },
    ]);
    expect(await both((from) => from.open({ id: gone }))).toBeNull();
    expect(await both((from) => from.image({ id: ofGone }))).toBeNull();
    expect(await both((from) => from.image({ id: ofKept }))).toMatchObject({ gone: true });
  });
});
