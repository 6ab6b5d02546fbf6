import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boundsOf, contains } from '../../../src/accountability/search/area.ts';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import { platePattern } from '../../../src/accountability/search/plate-pattern.ts';
import { detectionQuerySchema } from '../../../src/accountability/search/query.ts';
import { cellsOf } from '../../../src/records/map-cells.ts';
import { openRecords } from '../../records/open-records.ts';
import { cpuShareHere } from '../../support/cpu-time.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { insertPassings, openSearch } from './open-search.ts';

const detective = { role: 'detective' } as const;
const query = (part: object) => detectionQuerySchema.parse(part);

const corners = (...places: [number, number][]) => ({
  area: {
    kind: 'polygon',
    points: places.map(([latitude, longitude]) => ({ latitude, longitude })),
  },
});
const badPolygons: [object, RegExp][] = [
  [corners([38, -122], [38.1, -122]), /points/],
  [corners([38, -122], [38.1, -121.9], [38, -121.9], [38.1, -122]), /cross each other/],
  [corners([38, -122], [38.2, -122], [38.2, -121.8], [38, -122], [38, -121.8]), /cross each other/],
  [corners([38, -122], [38.1, -122], [38.2, -122]), /goes back over the one before/],
  [
    corners([38, -122], [38, -121.9], [38, -121.95], [38.1, -121.95]),
    /goes back over the one before/,
  ],
  [corners([38, -122], [38, -122], [38.1, -121.9], [38, -121.9]), /are the same/],
  [corners([10, -122], [25, -122], [25, -121]), /at most 10 degrees/],
  [corners([38, 179], [38.1, 179], [38.1, -179]), /drawn as two/],
];

/** A day of plates, one a second, without the records' own work. */
function busyUnit(count: number) {
  const dataDir = temporaryFolder();
  const { db } = openRecords(dataDir);
  const [id = ''] = insertPassings(db, [{ plate: '8ABC123', at: '2026-01-01T00:00:00Z' }]);
  db.prepare(
    `INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, plate, latitude, longitude, closed, body)
     WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     SELECT printf('%s%012x', substr(id, 1, 24), i), head, first_seen_ms + i * 1000, last_seen_ms + i * 1000,
       printf('%dXYZ%03d', i % 10, i % 1000), latitude + i * 0.000001, longitude, 1, body
     FROM detection, n WHERE id = ?`,
  ).run(count, id);
  return { dataDir, db, ...openSearch(dataDir) };
}

describe('SRC-1: a search is bounded and never holds up the daemon', () => {
  it('ends when its time is up, with what it found and how far it came, and goes on from there', async () => {
    const { dataDir } = busyUnit(20_000);
    const hurried = openSearch(dataDir, 0);
    const found: string[] = [];
    let after: { t: number; id: string | null } | undefined;
    let pages = 0;
    do {
      const page = await hurried.search.ask('page', {
        query: query({ plate: '8?BC*' }),
        limit: 50,
        after,
      });
      found.push(...page.detections.map(({ plate }) => plate ?? ''));
      expect(page.next === null).toBe(page.searchedTo === null);
      after = page.next ? JSON.parse(Buffer.from(page.next, 'base64url').toString()) : undefined;
      pages += 1;
    } while (after && pages < 500);
    expect(found).toEqual(['8ABC123']);
  });

  it('leaves the event loop free while it searches', async () => {
    const { search } = busyUnit(20_000);
    await search.ask('open', { id: 'start the thread' });
    const share = cpuShareHere();
    const searches = Array.from({ length: 5 }, () =>
      search.ask('page', { query: query({ make: 'no such make' }), limit: 50 }),
    );
    await Promise.all(searches);
    // Another thread does nearly all of the work.
    expect(share()).toBeLessThan(1 / 2);
  });

  it('says when too many searches wait, and that a database is missing', async () => {
    const { search, perform } = busyUnit(10);
    const many = Array.from({ length: 40 }, () =>
      search.ask('page', { query: query({}), limit: 1 }).then(
        () => 'found',
        (error: unknown) => String(error),
      ),
    );
    const answers = await Promise.all(many);
    expect(answers.filter((answer) => answer === 'found')).toHaveLength(32);
    expect(answers.at(-1)).toContain('Too many searches');
    expect(await perform(detective, searchDetections, {})).toBeDefined();

    const empty = temporaryFolder();
    const { db } = openRecords(empty);
    db.close();
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(empty, `lookout.db${end}`), { force: true });
    const broken = openSearch(empty);
    for (let time = 0; time < 2; time += 1) {
      await expect(broken.search.ask('page', { query: query({}), limit: 1 })).rejects.toThrow(
        /cannot be opened/,
      );
    }
  });

  it('refuses a query out of bounds by naming the field', async () => {
    const { performRaw } = busyUnit(1);
    const refused: [object, RegExp][] = [
      [{ plate: '' }, /plate/],
      // A sign that is left out in silence makes a plate that nobody meant.
      ...['7AB_123', '7ABC%', '[7-8]*', '7ABC#', "'; DROP TABLE x; --*"].map(
        (plate): [object, RegExp] => [
          { plate },
          /plate: has a sign that no plate has; \? stands for/,
        ],
      ),
      [{ limit: 10_000 }, /limit/],
      [{ from: 'some day' }, /from/],
      [{ from: '2026-02-01', to: '2026-01-01' }, /is before from/],
      [
        { area: { kind: 'circle', latitude: 91, longitude: 0, radiusM: 5 } },
        /latitude: give a number of at most 90/,
      ],
      [{ area: { kind: 'polygon', points: [] } }, /points/],
      ...badPolygons,
      [{ after: 'bm9uc2Vuc2U' }, /not the "next"/],
      [{ sql: '1=1' }, /sql/],
    ];
    for (const [input, words] of refused) {
      await expect(performRaw(detective, 'detections.search', input)).rejects.toThrow(words);
    }
  });
});

