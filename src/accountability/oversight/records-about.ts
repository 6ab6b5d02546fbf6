import { allRecords } from '../audit/all-records.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuditRecord } from '../audit/audit-record.ts';

/**
 * Every record that names one of these ids as its object or in its query, oldest first: the audit extract of an
 * evidence package. Reads the whole log, one page per turn of the event loop.
 */
export async function recordsAbout(log: AuditLog, ids: readonly string[]): Promise<AuditRecord[]> {
  const wanted = new Set(ids);
  const found: AuditRecord[] = [];
  for await (const record of allRecords(log, {})) {
    const named = `${record.object ?? ''} ${JSON.stringify(record.query)}`.match(uuids) ?? [];
    if (named.some((id) => wanted.has(id))) found.push(record);
  }
  return found;
}

const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
