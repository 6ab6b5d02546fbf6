import { join } from 'node:path';
import { expect, test } from 'vitest';
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
