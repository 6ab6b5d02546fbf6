import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { peopleMigrations } from '../src/accountability/access/tables.ts';
import { auditForwardMigrations, auditMigrations } from '../src/accountability/audit/tables.ts';
import { hotPlatesMigrations } from '../src/accountability/hotplates/tables.ts';
import { releaseMigrations } from '../src/accountability/releases/tables.ts';
import { retentionMigrations } from '../src/accountability/retention/tables.ts';
import { heartbeatMigrations } from '../src/accountability/tables.ts';
import { verificationMigrations } from '../src/accountability/verification/tables.ts';
import { hotlistMigrations } from '../src/hotlist/tables.ts';
import { outboxMigrations } from '../src/outbox/tables.ts';
import { type Database, type Migration, openDatabase } from '../src/platform/database.ts';
import { recordsMigrations } from '../src/records/tables.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const databases = {
  'lookout.db': [
    ...outboxMigrations,
    ...recordsMigrations,
    ...heartbeatMigrations,
    ...auditForwardMigrations,
    ...retentionMigrations,
    ...releaseMigrations,
    ...verificationMigrations,
    ...hotPlatesMigrations,
  ],
  'people.db': peopleMigrations,
  'audit.db': auditMigrations,
  'hotlist.db': hotlistMigrations,
};
const isRename = ({ id }: Migration) => id.endsWith('-table-names');

/** A database as it was before its tables had the names of today, filled by these statements, and then opened now. */
function updated(name: keyof typeof databases, fill: string): Database {
  const path = join(temporaryFolder(), name);
  const old = openDatabase(
    path,
    databases[name].filter((step) => !isRename(step)),
  );
  old.exec(fill);
  old.close();
  const db = openDatabase(path, databases[name]);
  onTestFinished(() => void db.close());
  return db;
}
const all = (db: Database, sql: string) => db.prepare(sql).raw().all();

test.each(Object.entries(databases))('everything in %s has a name in snake_case', (name, steps) => {
  const db = openDatabase(join(temporaryFolder(), name), steps);
  const names = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .pluck()
    .all();
  db.close();
  expect(names.length).toBeGreaterThan(3);
  expect(names.filter((each) => !/^[a-z]+(_[a-z]+)*$/.test(each))).toEqual([]);
});

describe('an older database keeps its rows under the new names', () => {
  test('failed logins of people.db', () => {
    const db = updated('people.db', "INSERT INTO failedLogin VALUES (x'01', 5), (x'02', 6)");
    expect(all(db, 'SELECT atMs FROM failed_login ORDER BY atMs')).toEqual([[5], [6]]);
  });

  test('the switches of lists', () => {
    const db = updated(
      'hotlist.db',
      `INSERT INTO listChoice VALUES ('svs', 0, 'moss', 7);
       INSERT INTO generation (listId, state, asOfMs, importedAtMs, maxAgeH, sha256, records, entries)
         VALUES ('svs', 'active', 1, 1, 24, '', 1, 1)`,
    );
    expect(all(db, 'SELECT * FROM list_choice')).toEqual([['svs', 0, 'moss', 7]]);
    const again = `INSERT INTO generation (listId, state, asOfMs, importedAtMs, maxAgeH, sha256, records, entries)
      SELECT listId, state, asOfMs, importedAtMs, maxAgeH, sha256, records, entries FROM generation`;
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
});
