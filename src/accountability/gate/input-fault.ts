import type { z } from 'zod';
import { counted } from '../../platform/counted.ts';
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

/** How the messages begin that are not ours; they speak of types and patterns. */
const standard = /^(?:Too small: |Too big: |Invalid |Unrecognized )/;

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'custom' && standard.test(issue.message)) return standardWords(issue);
  return issue.message;
}

function standardWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return isYesOrNo(issue.values) ? 'give yes or no' : `give ${oneOf(issue.values)}`;
    case 'invalid_format':
      return formatWords[issue.format] ?? 'is not written as it must be';
    case 'too_small':
    case 'too_big':
      return boundWords(issue);
    case 'invalid_type':
      return typeWords(issue);
    case 'unrecognized_keys':
      return `there is no ${issue.keys.map(spaced).join(', ')} here; leave it out`;
    case 'invalid_union': {
      const [first] = issue.errors.flat();
      if (first !== undefined) return wordsOf(first);
      const { options } = issue as { options?: readonly unknown[] };
      return options === undefined ? 'cannot be read' : `give ${oneOf(options)}`;
    }
    case 'not_multiple_of':
      return `give a multiple of ${issue.divisor}`;
    default:
      return 'cannot be read';
  }
}

const formatWords: Readonly<Record<string, string>> = {
  date: 'is not a day; write it like 2026-01-31',
  uuid: 'is not an id; give it in full, as a list shows it',
  datetime: 'is not a time; write it like 2026-11-21T06:00:00Z',
};

function boundWords(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const { origin, exact = false } = issue;
  const isLeast = issue.code === 'too_small';
  const bound = Number(isLeast ? issue.minimum : issue.maximum);
  if (isLeast && bound === 1 && (origin === 'string' || origin === 'array')) return 'must be given';
  const how = exact ? 'exactly ' : isLeast ? 'at least ' : 'at most ';
  if (origin === 'string') return `give ${how}${counted(bound, 'character')}`;
  if (origin === 'array' || origin === 'set') return `give ${how}${bound}`;
  const beyond = issue.inclusive === false ? (isLeast ? 'more than ' : 'less than ') : how;
  return `give a number of ${beyond}${bound}`;
}

function typeWords({ message, expected }: z.core.$ZodIssueInvalidType): string {
  if (message.endsWith('received undefined') || message.endsWith('received null')) {
    return 'must be given';
  }
  if (expected === 'int') return 'is not a whole number';
  if (expected === 'number') return 'is not a number';
  if (expected === 'boolean') return 'give yes or no';
  return 'cannot be read';
}

function isYesOrNo(values: readonly unknown[]): boolean {
  return values.includes('yes') && values.includes('off');
}

function oneOf(values: readonly unknown[]): string {
  return `${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`;
}

/**
 * `caseNumber` as `case number`, and of a list the place of the fault in it, counted from 1: `hitIds[0]` as `hit ids, number 1`.
 * What holds the field is left out: `covers.spans[1].to` is `spans, number 2, to`.
 */
export function fieldWords(path: readonly PropertyKey[]): string {
  const places = path.map((part, index) => (typeof part === 'number' ? index : -1));
  const firstPlace = places.find((index) => index > 0) ?? path.length;
  return path
    .slice(Math.max(0, firstPlace - 1))
    .map((part) => (typeof part === 'number' ? `number ${part + 1}` : spaced(String(part))))
    .join(', ');
}

function spaced(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
