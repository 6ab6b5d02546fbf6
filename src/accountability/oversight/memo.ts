import { localTime, namedSpan } from '../../platform/local-time.ts';
import type { AuditVerification } from '../audit/audit-verification.ts';
import type { DataError } from './data-errors.ts';
import { describeLook } from './describe-look.ts';
import { markdownTable, markdownText } from './markdown.ts';
import type { AuditSample } from './sample.ts';

/** The contents of a memorandum besides the sample. */
export interface MemoFacts {
  agency: string;
  unit: string;
  administrator: { title: string; name: string };
  /** The person who drew the sample. */
  auditor: string;
  at: string;
  /** The profile's requirements for an inquiry, in words. */
  demands: string;
  dataErrors: readonly DataError[];
  verification: AuditVerification;
}

/** The memorandum of an audit to the Chief of Police (V 426.8), in Markdown. */
export function memoOf(sample: AuditSample, facts: MemoFacts): string {
  const failed = sample.inquiries.filter(({ complete }) => !complete);
  const { verification } = facts;
  const lines = [
    '# Memorandum: audit of ALPR detection browsing',
    '',
    '- To: Chief of Police',
    `- From: ${markdownText(facts.auditor)}`,
    `- ALPR oversight: ${markdownText(`${facts.administrator.title}, ${facts.administrator.name}`)}`,
    `- Date: ${localTime(facts.at)}`,
    `- Unit: ${facts.agency}/${facts.unit}, audit log ${verification.log ?? 'unknown'}`,
    `- Period: ${namedSpan(sample.from, sample.to).text}`,
    '',
    '## How it was drawn',
    '',
    `${sample.inquiries.length} of ${sample.population} detection-browsing inquiries by people were drawn at random` +
      `${sample.population < sample.asked ? ` (${sample.asked} were asked for)` : ''}. ` +
      `Seed \`${sample.seed.replaceAll('`', '')}\` (${sample.seedDrawn ? 'drawn by the program' : 'given by the auditor'}); ` +
      `the inquiries before the draw have SHA-256 \`${sample.populationSha256}\`. The same seed repeats the draw.`,
    '',
    `The record of each was held against the policy in force: ${markdownText(facts.demands)}.`,
    'This is done by a program. It does not judge whether a reason is lawful, is true, or fits the case and what was ' +
      'looked up; a complete record may still be misuse. That is for the person who audits.',
    '',
    '## Result',
    '',
    `${sample.inquiries.length - failed.length} complete, ${failed.length} with faults.`,
    '',
    markdownTable(
      ['no.', 'inquiry', 'when', 'who', 'purpose', 'case or incident', 'reason', 'looks', 'record'],
      sample.inquiries.map(({ key, inquiry, looks, complete, faults, remarks }, at) => [
        String(at + 1),
        key,
        looks[0] ? localTime(looks[0].at) : '–',
        looks[0]?.who.username ?? '–',
        inquiry?.purpose ?? '–',
        [inquiry?.caseNumber, inquiry?.incidentNumber].filter(Boolean).join(', ') || '–',
        inquiry?.reason ?? '–',
        String(looks.length),
        [
          complete ? 'complete' : `FAULT: ${faults.join('; ')}`,
          ...(remarks.length > 0 ? [`read again: ${remarks.join(', ')}`] : []),
        ].join('; '),
      ]),
    ),
    '',
    '## What was looked up',
    '',
    markdownTable(
      ['no.', 'record', 'when', 'what', 'asked', 'results'],
      sample.inquiries.flatMap(({ looks }, at) =>
        looks.map((look) => [
          String(at + 1),
          String(look.seq),
          localTime(look.at),
          look.operation,
          describeLook(look),
          String(look.results ?? '–'),
        ]),
      ),
    ),
    '',
    '## Data errors found',
    '',
    dataErrorsText(facts.dataErrors),
    '',
    '## The log itself',
    '',
    verification.sound
      ? `The whole log was verified: ${verification.records} records, none changed, removed or inserted. ` +
        `Its newest record is ${verification.head?.seq ?? 0}, hash \`${verification.head?.hash ?? ''}\`.`
      : `**The log does not verify:** ${verification.findings.length + verification.more} findings; ` +
        'run "lookout audit verify".',
    '',
    'Reviewed by the Chief of Police: ______________________   Date: ____________',
    '',
  ];
  return lines.join('\n');
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
      source,
      what,
      correction ?? '–',
      text,
    ]),
  );
}
