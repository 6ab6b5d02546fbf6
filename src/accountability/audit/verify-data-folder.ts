import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import type { AuditVerification } from './audit-verification.ts';
import type { AuditUnit, Head } from './chain.ts';
import { lastForwarded } from './forward.ts';
import { verifyAudit } from './verify.ts';

/**
 * Verifies the log of a data folder, of a running unit or of a seized disk, against its anchor and what
 * `lookout.db` says was handed on. Changes nothing there.
 */
export function verifyDataFolder(dataDir: string, unit: AuditUnit | null): AuditVerification {
  return verifyAudit({ dataDir, unit, forwarded: forwardedOf(dataDir) });
}

/** Null too when `lookout.db` is missing or cannot be read: the log itself may still be whole. */
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
