import {
  colleagueWords,
  familyNames,
  givenNames,
  personWords,
  plainWords,
} from './person-names.ts';

interface Word {
  text: string;
  lower: string;
  start: number;
  end: number;
  /** Text between the previous word and this one. */
  gap: string;
}

/**
 * The position of a person's name: a given name followed by a surname, a surname with a comma and a given name, or a
 * name after a title or a word such as "suspect". Names of colleagues after a rank are accepted (B 466.11 requires
 * them).
 */
export function findName(text: string): { start: number; end: number } | null {
  const words = wordsOf(text);
  // In a text of capitals only, or without any, capitalisation shows nothing.
  const isMixed = /[a-z]/.test(text) && /[A-Z]/.test(text);
  for (const [at, word] of words.entries()) {
    if (afterColleague(words, at)) continue;
    const found =
      fullName(words, at, isMixed) ?? reversedName(words, at) ?? namedPerson(words, at, isMixed);
    if (found !== null) return { start: word.start, end: found.end };
  }
  return null;
}

function wordsOf(text: string): Word[] {
  let before = 0;
  return [...text.matchAll(/\p{L}[\p{L}'’-]*/gu)].map((match) => {
    const [whole] = match;
    const gap = text.slice(before, match.index);
    before = match.index + whole.length;
    const lower = whole.toLowerCase().replace('’', "'");
    return { text: whole, lower, start: match.index, end: before, gap };
  });
}

const joins = (word: Word | undefined): word is Word =>
  word !== undefined && /^[. ]{1,2}$/.test(word.gap);
const isCapitalised = (word: Word): boolean => /^\p{Lu}\p{Ll}/u.test(word.text);
const isPlain = (word: Word): boolean => plainWords.has(word.lower);

/** "Maria Lopez", "JOHN Q SMITH", "J. Alvarez". */
function fullName(words: readonly Word[], at: number, isMixed: boolean): Word | null {
  const first = words[at];
  if (first === undefined) return null;
  const isInitial = /^\p{Lu}$/u.test(first.text) && /^\.\s*$/.test(words[at + 1]?.gap ?? '');
  if (!isInitial && !givenNames.has(first.lower)) return null;
  // San Jose, Santa Rosa, Fort Worth.
  if (
    joins(first) &&
    /^(?:san|santa|st|saint|fort|lake|port|mount)$/.test(words[at - 1]?.lower ?? '')
  ) {
    return null;
  }
  let next = words[at + 1];
  if (!joins(next)) return null;
  const middle = next.text.length === 1 || givenNames.has(next.lower);
  const beyond = words[at + 2];
  if (middle && joins(beyond) && isSurname(beyond, isMixed && !isInitial)) next = beyond;
  else if (!isSurname(next, isMixed && !isInitial)) return null;
  // "Martin Luther King Blvd" and similar are places.
  const end = words.indexOf(next) + 1;
  return words.slice(end, end + 3).some((word, index, all) => {
    return all.slice(0, index + 1).every(joins) && placeWords.test(word.text);
  })
    ? null
    : next;
}

const placeWords =
  /^(?:st|street|ave|avenue|blvd|boulevard|rd|road|dr|drive|ln|lane|ct|court|way|pl|place|park|pkwy|school|bridge|hwy|mall|plaza|elementary|high|middle|airport)$/i;

function isSurname(word: Word, byShape: boolean): boolean {
  if (isPlain(word) && !(byShape && familyNames.has(word.lower) && isCapitalised(word)))
    return false;
  if (familyNames.has(word.lower)) return true;
  return byShape && isCapitalised(word) && word.text.length > 2;
}

/** "LOPEZ, MARIA". */
function reversedName(words: readonly Word[], at: number): Word | null {
  const [last, first] = [words[at], words[at + 1]];
  if (last === undefined || first === undefined || !/^\s?,\s*$/.test(first.gap)) return null;
  if (isPlain(last) || last.text.length < 2 || !givenNames.has(first.lower)) return null;
  return familyNames.has(last.lower) || isCapitalised(last) || last.text === last.text.toUpperCase()
    ? first
    : null;
}

/** "suspect Alvarez", "R/O: Tran", "Mr. Oyelaran", "belongs to Miguel". */
function namedPerson(words: readonly Word[], at: number, isMixed: boolean): Word | null {
  const word = words[at];
  const before = words[at - 1];
  if (word === undefined || before === undefined || isPlain(word) || personWords.has(word.lower)) {
    return null;
  }
  const isTold =
    (personWords.has(before.lower) && /^(?:\.?\s+|\s?[:=-]\s*|\s+is\s+)$/.test(word.gap)) ||
    isOwnerCode(words, at) ||
    (before.lower === 'to' && /^(?:belong|registered)/.test(words[at - 2]?.lower ?? '')) ||
    (/^(?:name|last|first|surname)$/.test(before.lower) && /^\s?[:=/]\s*$/.test(word.gap));
  if (!isTold) return null;
  const isName = givenNames.has(word.lower) || familyNames.has(word.lower);
  return isName || (isMixed && isCapitalised(word) && word.text.length > 2) ? word : null;
}

/** "R/O" and "RO:" mean the registered owner. */
function isOwnerCode(words: readonly Word[], at: number): boolean {
  const [r, o, word] = [words[at - 2], words[at - 1], words[at]];
  if (word === undefined || o === undefined) return false;
  const isSplit = r?.lower === 'r' && o.lower === 'o' && o.gap === '/';
  return (isSplit || o.text === 'RO') && /^[\s:=-]+$/.test(word.gap);
}

/** Within two words after a rank, or after "approved by". */
function afterColleague(words: readonly Word[], at: number): boolean {
  return [1, 2, 3].some((back) => {
    const word = words[at - back];
    if (word === undefined || !colleagueWords.has(word.lower)) return false;
    // Only names, "by" and ranks in between.
    return words.slice(at - back + 1, at + 1).every((each) => /^[\s.:]*$/.test(each.gap));
  });
}
