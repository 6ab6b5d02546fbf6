import { localTime, namedSpan } from '../../platform/local-time.ts';
import type { AuditCategory, AuditRecord } from '../audit/audit-record.ts';
import type { WholeVerification } from '../audit/audit-verification.ts';
import type { WholeLog } from '../audit/whole-log.ts';
import { roleWords } from '../gate/permissions.ts';
import { type Tenure, tenureWords } from '../officials/official.ts';
import { createActivity, type PersonActivity, type UnusualActivity } from './activity.ts';
import type { AgencyRequests } from './agency-requests.ts';
import type { DataError } from './data-errors.ts';
import { markdownTable, markdownText } from './markdown.ts';
import { coveredLogs, dataErrorsText, unitLogsText } from './memo.ts';
import type { Period } from './period.ts';
import { createQueryPurposes, type PurposeCount } from './query-purposes.ts';

/** Numbers of records of one category, by outcome. */
export type CategoryCount = { category: AuditCategory } & Record<AuditRecord['outcome'], number>;

/** Activity in a period (AUD-7, AUD-8). */
export interface AuditReport extends Period {
  agency: string;
  unit: string;
  /** Time zone of the night hours. */
  zone: string;
  /** Who oversaw the operation in the period, oldest first. */
  overseers: Tenure[];
  records: number;
  categories: CategoryCount[];
  people: PersonActivity[];
  unusual: UnusualActivity[];
  dataErrors: DataError[];
  /** Purposes of queries, by person and category. */
  purposes: PurposeCount[];
  requests: AgencyRequests;
  /** Whether the log verifies, and the number of findings. */
  verification: Pick<WholeVerification, 'sound' | 'records' | 'head' | 'units'> & {
    findings: number;
  };
}

/** Reads the records of a period and reports on them. */
export async function reportAudit(input: {
  log: Pick<WholeLog, 'all'>;
  period: Period;
  zone: string;
  unit: { agency: string; id: string };
  overseers: Tenure[];
  verification: WholeVerification;
  dataErrors: DataError[];
  /** Those of the policy in force. */
  purposes: readonly string[];
  requests: AgencyRequests;
}): Promise<AuditReport> {
  const { log, period, zone, unit, overseers, verification, dataErrors } = input;
  const activity = createActivity(zone, unit.id);
  const purposes = createQueryPurposes(input.purposes);
  const categories = new Map<AuditCategory, CategoryCount>();
  let records = 0;
  for await (const record of log.all(period)) {
    records += 1;
    const { category, outcome } = record;
    const count = categories.get(category) ?? {
      category,
      done: 0,
      started: 0,
      refused: 0,
      failed: 0,
    };
    count[outcome] += 1;
    categories.set(category, count);
    activity.add(record);
    purposes.add(record);
  }
  const { sound, head, findings, more, units } = verification;
  return {
    ...period,
    agency: unit.agency,
    unit: unit.id,
    zone,
    overseers,
    records,
    categories: [...categories.values()].sort((a, b) => (a.category < b.category ? -1 : 1)),
    people: activity.people(),
    unusual: activity.unusual(),
    dataErrors,
    purposes: purposes.counts(),
    requests: input.requests,
    verification: {
      ...{ sound, head, units },
      ...{ records: verification.records, findings: findings.length + more },
    },
  };
}

/** The report in Markdown, for the Chief. */
export function reportText(report: AuditReport): string {
  const { verification, overseers } = report;
  const none = 'None.';
  return [
    '# ALPR audit report',
    '',
    `- Unit: ${report.agency}/${report.unit}`,
    `- Covers: ${coveredLogs(report.unit, verification.units)}`,
    `- Period: ${namedSpan(report.from, report.to).text}`,
    `- ALPR oversight: ${markdownText(tenureWords(overseers))}`,
    `- Records: ${report.records}`,
    `- Log: ${verification.sound ? 'verified' : '**does not verify**'}, ${verification.findings} findings, ` +
      `${verification.records} records in all, newest ${verification.head?.seq ?? 0}`,
    ...unitLogsText(verification.units),
    '',
    '## By category',
    '',
    markdownTable(
      ['category', 'done', 'refused', 'failed'],
      report.categories.map((each) => [
        each.category,
        ...[each.done, each.refused, each.failed].map(String),
      ]),
    ),
    '',
    '## By person',
    '',
    markdownTable(
      [
        'username',
        'name',
        'role',
        'logins',
        'looks',
        'plates',
        'images',
        'exports',
        'changes',
        'refused',
      ],
      report.people.map((each) => [
        each.username,
        each.name,
        each.role === null ? '–' : roleWords(each.role),
        ...[each.logins, each.looks, each.plates, each.images, each.exports].map(String),
        ...[each.changes, each.refused].map(String),
      ]),
    ),
    '',
    '## Purposes of queries',
    '',
    purposesText(report.purposes),
    '',
    '## Requests of other agencies',
    '',
    requestsText(report.requests),
    '',
    '## Unusual activity',
    '',
    `Nights are those of ${report.zone}. An entry here is a question to ask, not a finding.`,
    '',
    report.unusual.length === 0
      ? none
      : markdownTable(
          ['who', 'what', 'in words', 'records'],
          report.unusual.map(({ username, kind, text, records, count }) => [
            username,
            kind,
            text,
            `${records.join(', ')}${count > records.length ? ' …' : ''}`,
          ]),
        ),
    '',
    '## Data errors found',
    '',
    dataErrorsText(report.dataErrors),
    '',
  ].join('\n');
}

function purposesText(purposes: readonly PurposeCount[]): string {
  if (purposes.length === 0) return 'Nobody looked at data that needs a purpose.';
  const foreign = purposes.filter(({ inPolicy }) => !inPolicy).length;
  return [
    `${foreign === 0 ? 'The policy in force names every purpose.' : `${foreign} rows state a purpose that the policy in force does not name.`} ` +
      'Whether a purpose was true is not to be seen from the log.',
    '',
    markdownTable(
      [
        'who',
        'name',
        'purpose',
        'category',
        'looks',
        'inquiries',
        'with a number',
        'in the policy',
      ],
      purposes.map((each) => [
        each.username,
        each.name,
        each.purpose.replaceAll('_', ' '),
        each.category,
        ...[each.looks, each.inquiries, each.numbered].map(String),
        each.inPolicy ? 'yes' : 'NO',
      ]),
    ),
  ].join('\n');
}

function requestsText({
  made,
  approved,
  refused,
  withdrawn,
  waiting,
  packages,
  requests,
}: AgencyRequests): string {
  const takenBack = withdrawn === 0 ? '' : `${withdrawn} withdrawn after approval, `;
  const counts = `${made} made, ${approved} approved, ${refused} refused, ${takenBack}${waiting} waiting; ${packages} packages released.`;
  if (requests.length === 0) return counts;
  return [
    counts,
    '',
    markdownTable(
      ['no.', 'made', 'agency', 'person', 'purpose', 'state', 'decided by', 'packages'],
      requests.map((each) => [
        each.number,
        localTime(each.at),
        each.agency,
        each.person,
        each.purpose,
        each.state,
        each.decidedBy ?? '–',
        String(each.packages),
      ]),
    ),
  ].join('\n');
}
