import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { peopleMigrations } from '../src/accountability/access/tables.ts';
import { auditMigrations } from '../src/accountability/audit/tables.ts';
import { unitMigrations } from '../src/accountability/unit-database.ts';
import { hotlistMigrations } from '../src/hotlist/tables.ts';
import { type Database, type Migration, openDatabase } from '../src/platform/database.ts';
import { olderMayUse } from '../src/platform/schema-steps.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const databases = {
  'lookout.db': unitMigrations,
  'people.db': peopleMigrations,
  'audit.db': auditMigrations,
  'hotlist.db': hotlistMigrations,
};
/** Names that stay: a copy of an audit log of any age must be verified as it is, without being changed. */
const asTheyWere: Record<string, string[]> = {
  'audit.db': ['checkpoint.upTo', 'checkpoint.decidedIn'],
};
const isRename = ({ id }: Migration) => /-(table|column)-names$/.test(id);

/** A database as it was before its tables had the names of today, filled by these statements, and then opened now. */
function updated(name: keyof typeof databases, fill: string): Database {
  const path = join(temporaryFolder(), name);
  const steps = databases[name];
  const before = steps.slice(0, steps.findLastIndex(isRename)).filter((step) => !isRename(step));
  const old = openDatabase(path, before);
  old.exec(fill);
  old.close();
  const db = openDatabase(path, steps);
  onTestFinished(() => void db.close());
  return db;
}
const all = (db: Database, sql: string) => db.prepare(sql).raw().all();

