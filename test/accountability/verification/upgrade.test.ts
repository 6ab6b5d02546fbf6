import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unitMigrations } from '../../../src/accountability/unit-database.ts';
import { verificationMigrations } from '../../../src/accountability/verification/tables.ts';
import { openDatabase } from '../../../src/platform/database.ts';
import { recordsMigrations, recordsNameMigrations } from '../../../src/records/tables.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('unclosed hits of an older version are open after an update', () => {
  const path = join(temporaryFolder(), 'lookout.db');
  const before = [
    ...recordsMigrations.filter(({ id }) => id !== 'records-6-summaries'),
    ...verificationMigrations.filter(({ id }) => id === 'verification-1-steps'),
  ];
  const old = openDatabase(path, before);
  old.exec(`
    INSERT INTO detection (id, head, firstSeenMs, lastSeenMs, closed, body)
      VALUES ('seen', 'front', 1, 2, 1, '{}');
    INSERT INTO hit (id, detectionId, revision, state, changedAtMs, listId, entryId, body) VALUES
      ('open', 'seen', 1, 'raised', 5, 'l', 'e', '{}'),
      ('withdrawn', 'seen', 2, 'withdrawn', 6, 'l', 'e', '{}'),
      ('repeated', 'seen', 1, 'raised', 7, 'l', 'e', '{"repeatOf":"open"}'),
      ('closed', 'seen', 1, 'raised', 8, 'l', 'e', '{}');
    INSERT INTO verification_step VALUES ('step', 'closed', 'disposition', 9, 9, '{}');
  `);
  old.close();

  const updated = openDatabase(path, [
    ...recordsMigrations,
    ...verificationMigrations,
    ...recordsNameMigrations,
  ]);
  const open = updated.prepare('SELECT * FROM verification_open').all();
  updated.close();
  expect(open).toEqual([{ hit_id: 'open', changed_at_ms: 5 }]);
});

test('a hit that was closed by a clock that was set back since stays as it was after an update', () => {
  const path = join(temporaryFolder(), 'lookout.db');
  const older = unitMigrations.filter(({ id }) => id !== 'verification-8-exchanged');
  const old = openDatabase(path, older);
  old.exec(`
    INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, closed, body)
      VALUES ('seen', 'front', 1, 2, 1, '{}');
    INSERT INTO hit (id, detection_id, revision, state, changed_at_ms, list_id, entry_id, body) VALUES
      ('again', 'seen', 1, 'raised', 5, 'l', 'e', '{}'),
      ('closed', 'seen', 1, 'raised', 6, 'l', 'e', '{}');
    INSERT INTO verification_step (id, hit_id, kind, at_ms, recorded_at_ms, body) VALUES
      ('a', 'again', 'disposition', 900, 900, '{}'), ('b', 'again', 'reopened', 100, 100, '{}'),
      ('c', 'closed', 'disposition', 900, 900, '{}'), ('d', 'closed', 'reopened', 100, 100, '{}'),
      ('e', 'closed', 'disposition', 50, 50, '{"outcome":"misread_state"}');
  `);
  old.close();
  const updated = openDatabase(path, unitMigrations);
  const steps = updated
    .prepare('SELECT id, order_ms FROM verification_step ORDER BY id')
    .raw()
    .all();
  // Another change of the hits asks the views again.
  updated.exec('UPDATE hit SET changed_at_ms = 7');
  const open = updated.prepare('SELECT hit_id FROM verification_open').pluck().all();
  const errors = updated.prepare('SELECT hit_id FROM verification_error').pluck().all();
  updated.close();
  expect(steps).toEqual([
    ['a', null],
    ['b', 901],
    ['c', null],
    ['d', 901],
    ['e', 902],
  ]);
  expect(open).toEqual(['again']);
  expect(errors).toEqual(['closed']);
});
