/**
 * Measures search in the archive of headquarters: starts a PostgreSQL of its own, fills the archive by SQL with a year of many units,
 * then asks each kind of question many times through the search thread, as people at headquarters do.
 * `scripts/node node scripts/bench/archive.ts [--detections 10000000] [--vehicles 3000000] [--rounds 200]`
 * Ten million need some 10 GB below the folder for temporary files, and go when it ends. Bodies are as short as those of `search.ts`.
 * With `--folder DIR`, whose `lookout.db` `search.ts --keep --folder DIR` has built, the archive is filled from it as by headquarters.
 */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSearch } from '../../src/accountability/search/search.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createFollowed, followChanges } from '../../src/archive/changes.ts';
import { followIntoArchive } from '../../src/archive/copier.ts';
import {
  type ArchiveSettings,
  type Ask,
  connectArchive,
} from '../../src/archive/postgres/connect.ts';
import { setMark } from '../../src/archive/postgres/mark.ts';
import { makeArchive } from '../../src/archive/postgres/prepare.ts';
import type { Database } from '../../src/platform/database.ts';
import { openPostgres } from '../../test/archive/postgres.ts';
import { askAll, endMs, random, shortJson, startMs } from './search-questions.ts';

const { values } = parseArgs({
  options: {
    detections: { type: 'string', default: '10000000' },
    vehicles: { type: 'string', default: '3000000' },
    rounds: { type: 'string', default: '200' },
    folder: { type: 'string' },
  },
});
const count = Number(values.detections);
const vehicles = Number(values.vehicles);
const rounds = Number(values.rounds);
const stepMs = (endMs - startMs) / count;
const patienceMs = 3_600_000;
/** Months that are filled at the same time. */
const lanes = 2;

/** The rows of each month, by their numbers. */
function months(): { name: string; fromMs: number; toMs: number; first: number; last: number }[] {
  const all = [];
  for (let fromMs = startMs; fromMs < endMs; ) {
    const at = new Date(fromMs);
    const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
    const toMs = Date.UTC(year, month + 1);
    const name = at.toISOString().slice(0, 7).replace('-', '_');
    const [first, end] = [fromMs, toMs].map((ms) =>
      Math.min(count, Math.ceil((ms - startMs) / stepMs)),
    );
    all.push({
      name,
      fromMs: Date.UTC(year, month),
      toMs,
      first: first ?? 0,
      last: (end ?? 0) - 1,
    });
    fromMs = toMs;
  }
  return all;
}

/** Detections of `vehicles` cars, some seen far more often than others, by 20 units in a town of 20 by 20 km. */
const rowsOfMonth = `
  INSERT INTO archived_detection (id, arrival, unit, head, first_seen_ms, last_seen_ms, plate, state, latitude, longitude, hit, body)
  SELECT id, i, unit, CASE lot % 2 WHEN 0 THEN 'front' ELSE 'rear' END, at_ms - 700, at_ms, plate,
    CASE WHEN plate IS NULL THEN NULL WHEN lot > 960 THEN 'NV' ELSE 'CA' END, latitude, longitude, lot = 999,
    format('{"id":"%s","agency":"bench","unit":"%s","head":"front","firstSeen":%s,"lastSeen":%s,"read":%s,"unread":null,'
      '"direction":{"headingDeg":null},"fix":{"latitude":%s,"longitude":%s,"quality":"fix-3d"},"vehicle":{"make":null},"images":[]}',
      id, unit, at_ms, at_ms, CASE WHEN plate IS NULL THEN 'null' ELSE format('{"plate":"%s","confidence":0.97}', plate) END,
      latitude, longitude)::json
  FROM (
    SELECT *, CASE WHEN lot >= 50 THEN (k % 10)::text || chr(65 + (k / 10 % 26)::int) || chr(65 + (k / 260 % 26)::int) ||
        chr(65 + (k / 6760 % 26)::int) || lpad((k / 175760 % 1000)::text, 3, '0') END AS plate,
      'unit-' || lot % 20 AS unit,
      (lpad(to_hex(i >> 16), 8, '0') || lpad(to_hex(i & 65535), 4, '0') || '70008000' || lpad(to_hex(i), 12, '0'))::uuid AS id
    FROM (
      SELECT *, (share::bigint * 48271 + 12345) % 175760000 AS k
      FROM (
        SELECT i, ($3::float8 + i * $4::float8)::bigint AS at_ms, floor(random() * 1000)::int AS lot,
          -- The product of two draws: few vehicles are seen often.
          random() * random() * $5::float8 AS share,
          37.9 + (random() + random()) / 10 AS latitude, -122.3 + (random() + random()) / 10 AS longitude
        FROM generate_series($1::bigint, $2::bigint) AS i
      ) AS passing
    ) AS numbered
  ) AS named`;

