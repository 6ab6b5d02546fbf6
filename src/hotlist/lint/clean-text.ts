import { lintText, type PersonalKind } from './lint-text.ts';

/** Kinds whose place in the text is exact, so that the rest of the text can be kept. */
const sure: ReadonlySet<PersonalKind> = new Set([
  'drivers_licence',
  'criminal_record_number',
  'ncic_number',
  'social_security_number',
  'phone',
  'email',
]);

/** Words that warn an officer; they contain no names and are always kept. */
const cautions =
  /\b(?:ARMED(?: (?:AND|&) DANGEROUS)?|DANGEROUS|CAUTION|VIOLENT|ASSAULTIVE|SUICIDAL|HOMICIDAL|MENTALLY ILL|EXPLOSIVES?|HAZ(?:ARDOUS )?MAT(?:ERIALS)?|WEAPONS?|FIREARMS?|HAND ?GUNS?|GUNS?|RIFLES?|SHOTGUNS?|KNI(?:FE|VES)|RESIST(?:S|ING)?|FLEES?|ESCAPE RISK|KIDNAPP?(?:ED|ING)|HOSTAGES?|FELONY|DO NOT (?:STOP|APPROACH)(?: ALONE)?|APPROACH WITH CAUTION|OFFICER SAFETY|KNOWN TO (?:FIGHT|FLEE))\b/gi;

const maxRounds = 20;

/**
 * Removes personal and CLETS text from an entry's text (HOT-9). Numbers and web addresses are cut out. If a name, an
 * address, a date of birth or response text was found, its end is not certain: only words of caution are kept.
 */
export function cleanText(text: string): { text: string; isPersonal: boolean } {
  let rest = text;
  let isPersonal = false;
  for (let round = 0; round < maxRounds; round += 1) {
    const findings = lintText(rest);
    const first = findings[0];
    if (first === undefined) break;
    isPersonal = true;
    if (!findings.every(({ kind }) => sure.has(kind))) {
      return { text: [...new Set(text.match(cautions) ?? [])].join(', '), isPersonal };
    }
    rest = `${rest.slice(0, first.start)}…${rest.slice(first.end)}`;
  }
  return { text: isPersonal ? rest.replace(/\s{2,}/g, ' ').trim() : text, isPersonal };
}

/** Caches the results: the rows of a list have few different texts. */
export function createTextCleaner(): typeof cleanText {
  const known = new Map<string, ReturnType<typeof cleanText>>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const cleaned = cleanText(text);
    if (known.size >= 5000) known.clear();
    known.set(text, cleaned);
    return cleaned;
  };
}
