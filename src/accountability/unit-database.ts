import { join } from 'node:path';
import { outboxMigrations } from '../outbox/tables.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { recordsMigrations, recordsNameMigrations } from '../records/tables.ts';
import { auditForwardMigrations } from './audit/tables.ts';
import { hotPlatesMigrations } from './hotplates/tables.ts';
import { releaseMigrations } from './releases/tables.ts';
import { retentionMigrations } from './retention/tables.ts';
import { heartbeatMigrations } from './tables.ts';
import { verificationMigrations } from './verification/tables.ts';

/** Opens `lookout.db`, which several rooms share so that related changes are one transaction. */
export function openUnitDatabase(dataDir: string): Database {
  // The order is that of the releases. A new list goes to the end: see CONTRIBUTING.md, "a table".
  const migrations = [
    ...outboxMigrations,
    ...recordsMigrations,
    ...heartbeatMigrations,
    ...auditForwardMigrations,
    ...retentionMigrations,
    ...releaseMigrations,
    ...verificationMigrations,
    ...hotPlatesMigrations,
    ...recordsNameMigrations,
  ];
  return openDatabase(join(dataDir, 'lookout.db'), migrations, { erasing: true });
}
