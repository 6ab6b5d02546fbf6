import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import type { AuditVerification } from './audit-verification.ts';
import type { AuditUnit, Head } from './chain.ts';
import { lastForwarded } from './forward.ts';
import { verifyAudit } from './verify.ts';

/**
 * Verifies the log of a data folder, from a running unit or a seized disk, against its anchor and the position that
 * `lookout.db` recorded as forwarded. Changes nothing there.
 */
export function verifyDataFolder(dataDir: string, unit: AuditUnit | null): AuditVerification {
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
