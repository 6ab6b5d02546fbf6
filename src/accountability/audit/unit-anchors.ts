import { join } from 'node:path';
import type { AuditRecord } from './audit-record.ts';
import type { Deed } from './deeds.ts';
import { withReader } from './log-reader.ts';
import type { UnitAnchor, UnitClaims } from './unit-records.ts';

/** What a record of headquarters' log says of the log of a unit; null if it says nothing of one. */
export function anchorOf({
  object,
  query,
}: Pick<AuditRecord, 'object' | 'query'>): UnitAnchor | null {
  const unit = /^unit (.+)$/.exec(object ?? '')?.[1];
  const { seq, hash } = query ?? {};
  if (unit === undefined || typeof seq !== 'number' || typeof hash !== 'string') return null;
  return { unit, seq, hash };
}

/** What the log of a data folder says of the logs of units, without changing it; nothing where it cannot be read. */
export function claimsIn(dataDir: string): UnitClaims {
  try {
    return withReader(join(dataDir, 'audit.db'), (db) => {
      const found = db
        .prepare<[Deed], string>('SELECT body FROM record WHERE operation = ? ORDER BY seq')
        .pluck();
      const anchors = (operation: Deed) =>
        found.all(operation).flatMap((body) => anchorOf(JSON.parse(body) as AuditRecord) ?? []);
      return { anchors: anchors('units.anchor-log'), purged: anchors('units.purge-log') };
    });
  } catch {
    return { anchors: [], purged: [] };
  }
}
