import { localTime, namedSpan } from '../../platform/local-time.ts';
import type { AuditRecord, Inquiry } from '../audit/audit-record.ts';
import type { WholeVerification } from '../audit/audit-verification.ts';
import { deedWords } from '../audit/deeds.ts';
import type { CheckedUnitLog } from '../audit/unit-records.ts';
import { type Tenure, tenureWords } from '../officials/official.ts';
import { aboutWords, objectWords } from './about-words.ts';
import type { DataError } from './data-errors.ts';
import { markdownTable, markdownText } from './markdown.ts';
import type { Memorandum, Verdict } from './memorandum.ts';
import type { AuditSample } from './sample.ts';

/** The contents of a memorandum besides the sample and the verdicts. */
export interface MemoFacts {
  agency: string;
  unit: string;
  /** Who oversaw the operation in the period. */
  overseers: readonly Tenure[];
  /** The profile's requirements for an inquiry, in words. */
  demands: string;
  /** Names of earlier memoranda whose period overlaps this one's. */
  otherDraws: readonly string[];
  dataErrors: readonly DataError[];
  verification: WholeVerification;
}

const verdictWords: Record<Verdict, string> = {
  within_policy: 'within the policy',
  not_within_policy: 'NOT WITHIN THE POLICY',
  to_be_clarified: 'to be clarified',
};

/**
 * The memorandum of an audit to the Chief of Police (V 426.8), in Markdown. What a person reads is in words; numbers of
 * records, names of operations, and ids are in the appendix.
 */
export function memoOf(sample: AuditSample, memorandum: Memorandum, facts: MemoFacts): string {
  return [
    '# Memorandum: audit of ALPR detection browsing',
    '',
    ...headOf(sample, memorandum, facts),
    '',
    '## Result',
    '',
    ...resultOf(sample, memorandum, facts),
    '',
    '## What was looked up',
    '',
    lookedUp(sample),
    '',
    '## Data errors found',
    '',
    dataErrorsText(facts.dataErrors),
    '',
    '## The log itself',
    '',
    logText(facts.verification),
    ...unitLogsText(facts.verification.units),
    '',
    '## How it was drawn',
    '',
    ...methodOf(sample, facts),
    '',
    'Signed by the auditor: ______________________   Date: ____________',
    '',
    'Reviewed by the Chief of Police: ______________________   Date: ____________',
    '',
    '## Appendix: where it stands in the log',
    '',
    ...appendixOf(sample, facts),
    '',
  ].join('\n');
}

function headOf(sample: AuditSample, memorandum: Memorandum, facts: MemoFacts): string[] {
  const { agency, unit, overseers } = facts;
  const { name, drawn, finished, verdicts } = memorandum;
  const judges = new Set(verdicts.map(({ by }) => by));
  const auditors = [drawn.by, ...[...judges].filter((name) => !drawn.by.startsWith(`${name} (`))];
  return [
    '- To: Chief of Police',
    `- From: ${markdownText(auditors.join('; '))}`,
    `- ALPR oversight: ${markdownText(tenureWords(overseers))}`,
    `- Memorandum ${name} of ${agency}, unit ${unit}, drawn ${localTime(drawn.at)} by ${markdownText(drawn.by)}`,
    finished === null
      ? '- **Draft**: verdicts may still be entered and changed.'
      : `- Final: finished ${localTime(finished.at)} by ${markdownText(finished.by)}`,
    `- Covers: ${coveredLogs(unit, facts.verification.units)}`,
    `- Period: ${namedSpan(sample.from, sample.to).text}`,
  ];
}

function methodOf(sample: AuditSample, { demands, otherDraws }: MemoFacts): string[] {
  return [
    `${sample.inquiries.length} of ${sample.population} detection-browsing inquiries by people were drawn at random` +
      `${sample.population < sample.asked ? ` (${sample.asked} were asked for)` : ''}. ` +
      `Seed \`${sample.seed.replaceAll('`', '')}\` (${sample.seedDrawn ? 'drawn by the program' : 'given by the auditor'}). ` +
      'The same seed repeats the draw.',
    ...(otherDraws.length === 0
      ? []
      : [
          '',
          `Of times in this period it was drawn before, in memoranda ${otherDraws.join(', ')}.`,
        ]),
    '',
    `The record of each was held against the policy in force: ${markdownText(demands)}.`,
    'This is done by a program. It does not judge whether a reason is lawful, is true, or fits the case and what was ' +
      'looked up; a complete record may still be misuse. That is for the person who audits: the column "verdict".',
  ];
}

function resultOf(
  sample: AuditSample,
  { verdicts }: Memorandum,
  { verification }: MemoFacts,
): string[] {
  const isWhole = isOfUnits(verification);
  const faulty = sample.inquiries.filter(({ complete }) => !complete).length;
  const counted = (verdict: Verdict) => verdicts.filter((each) => each.verdict === verdict).length;
  return [
    `By the person who audits: ${counted('within_policy')} within the policy, ${counted('not_within_policy')} not within ` +
      `the policy, ${counted('to_be_clarified')} to be clarified, ${sample.inquiries.length - verdicts.length} not judged yet.`,
    '',
    `By the program, of the records alone: ${sample.inquiries.length - faulty} complete, ${faulty} with faults.`,
    '',
    markdownTable(
      [
        ...['no.', 'when', ...(isWhole ? ['unit'] : [])],
        ...['who', 'why', 'looks', 'record', 'verdict'],
      ],
      sample.inquiries.map(({ inquiry, looks, complete, faults, remarks }, at) => {
        const given = verdicts.find((each) => each.inquiry === at + 1);
        return [
          String(at + 1),
          looks[0] ? localTime(looks[0].at) : '–',
          ...(isWhole ? [looks[0]?.unit ?? '–'] : []),
          looks[0] ? personOf(looks[0]) : '–',
          whyOf(inquiry),
          String(looks.length),
          [
            complete ? 'complete' : `FAULT: ${faults.join('; ')}`,
            ...(remarks.length > 0 ? [`read again: ${remarks.join(', ')}`] : []),
          ].join('; '),
          given === undefined
            ? 'not judged yet'
            : `${verdictWords[given.verdict]}: ${given.note} (${given.by})`,
        ];
      }),
    ),
  ];
}

