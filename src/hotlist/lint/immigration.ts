import {
  agencyAfterIce,
  agencyBeforeIce,
  agencyRules,
  civilNear,
  crimesWithHsi,
  homeland,
  hsi,
  notHomeland,
  officialNear,
  otherAgencyRules,
  othersNear,
  perhapsBeforeIce,
  plainIce,
  purposeRules,
  softHomeland,
  unsureRules,
  type Weight,
  type WordRule,
} from './immigration-words.ts';
import { spelledOut } from './spelling.ts';

/** Where a text stands: an agency's or person's name is read as a name, anything else as prose. */
export type TextKind = 'agency' | 'text';

/** Whether a text speaks of immigration enforcement, and of what in particular; it never quotes the text. */
export interface ImmigrationFinding {
  weight: Weight;
  about: string;
}

/** Without one of these a text needs no closer look. */
const hint =
  /immig|immgr|laken|eight|targeting|support center|lesc|ntc|\ba numbers?\b|deport|alien|docum|detainer|holds?\b|status|remov|citizen|natural|migra|ilegal|illegal|legal|unlawful|papel|papers|extranj|expuls|front|border|custom|homeland|title|visa|overstay|8 ?us|287|i ?2[04]|warrant|communit|sanct|worksite|workers?|labor|foreign|green|passport|consul|federal|entry|inspection|ewi|\b(?:ice|usice|ins|dhs|hsi|cbp|cpb|ero|erom|ofo|usbp|uscis|eoir|opla|sevp|sevis|bortac|ina|tsa|fema|usss|cisa|jttf)\b|secret|coast|protective|marshal|transportation|terrorism|field operations|air and marine|legal advis|seguridad|noncitizen|smuggl|fugitive|improper|asylum|refugee|diplomatic|redada/u;

/**
 * What a text has to do with the enforcement of federal immigration law (REL-4: Gov. Code 7282.5, 7284.2), by the names
 * of its agencies and their parts and by its words, in English and Spanish, with dots, spaces, accents and one wrong
 * letter. Null: nothing. `unsure`: a word with another meaning as well, for a person to decide.
 */
export function immigrationIn(text: string, kind: TextKind = 'text'): ImmigrationFinding | null {
  const words = wordsOf(text);
  const spelled = spelledOut(words.map(({ word }) => word));
  const line = spelled.join(' ');
  if (!hint.test(line)) return null;

  const found: ImmigrationFinding[] = [];
  const take = (rules: readonly WordRule[]) => {
    for (const { pattern, about, weight } of rules) {
      if (pattern.test(line)) found.push({ about, weight });
    }
  };
  const isOfOthers = othersNear.test(line);
  const agencies = [
    ...agencyRules.filter(({ pattern }) => pattern.test(line)),
    ...iceOf(words, spelled, kind),
    ...homelandOf(line),
    ...formerService(text, kind),
  ];
  found.push(
    ...agencies.map(({ about, weight }) => ({
      about,
      weight: isOfOthers ? ('unsure' as const) : weight,
    })),
  );
  take(otherAgencyRules);
  take(purposeRules);
  found.push(...immigrationWord(spelled));
  if (kind === 'text') {
    take(unsureRules);
    if (/^(?:for )?removals?$/u.test(line)) found.push({ about: 'removal', weight: 'unsure' });
    if (/\bwarrants?\b/u.test(line) && /\bfederal\b/u.test(line) && /\bcivil\b/u.test(line)) {
      found.push({ about: 'a civil or administrative warrant', weight: 'unsure' });
    }
  }
  return found.find(({ weight }) => weight === 'denied') ?? found[0] ?? null;
}

/** Whether a text surely speaks of immigration enforcement, so that an entry for it is denied under any category. */
export function namesImmigration(text: string): boolean {
  const known = judged.get(text);
  if (known !== undefined) return known;
  const names = immigrationIn(text)?.weight === 'denied';
  if (judged.size >= mostJudged) judged.clear();
  judged.set(text, names);
  return names;
}

/** Lists repeat their reasons a thousand times. */
const judged = new Map<string, boolean>();
const mostJudged = 4096;

interface Word {
  word: string;
  /** Written in capitals where the rest of the text is not. */
  isCapital: boolean;
}

