import type { Finding } from '../diagnostics/check.ts';
import { helpAbout } from '../diagnostics/troubleshooting.ts';
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