/** "R. Reyes (reyes)" */
const personOf = ({ who: { name, username } }: AuditRecord): string =>
  name === '' || name === username ? username || '–' : `${name} (${username})`;

/** "investigation; case 26-0042; burglary series" */
function whyOf(inquiry: Inquiry | null): string {
  if (inquiry === null) return 'no purpose was stated';
  const { purpose, caseNumber, incidentNumber, reason } = inquiry;
  return [
    purpose.replaceAll('_', ' '),
    ...(caseNumber === null ? [] : [`case ${caseNumber}`]),
    ...(incidentNumber === null ? [] : [`incident ${incidentNumber}`]),
    ...(reason === null ? [] : [reason]),
  ].join('; ');
}

/** What each drawn inquiry looked up, the same look once with how often it was done. */
function lookedUp({ inquiries }: AuditSample): string {
  const rows = inquiries.flatMap(({ looks }, at) => {
    const same = Map.groupBy(looks, (look) => JSON.stringify([look.operation, aboutWords(look)]));
    return [...same.values()].map((times) => {
      const [first] = times;
      const found = times.flatMap(({ results }) => results ?? []);
      return [
        String(at + 1),
        first === undefined ? '–' : deedWords(first.operation),
        (first && aboutWords(first)) || '–',
        String(times.length),
        found.length === 0 ? '–' : String(Math.max(...found)),
      ];
    });
  });
  return markdownTable(['no.', 'what was done', 'about', 'times', 'most results'], rows);
}

function appendixOf(
  { inquiries, populationSha256 }: AuditSample,
  { verification, dataErrors }: MemoFacts,
): string[] {
  const ids = dataErrors.map(({ source }) => source);
  const isWhole = isOfUnits(verification);
  return [
    `Audit log ${verification.log ?? 'unknown'}; its newest record is ${verification.head?.seq ?? 0}, hash ` +
      `\`${verification.head?.hash ?? ''}\`. The inquiries before the draw have SHA-256 \`${populationSha256}\`.`,
    '',
    markdownTable(
      [
        ...['no.', ...(isWhole ? ['unit'] : [])],
        ...['record', 'when', 'operation', 'object', 'inquiry'],
      ],
      inquiries.flatMap(({ looks }, at) =>
        looks.map(({ unit, seq, at: time, operation, object, inquiry }) => [
          String(at + 1),
          ...(isWhole ? [unit] : []),
          String(seq),
          localTime(time),
          operation,
          object ?? '–',
          inquiry?.id ?? '–',
        ]),
      ),
    ),
    ...(ids.length === 0 ? [] : ['', `Data errors, in their order: ${ids.join('; ')}.`]),
  ];
}

function logText(verification: WholeVerification): string {
  return verification.sound
    ? `The whole log was verified: ${verification.records} records, none changed, removed or inserted.`
    : `**The log does not verify:** ${verification.findings.length + verification.more} findings; ` +
        'do not rely on it before each is explained ("lookout audit verify" names them).';
}

/** What stands in a memorandum of before headquarters had the logs of units has none. */
const isOfUnits = ({ units }: Partial<WholeVerification>): boolean =>
  units !== undefined && units !== null;

/** Says of a memorandum or a report what it covers, and what not. */
export function coveredLogs(
  unit: string,
  units: readonly CheckedUnitLog[] | null | undefined,
): string {
  if (units === null || units === undefined) {
    return (
      `the log of unit ${unit} alone. Each unit of the agency keeps a log of its own, of the people who work on it, and has ` +
      'memoranda and reports of its own; this unit does not know how many units there are.'
    );
  }
  const names = units.map((each) => each.unit);
  return (
    `the whole department: the log of ${unit}` +
    `${names.length === 0 ? '; no unit has sent a record yet.' : ` and those of the units ${names.join(', ')}.`} ` +
    'What a unit has not sent yet is not in it.'
  );
}

/** How far the log of each unit has come, and whether it holds; nothing on a unit. */
export function unitLogsText(units: readonly CheckedUnitLog[] | null | undefined): string[] {
  if (units === null || units === undefined || units.length === 0) return [];
  return [
    '',
    markdownTable(
      ['unit', 'records', 'newest', 'of', 'missing', 'chain'],
      units.map(({ unit, records, seq, last, missing, sound, findings }) => [
        unit,
        ...[records, seq].map(String),
        localTime(last),
        String(missing),
        sound ? 'holds' : `DOES NOT HOLD: ${findings.join(' ')}`,
      ]),
    ),
  ];
}

/** The data errors of a memorandum or a report, with their corrections. */
export function dataErrorsText(errors: readonly DataError[]): string {
  if (errors.length === 0) {
    return 'None was found by a disposition or reported by an employee in the period.';
  }
  return markdownTable(
    ['when', 'by', 'found in', 'error', 'read → right', 'more'],
    errors.map(({ at, by, source, what, correction, text }) => [
      localTime(at),
      by,
      objectWords(source),
      what,
      correction ?? '–',
      text,
    ]),
  );
}
