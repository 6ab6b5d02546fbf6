import type { z } from 'zod';
import { Refusal } from './refusal.ts';

/** A Refusal that lists every fault of an input in words that a person can act on, each with its field. */
export function inputFault(error: z.ZodError): Refusal {
  return new Refusal(400, 'bad-input', faultWords(error));
}

/** The faults in words, one after another, without the values typed. */
export function faultWords({ issues }: z.ZodError): string {
  return issues
    .map((issue) => {
      const field = fieldWords(issue.path);
      return field === '' ? wordsOf(issue) : `${field}: ${wordsOf(issue)}`;
    })
    .join('; ');
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') {
    return `give ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
  }
  if (issue.code === 'invalid_format' && issue.format === 'date') {
    return 'is not a day; write it like 2026-01-31';
  }
  if (issue.code === 'invalid_format' && issue.format === 'uuid') {
    return 'is not an id; give it in full, as a list shows it';
  }
  if (issue.code === 'invalid_format' && issue.format === 'datetime') {
    return 'is not a time; write it like 2026-11-21T06:00:00Z';
  }
  const isEmpty = issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1;
  if (isEmpty || (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))) {
    return 'must be given';
  }
  const isStandard = /^Too (?:small|big)/.test(issue.message);
  if (isStandard && issue.code === 'too_small' && issue.origin === 'string') {
    return `give at least ${issue.minimum} characters`;
  }
  if (isStandard && issue.code === 'too_big' && issue.origin === 'string') {
    return `give at most ${issue.maximum} characters`;
  }
  return issue.message;
}

/** `caseNumber` as `case number`, `hitIds[0]` as `hit ids[0]`. */
function fieldWords(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${spaced(String(part))}`,
    )
    .join('');
}

function spaced(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
