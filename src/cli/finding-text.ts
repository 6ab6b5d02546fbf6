import { hostname } from 'node:os';
import type { Config } from '../config/schema.ts';
import type { Finding } from '../diagnostics/check.ts';
import { helpAbout } from '../diagnostics/troubleshooting.ts';
import { localTime } from '../platform/local-time.ts';
import { timeZoneName } from '../platform/time-zone.ts';
import { release } from '../version.ts';
import { wrapped } from './text.ts';

const marks = { ok: 'ok', untried: 'not tried', warning: 'WARNING', failure: 'FAILED' } as const;
const indent = ' '.repeat(11);

/** A finding in lines of at most 80 characters: what was seen and, where something is wrong, what to do. */
export function findingText({ check, result, subject, says, advice }: Finding): string {
  const first = wrapped(`${subject}: ${says}`, marks[result].padEnd(indent.length), indent);
  if (advice === '') return first;
  return [
    first,
    wrapped(advice, `${indent}→ `, `${indent}  `),
    `${indent}  ${helpAbout(check)}`,
  ].join('\n');
}

/** The findings as a paper to be signed and kept: which unit, when, which release, each check. */
export function reportText(
  { agency, id, mode }: Config['unit'],
  findings: string,
  summary: readonly string[],
): string {
  return [
    `Lookout ${release}: check of unit ${agency}/${id} (${mode})`,
    `${localTime(Date.now())}, ${timeZoneName()}; computer ${hostname()}`,
    '',
    findings,
    ...summary,
    '',
    'Checked by: ______________________________  Signature: ____________________',
    '',
  ].join('\n');
}
