import type { Cell } from '../../platform/csv.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Table } from '../../platform/table-file.ts';
import type { AuditRecord } from '../audit/audit-record.ts';

const header = [
  'seq',
  'at',
  'category',
  'operation',
  'outcome',
  'username',
  'name',
  'role',
  'organisation',
  'from',
  'session',
  'object',
  'query',
  'results',
  'purpose',
  'case_number',
  'incident_number',
  'reason',
  'inquiry',
  'note',
  'agency',
  'unit',
  'previous',
  'hash',
] as const;

/** One row per record. */
export function auditTable(records: readonly AuditRecord[]): Table {
  return {
    header,
    rows: records.map((record): Cell[] => {
      const { who, inquiry } = record;
      return [
        ...[record.seq, localTime(record.at), record.category, record.operation, record.outcome],
        ...[who.username, who.name, who.role, who.organisation, record.from, record.session],
        record.object,
        record.query === null ? null : JSON.stringify(record.query),
        record.results,
        ...[inquiry?.purpose, inquiry?.caseNumber, inquiry?.incidentNumber, inquiry?.reason],
        ...[inquiry?.id, record.note, record.agency, record.unit, record.previous, record.hash],
      ];
    }),
  };
}
