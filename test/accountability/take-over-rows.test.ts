import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leftBehind, takenOver, takeOverRows } from '../../src/accountability/take-over-rows.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import type { Database } from '../../src/platform/database.ts';
import { spoil } from '../support/spoil.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Rows as rooms write them, in the order of their keys. */
const rows: [table: string, row: Record<string, string | number | null>][] = [
  [
    'detection',
    {
      id: 'd1',
      head: 'front',
      first_seen_ms: 1,
      last_seen_ms: 2,
      plate: '8ABC123',
      state: 'CA',
      closed: 1,
      hit: 0,
      announced_revision: 1,
      body: '{}',
    },
  ],
  ['hot_plate', { id: 'p1', state: 'active', owner: 'a1', expires_ms: 9, json: '{}' }],
  ['hot_plate_log', { seq: 7, hot_plate: 'p1', at: '2026-11-28', kind: 'entered', by: 'a1' }],
  [
    'hold',
    { id: 'h1', scope: '{}', case_number: '26-0042', reason: 'r', set_at_ms: 1, set_by: 'a1' },
  ],
  ['case_detection', { case_number: '26-0042', detection_id: 'd1' }],
  ['error_report', { id: 'e1', at_ms: 5, body: '{"kind":"misread","by":{"account":"a1"}}' }],
  ['canvass', { id: 'c1', case_key: '26-0042', begun_at_ms: 1, until_ms: 9, open: 1, body: '{}' }],
  ['court_order', { id: 'o1', from_ms: 1, until_ms: 9, body: '{}' }],
  ['suspended_place', { latitude: 38.1, longitude: -122.2 }],
  [
    'release_request',
    {
      id: 'r1',
      number: '2026-0001',
      state: 'approved',
      requested_at_ms: 1,
      entered_by: 'a1',
      body: '{}',
    },
  ],
  ['notice', { number: 3, key: 'k', audience: 'role:officer', at_ms: 1, kind: 'hit', text: 't' }],
  ['notice_read', { notice: 3, account: 'a1', name: 'Moss', at_ms: 2 }],
  ['notice_source', { name: 'hits', through_ms: 5 }],
  ['gone_month', { month: '2026-10', detections: 90, unread: 7, hits: 2 }],
  ['purge_run', { id: 'u1', why: 'policy', started_at_ms: 5, finished_at_ms: null, removed: '[]' }],
  ['verification_elsewhere', { hit_id: 'h9', at_ms: 5, body: '{}' }],
  ['audit_forward', { log: 'l1', seq: 4, hash: 'x', turn: 0 }],
  ['outbox', { seq: 11, id: 'm1', lane: 0, topic: 'hit', json: '{}', created_at_ms: 1 }],
  [
    'outbox',
    { seq: 12, id: 'm2', lane: 3, topic: 'image', json: '{}', file: 'i.jpg', created_at_ms: 1 },
  ],
];

/** A unit's database with those rows, closed again. */
function filledDatabase(): string {
  const folder = temporaryFolder();
  const db = openUnitDatabase(folder);
  for (const [table, row] of rows) {
    const names = Object.keys(row);
    db.prepare(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    ).run(...Object.values(row));
  }
  // A steward works on the report, so that its state is not that of a new one.
  db.exec("UPDATE report_state SET state = 'taken' WHERE report = 'e1'");
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return join(folder, 'lookout.db');
}

const idsIn = (db: Database, table: string, id: string) =>
  db.prepare(`SELECT ${id} FROM ${table}`).pluck().all();

test('what people decided and what waits for headquarters comes over, records and their pictures do not', () => {
  const db = openUnitDatabase(temporaryFolder());
  expect(takeOverRows(filledDatabase(), db).cut).toEqual([]);
  expect(idsIn(db, 'hot_plate', 'id')).toEqual(['p1']);
  expect(idsIn(db, 'hot_plate_log', 'seq')).toEqual([7]);
  expect(idsIn(db, 'hold', 'case_number')).toEqual(['26-0042']);
  expect(idsIn(db, 'report_state', 'state')).toEqual(['taken']);
  expect(idsIn(db, 'canvass', 'id')).toEqual(['c1']);
  expect(idsIn(db, 'court_order', 'id')).toEqual(['o1']);
  expect(idsIn(db, 'suspended_place', 'latitude')).toEqual([38.1]);
  expect(idsIn(db, 'release_request', 'id')).toEqual(['r1']);
  expect(idsIn(db, 'notice_read', 'name')).toEqual(['Moss']);
  // Nothing is told again, the public figures of past months stay, and the audit log hears of a purge that broke off.
  expect(idsIn(db, 'notice_source', 'through_ms')).toEqual([5]);
  expect(idsIn(db, 'gone_month', 'detections')).toEqual([90]);
  expect(idsIn(db, 'purge_run', 'id')).toEqual(['u1']);
  expect(idsIn(db, 'verification_elsewhere', 'hit_id')).toEqual(['h9']);
  expect(idsIn(db, 'audit_forward', 'seq')).toEqual([4]);
  // The image's message stays with the image; the counts of what waits are those of what came.
  expect(idsIn(db, 'outbox', 'id')).toEqual(['m1']);
  expect(db.prepare('SELECT lane, rows FROM backlog WHERE rows > 0').all()).toEqual([
    { lane: 0, rows: 1 },
  ]);
  expect(idsIn(db, 'detection', 'id')).toEqual([]);
  expect(idsIn(db, 'case_detection', 'detection_id')).toEqual([]);
  // The next message is behind those that came over.
  db.exec(
    "INSERT INTO outbox (id, lane, topic, json, created_at_ms) VALUES ('m3', 0, 't', '{}', 1)",
  );
  expect(
    Number(db.prepare("SELECT seq FROM outbox WHERE id = 'm3'").pluck().get()),
  ).toBeGreaterThan(11);
  db.close();
});

test.each(['hot_plate', 'hold', 'outbox'])(
  'when the page of %s is damaged, the others come all the same',
  (table) => {
    const path = filledDatabase();
    spoil(path, { root: table });
    const db = openUnitDatabase(temporaryFolder());
    const { cut } = takeOverRows(path, db);
    expect(cut).toContain(table);
    for (const [other, id] of [
      ['hot_plate', 'id'],
      ['hold', 'id'],
      ['outbox', 'id'],
      ['canvass', 'id'],
    ] as const) {
      expect(idsIn(db, other, id)).toHaveLength(other === table ? 0 : 1);
    }
    db.close();
  },
);

test('of a file that is no database nothing comes over, and every table is named', () => {
  const path = filledDatabase();
  spoil(path, 0);
  const db = openUnitDatabase(temporaryFolder());
  const { rows: taken, cut } = takeOverRows(path, db);
  expect(taken).toBe(0);
  expect(cut).toEqual(expect.arrayContaining(['hot_plate', 'hold', 'outbox', 'notice_read']));
  db.close();
});

test('every table of lookout.db is taken over, or left behind for a reason', () => {
  const db = openUnitDatabase(temporaryFolder());
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all();
  expect([...takenOver, ...Object.keys(leftBehind)].sort()).toEqual(tables);
  db.close();
});
