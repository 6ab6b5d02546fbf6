import { lintText, type PersonalKind } from './lint-text.ts';

/** Kinds whose place in the text is sure, so that the rest of the text may stay. */
const sure: ReadonlySet<PersonalKind> = new Set([
  'drivers_licence',
  'criminal_record_number',
  'ncic_number',
  'social_security_number',
  'phone',
  'email',
]);

/** Words that warn an officer; they name no person and are never left out. */
const cautions =
  /\b(?:ARMED(?: (?:AND|&) DANGEROUS)?|DANGEROUS|CAUTION|VIOLENT|ASSAULTIVE|SUICIDAL|HOMICIDAL|MENTALLY ILL|EXPLOSIVES?|HAZ(?:ARDOUS )?MAT(?:ERIALS)?|WEAPONS?|FIREARMS?|HAND ?GUNS?|GUNS?|RIFLES?|SHOTGUNS?|KNI(?:FE|VES)|RESIST(?:S|ING)?|FLEES?|ESCAPE RISK|KIDNAPP?(?:ED|ING)|HOSTAGES?|FELONY|DO NOT (?:STOP|APPROACH)(?: ALONE)?|APPROACH WITH CAUTION|OFFICER SAFETY|KNOWN TO (?:FIGHT|FLEE))\b/gi;

const maxRounds = 20;

/**
 * Takes personal and CLETS text out of an entry's text (HOT-9). Numbers and addresses of the net are cut out where
 * they stand. Where a name, an address, a date of birth or response text was found, its end is not sure: only the
 * words of caution stay.
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

/** Remembers what it made of a text: the rows of a list have few different ones. */
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
