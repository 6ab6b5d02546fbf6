import { findAddress } from './find-address.ts';
import { findName } from './find-name.ts';

/** Kinds of text that a hot list entry may not contain (HOT-9: A 429.4). */
export const personalKinds = [
  'name',
  'address',
  'date_of_birth',
  'drivers_licence',
  'criminal_record_number',
  'ncic_number',
  'social_security_number',
  'phone',
  'email',
  'clets',
] as const;
export type PersonalKind = (typeof personalKinds)[number];

/** A part of a text that is not permitted. */
export interface TextFinding {
  kind: PersonalKind;
  /** Its position in the text, from 0; the text itself is not repeated. */
  start: number;
  end: number;
}

/** The description of a kind, and what to do. */
export const personalWords: Record<PersonalKind, string> = {
  name: "looks like a person's name",
  address: 'looks like an address',
  date_of_birth: 'looks like a date of birth',
  drivers_licence: "looks like a driver's licence number",
  criminal_record_number: 'looks like a CII, SID or FBI number',
  ncic_number: 'looks like an NCIC record number',
  social_security_number: 'looks like a social security number',
  phone: 'looks like a telephone number',
  email: 'looks like an e-mail address',
  clets: 'looks like text of a CLETS or NCIC response',
};

interface Rule {
  kind: PersonalKind;
  pattern: RegExp;
}

/** Record numbers follow their name, with or without a sign in between. */
const mark = String.raw`\s*(?:no\.?|num(?:ber)?|#)?\s*[#:/=-]?\s*`;

const rules: readonly Rule[] = [
  { kind: 'email', pattern: /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/ },
  { kind: 'social_security_number', pattern: /\b\d{3}[- ]\d{2}[- ]\d{4}\b/ },
  {
    kind: 'social_security_number',
    pattern: new RegExp(
      String.raw`\b(?:SSN|SOC(?:IAL SECURITY)?)\b${mark}(?:(?:ending|last)(?: in| four| 4)*\s+)?\d{3}`,
      'i',
    ),
  },
  {
    kind: 'phone',
    pattern: /(?<![\w/-])(?:\+?1[-. ]?)?(?:\(\d{3}\)|\d{3}[-. ])\s?\d{3}[-. ]\d{4}\b/,
  },
  {
    kind: 'phone',
    pattern: /\b(?:phone|cell|mobile|tel|ph|call|text)\b[ .:#]*(?:at |no\.? )?\+?\d{7,11}\b/i,
  },
  // Response text first: it contains field codes that other rules would only partly describe.
  {
    kind: 'clets',
    pattern:
      /(?<!\w)(?:(?:QV|QVC|LIC|NAM|DOB|MKE|ORI|OLN|OLS|MIS|HGT|WGT)\/[A-Z0-9]|VIN\/[A-Z0-9]{6})/i,
  },
  { kind: 'clets', pattern: /\bQ(?:V|VC|W|WA)\.[A-Z0-9]/i },
  { kind: 'clets', pattern: /\bQV\s+(?:response|return|hit|shows?|came back)/i },
  {
    kind: 'clets',
    pattern:
      /\b(?:CLETS|NCIC|SVS|DMV|MUPS)\s+(?:response|return(?:s|ed)?|record|printout|info(?:rmation)?|shows?|says?|advises?|reply|text)\b/i,
  },
  { kind: 'clets', pattern: /\b(?:per|from|via)\s+(?:a\s+)?(?:CLETS|NCIC)\s*[:,]/i },
  { kind: 'clets', pattern: /\bREG(?:ISTRATION)?\s+VALID\s+(?:FROM|UNTIL|THRU)\b/i },
  {
    kind: 'clets',
    pattern: /\bMATCH(?:ES)?\s+MADE\s+ON\b|\bCONFIRM\s+(?:RECORD\s+)?WITH\s+ORI\b/i,
  },
  {
    kind: 'clets',
    pattern: /\*{2,}\s*(?:HIT|NCIC|DO NOT|WARNING)\b|\bFOR LAW ENFORCEMENT USE ONLY\b/i,
  },
  { kind: 'clets', pattern: /\bMKE\b\s*[:/]|\bORI\b\s*[:/]?\s*CA\d{5,7}\b/i },
  { kind: 'ncic_number', pattern: new RegExp(String.raw`\bNIC\b${mark}[A-Z]?\d{6,9}\b`, 'i') },
  { kind: 'ncic_number', pattern: /\b[A-Z]\d{9}\b/i },
  {
    kind: 'criminal_record_number',
    pattern: new RegExp(
      String.raw`\b(?:CII|SID|FBI|FCN|CDCR?)\b${mark}[A-Z]{0,2}\d{4,9}[A-Z0-9]{0,3}\b`,
      'i',
    ),
  },
  { kind: 'criminal_record_number', pattern: /\bCII\b/i },
  {
    kind: 'drivers_licence',
    pattern: new RegExp(
      String.raw`\b(?:C?DL|OLN|driver'?s?'?\s+licen[sc]e)\b${mark}[A-Z]{0,2}\d{5,12}\b`,
      'i',
    ),
  },
  { kind: 'drivers_licence', pattern: /(?<![A-Z0-9-])[A-Z]\d{7}(?![A-Z0-9])/i },
  { kind: 'date_of_birth', pattern: /\bD\.?O\.?B\b\.?|\bdate of birth\b|\bbirth ?dates?\b/i },
  { kind: 'date_of_birth', pattern: /\bborn\b[^.;]{0,12}\d{2,4}/i },
  // A full date that long ago is a birth date, not one of a case.
  { kind: 'date_of_birth', pattern: /\b\d{1,2}[/.-]\d{1,2}[/.-](?:19[2-9]\d|200\d|201[0-2])\b/ },
  { kind: 'date_of_birth', pattern: /\b(?:19[2-9]\d|200\d|201[0-2])[/.-]\d{1,2}[/.-]\d{1,2}\b/ },
  {
    kind: 'date_of_birth',
    pattern: /(?<![\w-])(?:19[2-9]\d|200\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![\w-])/,
  },
];

/**
 * Finds names, addresses, dates of birth, record and licence numbers, telephone numbers and CLETS text in the free text
 * of an entry, at most one of each kind. It cannot find everything: names that are also words or places are accepted if
 * their context shows nothing.
 */
export function lintText(text: string): TextFinding[] {
  const found = new Map<PersonalKind, TextFinding>();
  const add = (kind: PersonalKind, place: { start: number; end: number } | null) => {
    if (place !== null && !found.has(kind)) found.set(kind, { kind, ...place });
  };
  for (const { kind, pattern } of rules) {
    if (found.has(kind)) continue;
    const match = pattern.exec(text);
    if (match !== null) add(kind, { start: match.index, end: match.index + match[0].length });
  }
  add('address', findAddress(text));
  add('name', findName(text));
  return [...found.values()].sort((a, b) => a.start - b.start);
}