/** Fills the archive; the indexes of a month are made when its rows are there. */
async function fill(connections: ReturnType<typeof connectArchive>): Promise<void> {
  const { ask, transaction } = connections;
  const definitions = await ask<{ name: string; sql: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS sql
     FROM pg_index WHERE indrelid = 'archived_detection'::regclass`,
  );
  for (const { name } of definitions) await ask(`DROP INDEX ${name}`);
  const left = months();
  let rows = 0;
  const fillMonth = async (
    own: Ask,
    { name, fromMs, toMs, first, last }: ReturnType<typeof months>[number],
  ): Promise<void> => {
    await own('SELECT archive_add_month($1, $2, $3)', [name, fromMs, toMs]);
    await own(rowsOfMonth, [first, last, startMs, stepMs, vehicles]);
    for (const { sql } of definitions) {
      const made = sql.replace(/INDEX \S+ ON ONLY \S+/, `INDEX ON archived_detection_${name}`);
      await own(made);
    }
    rows += last - first + 1;
    process.stderr.write(`${rows} rows\n`);
  };
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let month = left.shift(); month !== undefined; month = left.shift()) {
        const own = month;
        await transaction((each) => fillMonth(each, own));
      }
    }),
  );
  // Takes those of the months in.
  for (const { sql } of definitions) await ask(sql.replace('ON ONLY ', 'ON '));
  await ask(
    'INSERT INTO archived_plate SELECT DISTINCT plate FROM archived_detection WHERE plate IS NOT NULL',
  );
}

/** Fills the archive from `lookout.db`, row by row as headquarters does. */
async function copy(db: Database, archive: ArchiveSettings): Promise<void> {
  const full = new AbortController();
  await followIntoArchive({
    ...{ db, signal: full.signal },
    connect: () => connectArchive(archive, { connections: 1, patienceMs }),
    onHealth({ state, waiting, copied, problem }) {
      process.stderr.write(`\r${copied} rows${problem === null ? '' : `: ${problem}`}`);
      if (state === 'following' && waiting === 0) full.abort();
    },
  });
}

const { bavail, bsize } = statfsSync(tmpdir());
const needed = count * 1100;
if (bavail * bsize < needed) {
  throw new Error(`${tmpdir()} has too little room: ${needed / 2 ** 30} GiB are needed`);
}
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'lookout-bench-'));
await using postgres = await openPostgres([
  ...['shared_buffers = 4GB', 'maintenance_work_mem = 1GB', 'max_parallel_maintenance_workers = 0'],
  ...['wal_level = minimal', 'max_wal_senders = 0', 'max_wal_size = 8GB', 'autovacuum = off'],
]);
try {
  const archive = await postgres.database('bench');
  await using connections = connectArchive(archive, { connections: lanes, patienceMs });
  const { ask, transaction, place } = connections;
  const db = openUnitDatabase(folder);
  followChanges(db, false);
  followChanges(db, true);
  const startedMs = performance.now();
  if (values.folder !== undefined) await copy(db, archive);
  else {
    await transaction((own) => makeArchive(own, place));
    await fill(connections);
    // Headquarters whose own files are empty: what is found comes from the archive alone.
    db.exec('UPDATE archive_follow SET filled_to = NULL');
    const followed = createFollowed(db)();
    if (followed === null) throw new Error('no archive is followed');
    await setMark(ask, followed);
  }
  const buildS = (performance.now() - startedMs) / 1000;
  await ask('VACUUM ANALYZE archived_detection');
  await ask('VACUUM ANALYZE archived_plate');
  db.close();

  const plates: string[] = [];
  while (plates.length < rounds) {
    const [row] = await ask<{ plate: string }>(
      'SELECT plate FROM archived_detection WHERE last_seen_ms >= $1 AND plate IS NOT NULL ORDER BY last_seen_ms LIMIT 1',
      [startMs + random(count - 1000) * stepMs],
    );
    if (row !== undefined) plates.push(row.plate);
  }
  const [size] = await ask<{ gib: number; plates: number; rows: number }>(
    `SELECT (pg_database_size(current_database()) / 2.0 ^ 30)::float8 AS gib, (SELECT count(*) FROM archived_plate) AS plates,
       (SELECT count(*) FROM archived_detection) AS rows`,
  );
  await using search = createSearch({ dataDir: folder, archive });
  await search.ask('open', { id: '00000000-0000-7000-8000-000000000000' });
  process.stdout.write(`${shortJson({ ...size, buildS, rounds })}\n`);
  await askAll(search, { plates, rounds });
  process.stdout.write(`${shortJson(search.answered)}\n`);
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
