import { type CsvCell, csvText } from '../../platform/csv.ts';
import { localTime } from '../../platform/local-time.ts';
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

/** One line per record, safe to open in a spreadsheet. */
export function auditCsv(records: readonly AuditRecord[]): Promise<string> {
  return csvText(
    header,
    records.map((record): CsvCell[] => {
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
  );
}
