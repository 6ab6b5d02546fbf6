import { existsSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { Problem } from '../../platform/problem.ts';
import type { AuditUnit } from './audit-record.ts';
import type { AuditVerification } from './audit-verification.ts';
import type { Head } from './chain.ts';
import { lastForwarded } from './forward.ts';
import { verifyAudit } from './verify.ts';

/** None of these is made before the log is, or outlasts it on a sound unit. */
const partsOfUnit = [
  'audit.db',
  'audit.anchor',
  'audit.key',
  'people.db',
  'people.key',
  'lookout.db',
];

/**
 * Verifies the log of a data folder, from a running unit or a seized disk, against its anchor and the position that
 * `lookout.db` recorded as forwarded. Changes nothing there. Throws a Problem if no unit has run there yet; where
 * anything of one is left, a log that is gone is a finding.
 */
export function verifyDataFolder(dataDir: string, unit: AuditUnit | null): AuditVerification {
  if (!partsOfUnit.some((name) => existsSync(join(dataDir, name)))) {
    throw new Problem(`there is no audit log yet in ${dataDir}; is this the unit's unit.dataDir?`);
  }
  return verifyAudit({ dataDir, unit, forwarded: forwardedOf(dataDir) });
}

/** Also null if `lookout.db` is missing or unreadable: the log itself may still be intact. */
function forwardedOf(dataDir: string): (Head & { log: string }) | null {
  try {
    const db = new SQLite(join(dataDir, 'lookout.db'), { readonly: true, fileMustExist: true });
    try {
      return lastForwarded(db);
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}
