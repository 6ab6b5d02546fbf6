import { allRecords } from '../audit/all-records.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { WholeLog } from '../audit/whole-log.ts';

/**
 * Every record that names one of these ids as its object or in its query, oldest first: the audit extract of an
 * evidence package. Reads the whole own log, one page per turn of the event loop; records of units are found by an index.
 */
export async function recordsAbout(
  log: AuditLog,
  whole: Pick<WholeLog, 'aboutInUnits'>,
  ids: readonly string[],
): Promise<AuditRecord[]> {
  const wanted = new Set(ids);
  const found: AuditRecord[] = [];
  for await (const record of allRecords(log, {})) {
    const named = `${record.object ?? ''} ${JSON.stringify(record.query)}`.match(uuids) ?? [];
    if (named.some((id) => wanted.has(id))) found.push(record);
  }
  const theirs = await whole.aboutInUnits(ids);
  if (theirs.length === 0) return found;
  return [...found, ...theirs].sort((one, other) => (one.at < other.at ? -1 : 1));
}

const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
