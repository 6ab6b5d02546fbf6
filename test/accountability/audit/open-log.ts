import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { openAuditLog } from '../../../src/accountability/audit/audit-log.ts';
import type { AuditEntry, AuditUnit } from '../../../src/accountability/audit/audit-record.ts';
import type { Clock } from '../../../src/platform/clock.ts';
import type { Database } from '../../../src/platform/database.ts';
import { unit } from './unit.ts';

export { unit };

/** A real log on a folder, closed when the test ends. */
export function openLog(
  dataDir: string,
  options: { clock?: Clock; unit?: AuditUnit; patienceMs?: number } = {},
) {
  const log = openAuditLog({ dataDir, unit, ...options });
  onTestFinished(() => log.close());
  return log;
}

/** A search by a detective, as the gate writes it. */
export function sampleEntry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    category: 'Detection Browsing',
    operation: 'detections.search',
    outcome: 'done',
    who: {
      account: '019aa9a1-0000-7000-8000-000000000001',
      username: 'doe',
      name: 'J. Doe',
      role: 'detective',
      organisation: 'test-pd',
    },
    from: 'page 127.0.0.1',
    session: null,
    object: null,
    query: { plate: '8ABC123' },
    results: 3,
    inquiry: {
      id: '019aa9a1-0000-7000-8000-0000000000aa',
      purpose: 'investigation',
      caseNumber: '26-0042',
      incidentNumber: null,
      reason: 'Witness named the vehicle',
    },
    note: null,
    ...changes,
  };
}

/** Opens the file as a thief would, with no regard for triggers. */
export function tamper(dataDir: string, ...statements: string[]): void {
  const db = openRaw(dataDir);
  const triggers = db
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
    )
    .all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  for (const statement of statements) db.exec(statement);
  for (const { sql } of triggers) db.exec(sql);
  db.close();
}

export function openRaw(dataDir: string): Database {
  const db = new SQLite(join(dataDir, 'audit.db'));
  db.pragma('busy_timeout = 1000');
  return db;
}