test.each(Object.entries(databases))('everything in %s has a name in snake_case', (name, steps) => {
  const db = openDatabase(join(temporaryFolder(), name), steps);
  const names = db
    .prepare<[], string>(
      `SELECT schema.name || coalesce('.' || columns.name, '') FROM sqlite_schema AS schema
       LEFT JOIN pragma_table_xinfo(schema.name) AS columns
       WHERE schema.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .pluck()
    .all();
  db.close();
  expect(names.length).toBeGreaterThan(20);
  const odd = names.filter((each) => !/^[a-z]+(_[a-z]+)*(\.[a-z]+\d*(_[a-z]+\d*)*)?$/.test(each));
  expect(odd).toEqual(['migration.ranAt', ...(asTheyWere[name] ?? [])]);
});

describe('an older database keeps its rows under the new names', () => {
  test('failed logins of people.db', () => {
    const db = updated('people.db', "INSERT INTO failedLogin VALUES (x'01', 5), (x'02', 6)");
    expect(all(db, 'SELECT at_ms FROM failed_login ORDER BY at_ms')).toEqual([[5], [6]]);
  });

  test('the switches of lists', () => {
    const db = updated(
      'hotlist.db',
      `INSERT INTO listChoice VALUES ('svs', 0, 'moss', 7);
       INSERT INTO generation (listId, state, asOfMs, importedAtMs, maxAgeH, sha256, records, entries)
         VALUES ('svs', 'active', 1, 1, 24, '', 1, 1)`,
    );
    expect(all(db, 'SELECT * FROM list_choice')).toEqual([['svs', 0, 'moss', 7]]);
    const columns = 'list_id, state, as_of_ms, imported_at_ms, max_age_h, sha256, records, entries';
    const again = `INSERT INTO generation (${columns}) SELECT ${columns} FROM generation`;
    expect(() => db.exec(again)).toThrow(/UNIQUE/);
  });

  test('up to where the audit log was handed on', () => {
    const db = updated('lookout.db', "INSERT INTO auditForward VALUES ('log', 41, 'hash', 3)");
    expect(all(db, 'SELECT * FROM audit_forward')).toEqual([['log', 41, 'hash', 3]]);
  });

  test('hot plates, their log, which still only grows, and the count of their changes', () => {
    const db = updated(
      'lookout.db',
      `INSERT INTO hotPlate VALUES ('h', 'active', 'moss', 9, '{}');
       INSERT INTO hotPlateLog (hotPlate, at, kind) VALUES ('h', '2026-03-01T00:00:00Z', 'entered')`,
    );
    const revision = () => all(db, 'SELECT number FROM hot_plate_revision');
    expect(all(db, 'SELECT * FROM hot_plate')).toEqual([['h', 'active', 'moss', 9, '{}']]);
    expect(all(db, 'SELECT seq, hot_plate, kind FROM hot_plate_log')).toEqual([
      [1, 'h', 'entered'],
    ]);
    expect(revision()).toEqual([[1]]);
    db.exec("UPDATE hot_plate SET state = 'expired'");
    expect(revision()).toEqual([[2]]);
    db.exec("INSERT INTO hot_plate VALUES ('i', 'draft', 'moss', NULL, '{}')");
    db.exec("DELETE FROM hot_plate WHERE id = 'i'");
    expect(revision()).toEqual([[4]]);
    expect(() => db.exec("UPDATE hot_plate_log SET note = 'x'")).toThrow(/is not changed/);
    expect(() => db.exec('DELETE FROM hot_plate_log')).toThrow(/is not deleted/);
    db.exec("INSERT INTO hot_plate_log (hot_plate, at, kind) VALUES ('h', 'now', 'left')");
    expect(all(db, 'SELECT max(seq) FROM hot_plate_log')).toEqual([[2]]);
  });

  test('detections, hits and images, with what is counted and kept up beside them', () => {
    const db = updated(
      'lookout.db',
      `INSERT INTO detection (id, head, firstSeenMs, lastSeenMs, plate, closed, body)
         VALUES ('d', 'front', 1, 2, '8ABC123', 1, '{}');
       INSERT INTO hit VALUES ('h', 'd', 1, 'raised', 5, 'svs', 'svs-1', '{}');
       INSERT INTO image (id, detectionId, kind, takenAtMs, bytes, sourceSha256, ref)
         VALUES ('i', 'd', 'plate', 3, 100, 'ab', '{}'), ('j', 'd', 'ir', 4, 200, 'cd', '{}');
       INSERT INTO verification_step VALUES ('s', 'h', 'visual', 6, 7, '{}');
       INSERT INTO case_detection VALUES ('26-1', 'd')`,
    );
    expect(all(db, 'SELECT id, first_seen_ms, last_seen_ms FROM detection')).toEqual([['d', 1, 2]]);
    expect(all(db, 'SELECT * FROM detection_summary')).toEqual([['d', 'front', null, 2, 1, 0]]);
    expect(all(db, 'SELECT * FROM hit_summary')).toEqual([['h', 'd', 'raised', 5, null, null]]);
    expect(all(db, 'SELECT taken_at_ms, source_sha256 FROM image ORDER BY id')).toEqual([
      [3, 'ab'],
      [4, 'cd'],
    ]);
    expect(all(db, 'SELECT hit_id, at_ms, recorded_at_ms FROM verification_step')).toEqual([
      ['h', 6, 7],
    ]);
    expect(all(db, 'SELECT case_number, detection_id FROM case_detection')).toEqual([
      ['26-1', 'd'],
    ]);
    const room = () => all(db, 'SELECT files, bytes, shed, shed_unsent FROM image_room');
    expect(room()).toEqual([[2, 300, 0, 0]]);
    db.exec("UPDATE image SET shed_at_ms = 9, shed_unsent = 1 WHERE id = 'j'");
    expect(room()).toEqual([[1, 100, 1, 1]]);
    const open = () => all(db, 'SELECT hit_id, changed_at_ms FROM verification_open');
    expect(open()).toEqual([['h', 5]]);
    db.exec("UPDATE hit SET changed_at_ms = 8, revision = 2 WHERE id = 'h'");
    expect(open()).toEqual([['h', 8]]);
    db.exec(
      "INSERT INTO verification_step (id, hit_id, kind, at_ms, recorded_at_ms, body) VALUES ('t', 'h', 'disposition', 9, 9, '{}')",
    );
    expect(open()).toEqual([]);
  });
});

/** Steps of before the first release: no unit goes back to what was before them. */
const ofTheBeginning =
  /^(?:access-[1-3]|hotlist-[1-5]|hotplates-[12]|outbox-[123]|records-[1-7]|releases-[23]|canvass-1|retention-2|uplink-[2-4]|verification-[23]|daemon-[12]|audit-[12]|auditForward-2)(?:-|$)/;

test('each later step leaves the way back to the release before it', () => {
  const closing = Object.values(databases).flatMap((steps) =>
    steps.filter((step) => !olderMayUse(step)).map(({ id }) => id),
  );
  expect(closing.filter((id) => !ofTheBeginning.test(id))).toEqual([]);
});
