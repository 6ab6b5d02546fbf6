/**
 * Measures search over many detections: builds a database of a patrol car's year with SQL alone, then asks each kind
 * of question many times through the search thread, as the page and the command line do.
 * `scripts/node node scripts/bench/search.ts [--detections 10000000] [--vehicles 3000000] [--folder DIR] [--keep]`
 * Ten million need some 6 GB in the folder. With --keep a later run on the same folder only asks.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSearch } from '../../src/accountability/search/search.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { askAll, endMs, random, shortJson, startMs } from './search-questions.ts';

const { values } = parseArgs({
  options: {
    detections: { type: 'string', default: '10000000' },
    vehicles: { type: 'string', default: '3000000' },
    rounds: { type: 'string', default: '200' },
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const count = Number(values.detections);
const vehicles = Number(values.vehicles);
const rounds = Number(values.rounds);
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'lookout-bench-'));
const path = join(folder, 'lookout.db');

/** Detections of `vehicles` cars, some seen far more often than others, in a town of 20 by 20 km. */
function build(): { buildS: number } {
  const { bavail, bsize } = statfsSync(folder);
  const needed = count * 700;
  if (bavail * bsize < needed) {
    throw new Error(`${folder} has too little room: ${needed / 2 ** 30} GiB are needed`);
  }
  const startedMs = performance.now();
  const db = openUnitDatabase(folder);
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -262144');
  // Indexes are quicker made at once than row by row.
  const later = db
    .prepare<[], { type: string; name: string; sql: string }>(
      `SELECT type, name, sql FROM sqlite_schema
       WHERE tbl_name = 'detection' AND type IN ('index', 'trigger') AND sql IS NOT NULL`,
    )
    .all();
  for (const { type, name } of later) db.exec(`DROP ${type} ${name}`);
  const insert = db.prepare(
    `WITH RECURSIVE number (i) AS (VALUES (@from) UNION ALL SELECT i + 1 FROM number WHERE i < @to),
       passing AS MATERIALIZED (
         SELECT i,
           CAST(@startMs + i * @stepMs AS INTEGER) AS atMs,
           abs(random()) % 1000 AS lot,
           -- The product of two draws: few vehicles are seen often.
           ((abs(random()) % 100000) * (abs(random()) % 100000) / 10000000000.0 * @vehicles) AS share,
           37.9 + (abs(random()) % 100000 + abs(random()) % 100000) / 1000000.0 AS latitude,
           -122.3 + (abs(random()) % 100000 + abs(random()) % 100000) / 1000000.0 AS longitude
         FROM number),
       plated AS MATERIALIZED (
         SELECT *, (CAST(share AS INTEGER) * 48271 + 12345) % 175760000 AS k FROM passing),
       named AS MATERIALIZED (
         SELECT *, CASE WHEN lot < 50 THEN NULL ELSE printf('%d%c%c%c%03d', k % 10, char(65 + k / 10 % 26),
           char(65 + k / 260 % 26), char(65 + k / 6760 % 26), k / 175760 % 1000) END AS plate,
           printf('%08x-%04x-7000-8000-%012x', i / 65536, i % 65536, i) AS id FROM plated)
     INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, plate, state, latitude, longitude, closed, hit, body)
     SELECT id, CASE lot % 2 WHEN 0 THEN 'front' ELSE 'rear' END, atMs - 700, atMs, plate,
       CASE WHEN plate IS NULL THEN NULL WHEN lot > 960 THEN 'NV' ELSE 'CA' END, latitude, longitude, 1, lot = 999,
       json_object('id', id, 'agency', 'bench', 'unit', 'unit-1', 'head', 'front', 'firstSeen', atMs, 'lastSeen', atMs,
         'read', CASE WHEN plate IS NULL THEN NULL ELSE json_object('plate', plate, 'confidence', 0.97) END,
         'unread', NULL, 'direction', json_object('headingDeg', NULL),
         'fix', json_object('latitude', latitude, 'longitude', longitude, 'quality', 'fix-3d'),
         'vehicle', json_object('make', NULL), 'images', json_array())
     FROM named`,
  );
  const stepMs = (endMs - startMs) / count;
  const batch = 500_000;
  for (let from = 0; from < count; from += batch) {
    insert.run({ from, to: Math.min(count, from + batch) - 1, startMs, stepMs, vehicles });
    process.stderr.write(`\r${from + batch} rows`);
  }
  process.stderr.write('\nindexes\n');
  for (const { type, sql } of later) if (type === 'index') db.exec(sql);
  db.exec(
    `INSERT OR IGNORE INTO plate_part SELECT substr(plate, at) AS part, plate
     FROM (SELECT DISTINCT plate FROM detection WHERE plate IS NOT NULL), plate_position
     WHERE at = 1 OR at < length(plate) ORDER BY part, plate`,
  );
  for (const { type, sql } of later) if (type === 'trigger') db.exec(sql);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return { buildS: (performance.now() - startedMs) / 1000 };
}

try {
  mkdirSync(folder, { recursive: true });
  const built = existsSync(path) ? { buildS: null } : build();
  const db = openUnitDatabase(folder);
  const someone = db
    .prepare<[number], string>(
      'SELECT plate FROM detection WHERE rowid >= ? AND plate NOT NULL LIMIT 1',
    )
    .pluck();
  const plates = Array.from({ length: rounds }, () => String(someone.get(1 + random(count))));
  const distinct = db.prepare('SELECT count(*) FROM plate_part WHERE part = plate').pluck().get();
  db.close();

  await using search = createSearch({ dataDir: folder });
  const startedMs = performance.now();
  await search.ask('open', { id: 'starts the thread' });
  const threadStartMs = performance.now() - startedMs;
  const summary = {
    detections: count,
    distinctPlates: distinct,
    databaseGiB: statSync(path).size / 2 ** 30,
    ...built,
    threadStartMs,
    rounds,
  };
  process.stdout.write(`${shortJson(summary)}\n`);
  await askAll(search, { plates, rounds });
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}
