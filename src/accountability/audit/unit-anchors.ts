import { join } from 'node:path';
import type { AuditRecord } from './audit-record.ts';
import { withReader } from './log-reader.ts';
import type { UnitAnchor } from './unit-records.ts';

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
export function anchorsIn(dataDir: string): UnitAnchor[] {
  try {
    return withReader(join(dataDir, 'audit.db'), (db) =>
      db
        .prepare<[], string>(
          "SELECT body FROM record WHERE operation = 'units.anchor-log' ORDER BY seq",
        )
        .pluck()
        .all()
        .flatMap((body) => anchorOf(JSON.parse(body) as AuditRecord) ?? []),
    );
  } catch {
    return [];
  }
}
