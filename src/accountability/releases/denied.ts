import type { Policy } from '../policy/policy.ts';

/** A purpose still matches with up to this many words between its own: enforcement of the federal immigration laws. */
const wordsBetween = 3;
/** Words of this length or more also match their longer forms: immigration, immigrations. */
const stemLength = 5;
const abbreviation = /^[A-Z]{2,4}$/;

/**
 * Why a policy forbids giving data to this agency or for this purpose (REL-4: V 426.7, N 429.2), or null. Terms match
 * whole words, regardless of dots, dashes and case: `I.C.E.` matches ICE, and `immigration_enforcement` matches
 * "federal immigration enforcement". The words of an agency must be in order, those of a purpose may be in any. In a
 * purpose an abbreviation must be in capitals, because "ice" is also a word.
 */
export function denialOf(
  request: { agency: string; purpose: string },
  releases: Pick<Policy['releases'], 'deniedAgencies' | 'deniedPurposes'>,
): string | null {
  const { deniedAgencies, deniedPurposes } = releases;
  const { agency, purpose } = request;
  const toAgency = deniedAgencies.find(
    (term) => contains(agency, term) || contains(purpose, term, abbreviation.test(term)),
  );
  if (toAgency !== undefined) return `the policy forbids releases to ${toAgency}`;
  const forPurpose = deniedPurposes.find((term) => isAbout(purpose, term) || isAbout(agency, term));
  return forPurpose === undefined ? null : `the policy forbids releases for ${forPurpose}`;
}

function contains(text: string, term: string, asWritten = false): boolean {
  const words = wordsOf(asWritten ? text : text.toLowerCase());
  const wanted = wordsOf(asWritten ? term : term.toLowerCase());
  if (wanted.length === 0) return false;
  return words.some((_, at) =>
    wanted.every((word, offset) => isWord(words[at + offset] ?? '', word)),
  );
}

function isAbout(text: string, term: string): boolean {
  const words = wordsOf(text.toLowerCase());
  const wanted = wordsOf(term.toLowerCase());
  if (wanted.length === 0) return false;
  return words.some((_, at) => {
    const near = words.slice(at, at + wanted.length + wordsBetween);
    return wanted.every((word) => near.some((found) => isWord(found, word)));
  });
}

function isWord(found: string, wanted: string): boolean {
  return found === wanted || (wanted.length >= stemLength && found.startsWith(wanted));
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .replaceAll('&', ' and ')
    .replace(/(?<=\b\p{L})\.(?=\p{L}\b|\s|$)/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
