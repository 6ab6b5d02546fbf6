import { join } from 'node:path';
import { outboxMigrations } from '../outbox/outbox.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { recordsMigrations } from '../records/records.ts';
import { auditForwardMigrations } from './audit/forward.ts';
import { hotPlatesMigrations } from './hotplates/tables.ts';
import { releaseMigrations } from './releases/tables.ts';
import { retentionMigrations } from './retention/tables.ts';
import { verificationMigrations } from './verification/verification.ts';

const heartbeatMigration = {
  id: 'daemon-1-heartbeat',
  sql: `CREATE TABLE heartbeat (beatAt TEXT NOT NULL) STRICT;
        INSERT INTO heartbeat VALUES ('');`,
};

/** Opens `lookout.db`, which several rooms share so that what belongs together is one transaction. */
export function openUnitDatabase(dataDir: string): Database {
  const migrations = [
    ...outboxMigrations,
    ...recordsMigrations,
    heartbeatMigration,
    ...auditForwardMigrations,
    ...retentionMigrations,
    ...releaseMigrations,
    ...verificationMigrations,
    ...hotPlatesMigrations,
  ];
  return openDatabase(join(dataDir, 'lookout.db'), migrations, { erasing: true });
}