function wordsOf(text: string): Word[] {
  const plain = latin(text)
    .replaceAll('&', ' and ')
    .replaceAll('§', ' section ')
    .replace(/['’]s\b/gu, '')
    // I.C.E., I C E and 8 U.S.C. become one word each.
    .replace(
      /(?<![\p{L}\p{N}])(?:\p{L} ?\. ?){2,}(?:\p{L}(?![\p{L}\p{N}]))?|(?<![\p{L}\p{N}])(?:\p{L} ){2,}\p{L}(?![\p{L}\p{N}])/gu,
      (letters) => `${letters.replace(/[. ]/gu, '')} `,
    )
    .replace(/\b(un|non|re)-(?=\p{L})/giu, '$1')
    .replace(/home land/giu, 'homeland')
    .replace(/\bim migra/giu, 'immigra')
    // A one, or a small L, for an I.
    .replace(/\b[1l]ce\b/giu, 'ICE')
    .replace(/\b(?:1NS|lNS)\b/gu, 'INS')
    .replace(/(border|homeland|immigration)(?=patrol|protection|security|enforcement)/giu, '$1 ')
    .replace(/(?<=\p{L})(?:-\p{L}{1,4})+-?(?=\p{L})/gu, (part) =>
      part.split('-').length > 2 ? part.replaceAll('-', '') : part,
    );
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  // In a whole text of capitals they say nothing, unless it is but a name.
  const isAllCapitals = plain === plain.toUpperCase() && words.length > 2;
  return words.map((word) => ({
    word: word.toLowerCase(),
    isCapital: !isAllCapitals && word.length > 1 && word === word.toUpperCase(),
  }));
}

/** The text in plain letters, without accents and what takes no room. */
function latin(text: string): string {
  if (/^[\x20-\x7E]*$/.test(text)) return text;
  return text
    .normalize('NFKC')
    .replace(/[\u00AD\u200B-\u200F\u2060\uFEFF]/gu, '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '');
}

const ice = 'Immigration and Customs Enforcement (ICE)';

/** The agency ICE among what is cold: by its capitals and its neighbours. */
function iceOf(
  words: readonly Word[],
  spelled: readonly string[],
  kind: TextKind,
): ImmigrationFinding[] {
  return spelled.flatMap((word, at): ImmigrationFinding[] => {
    if (word !== 'ice') return [];
    const before = spelled.slice(Math.max(0, at - 3), at).join(' ');
    const after = spelled[at + 1] ?? '';
    const denied: ImmigrationFinding = { about: ice, weight: 'denied' };
    if (agencyAfterIce.test(after)) return [denied];
    if (plainIce.test(after)) return [];
    if (kind === 'agency') return [denied];
    if (/\bemergency$/u.test(before)) return [];
    if (words[at]?.isCapital === true || agencyBeforeIce.test(before)) return [denied];
    return perhapsBeforeIce.test(before) ? [{ about: ice, weight: 'unsure' }] : [];
  });
}

/** Homeland Security as a whole, its investigators, and what shares the name. */
function homelandOf(line: string): ImmigrationFinding[] {
  if (hsi.test(line)) {
    const weight = crimesWithHsi.test(line) ? 'unsure' : 'denied';
    return [{ about: 'Homeland Security Investigations (HSI)', weight }];
  }
  if (!homeland.test(line) || notHomeland.test(line)) return [];
  const weight = softHomeland.test(line) ? 'unsure' : 'denied';
  return [{ about: 'the Department of Homeland Security (DHS)', weight }];
}

/** The service that came before ICE and USCIS; in prose its letters are an insurance. */
function formerService(text: string, kind: TextKind): ImmigrationFinding[] {
  const isNamed =
    kind === 'agency'
      ? /\b[I1l]NS\b|\bI\.N\.S\./u
      : /\b(?:by|to) [I1l]NS\b|\b[I1l]NS (?:hold|agents?)\b/u;
  return isNamed.test(text) ? [{ about: 'the immigration service (INS)', weight: 'denied' }] : [];
}

/** The word immigration: of an authority, unless only advisers, cheats or demonstrators are near. */
function immigrationWord(spelled: readonly string[]): ImmigrationFinding[] {
  return spelled.flatMap((word, at): ImmigrationFinding[] => {
    if (!/^immigrations?$/u.test(word)) return [];
    const near = spelled.slice(Math.max(0, at - 4), at + 5).join(' ');
    const isCivil = civilNear.test(near) && !officialNear.test(near);
    return [{ about: 'immigration enforcement', weight: isCivil ? 'unsure' : 'denied' }];
  });
}
