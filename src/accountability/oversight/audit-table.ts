import type { Cell } from '../../platform/csv.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Table } from '../../platform/table-file.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import { toldRecord } from './told-record.ts';

const header = [
  'seq',
  'at',
  'category',
  'operation',
  'deed',
  'outcome',
  'username',
  'name',
  'role',
  'organisation',
  'from',
  'session',
  'object',
  'query',
  'about',
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

/** One row per record: `deed` is `operation` in words, `about` are `object` and `query` in words. */
export function auditTable(records: readonly AuditRecord[]): Table {
  return {
    header,
    rows: records.map((record): Cell[] => {
      const { who, inquiry } = record;
      const { deed, about } = toldRecord(record);
      return [
        ...[
          record.seq,
          localTime(record.at),
          record.category,
          record.operation,
          deed,
          record.outcome,
        ],
        ...[who.username, who.name, who.role, who.organisation, record.from, record.session],
        record.object,
        record.query === null ? null : JSON.stringify(record.query),
        about,
        record.results,
        ...[inquiry?.purpose, inquiry?.caseNumber, inquiry?.incidentNumber, inquiry?.reason],
        ...[inquiry?.id, record.note, record.agency, record.unit, record.previous, record.hash],
      ];
    }),
  };
}