describe('HOT-13: how many past reads an entry would have matched', () => {
  it('counts detections and vehicles of a pattern since a time, and look-alikes of a full plate', async () => {
    const dataDir = temporaryFolder();
    const { db } = openRecords(dataDir);
    insertPassings(db, [
      { plate: '8ABC123', at: '2026-03-01T08:00:00Z' },
      { plate: '8ABC123', at: '2026-03-02T08:00:00Z' },
      { plate: '8ABD123', at: '2026-03-03T08:00:00Z' },
      { plate: 'BABC123', at: '2026-03-04T08:00:00Z', make: 'Ford' },
      { plate: null, at: '2026-03-05T08:00:00Z', make: 'Ford' },
    ]);
    const { search } = openSearch(dataDir);
    const since = (iso: string) => Date.parse(iso);
    expect(
      await search.countPastReads({ pattern: '8AB?123', sinceMs: since('2026-03-01') }),
    ).toEqual({ detections: 3, vehicles: 2, more: false });
    expect(
      await search.countPastReads({ pattern: '8AB?123', sinceMs: since('2026-03-02') }),
    ).toMatchObject({ detections: 2 });
    expect(
      await search.countPastReads({ pattern: '8ABC123', sinceMs: since('2026-03-01') }),
    ).toMatchObject({ detections: 3, vehicles: 2 });
    const description = { make: 'ford' };
    expect(await search.countPastReads({ description, sinceMs: 0 })).toMatchObject({
      detections: 2,
      vehicles: 2,
    });
  });
});

describe('areas and patterns', () => {
  it('the box around a circle holds the circle, and its squares hold the box', () => {
    for (const latitude of [-60, 0, 38.1, 70]) {
      const circle = { kind: 'circle', latitude, longitude: -122.25, radiusM: 900 } as const;
      const bounds = boundsOf(circle);
      for (let degree = 0; degree < 360; degree += 5) {
        const angle = (degree * Math.PI) / 180;
        const lat = latitude + (Math.cos(angle) * 899) / 111_195;
        const lon =
          -122.25 + (Math.sin(angle) * 899) / (111_195 * Math.cos((latitude * Math.PI) / 180));
        expect(lat).toBeGreaterThan(bounds.south);
        expect(lat).toBeLessThan(bounds.north);
        expect(lon).toBeGreaterThan(bounds.west);
        expect(lon).toBeLessThan(bounds.east);
      }
      expect(cellsOf(bounds, 600)?.length).toBeGreaterThan(0);
      expect(cellsOf(bounds, 3)).toBeNull();
    }
  });

  it('a polygon may be hollow', () => {
    const u = [
      [0, 0],
      [0, 3],
      [3, 3],
      [3, 2],
      [1, 2],
      [1, 1],
      [3, 1],
      [3, 0],
    ].map(([latitude = 0, longitude = 0]) => ({ latitude, longitude }));
    const area = { kind: 'polygon', points: u } as const;
    expect(contains(area, 2, 0.5)).toBe(true);
    expect(contains(area, 2, 1.5)).toBe(false);
    expect(contains(area, 0.5, 1.5)).toBe(true);
  });

  it('a plate is read as typed, with its longest known run to find it by', () => {
    expect(platePattern('8abc 123', false)).toEqual({ kind: 'exact', plates: ['8ABC123'] });
    expect(platePattern('8A**C1?3', false)).toEqual({
      kind: 'partial',
      glob: '8A*C1?3',
      runs: ['8A'],
    });
    expect(platePattern('*?*', false)).toBeNull();
    const alike = platePattern('O0O0O0O0O0', true);
    expect(alike?.kind === 'exact' && alike.plates.length).toBe(256);
  });
});
