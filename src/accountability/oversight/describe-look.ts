import type { AuditRecord } from '../audit/audit-record.ts';

/** The subject of a record's look in words: its query, or else its object. */
export function describeLook({ object, query }: AuditRecord): string {
  if (query === null || Object.keys(query).length === 0) return object ?? '–';
  return Object.entries(query)
    .filter(([, value]) => value !== false && value !== 'any')
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
