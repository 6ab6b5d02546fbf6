import { type Policy, wholeExpression } from './policy.ts';

/** What a case, incident, CAD or report number of the agency looks like. */
export interface NumberRule {
  /** A regular expression (flag u) that matches a whole number, for forms. */
  pattern: string;
  test(number: string): boolean;
  /** The form in words, for whom a number is refused. */
  words: string;
}

/** Where the agency sets no form: no policy gives one, and a word or a filler such as x1x is no number. */
const plainNumber = '(?=(?:[^0-9]*[0-9]){3})(?=[^1-9]*[1-9])[A-Za-z0-9][A-Za-z0-9/-]{2,31}';
const plainWords =
  'letters, digits, - and /, with three digits at least that are not all 0, such as 26-0042';

/** The form of the agency's numbers: the policy's expression, or the plain rule where it has none. */
export function numberRule({ caseNumberPattern }: Policy['inquiry']): NumberRule {
  const pattern = caseNumberPattern ?? plainNumber;
  const form = wholeExpression(pattern);
  return {
    pattern,
    test: (number) => form.test(number),
    words: caseNumberPattern === null ? plainWords : `as the agency’s policy sets it, ${pattern}`,
  };
}
