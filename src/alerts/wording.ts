import type { Category, HitMatch, HotEntry } from '../hotlist/hit-match.ts';
import { nameOfState } from '../hotlist/state-code.ts';
import { colourInWords, makeInWords, modelInWords } from '../hotlist/vehicle-codes.ts';
import type { Alert, AlertClass, DispatchAnswer } from './alert.ts';
import { isListedAsRead, namedPlate } from './odds.ts';
import type { Speakable } from './speakable.ts';
import { alphabets, type Spelling } from './spelling-alphabets.ts';

/** The read, the list or its age may be wrong, so every title says "possible" (ALT-4). */
const titles: Record<Category, string> = {
  stolen_vehicle: 'Possible stolen vehicle',
  stolen_plate: 'Possible stolen plate',
  felony_vehicle: 'Possible felony vehicle',
  wanted_person: 'Possible wanted person',
  warrant: 'Possible warrant',
  missing_person: 'Possible missing person',
  protection_order: 'Possible protection order',
  extreme_risk_protection_order: 'Possible extreme risk protection order',
  gang: 'Possible gang file match',
  threat_screening: 'Possible threat screening match',
  supervised_release: 'Possible supervised release match',
  sex_offender_registry: 'Possible offender registry match',
  immigration_violator: 'Possible immigration file match',
  protective_interest: 'Possible protective interest match',
  violent_person: 'Possible violent person',
  amber: 'Possible AMBER Alert vehicle',
  bolo: 'Possible BOLO vehicle',
  local: 'Possible local list match',
  other: 'Possible hot list match',
};

/** The title of an alert, from the category of its entry: "Possible stolen vehicle". */
export function titleOf(category: Category): string {
  return titles[category];
}

/**
 * Text from a list, worded for display or speech: a list may be named "Stolen vehicles" or give "STOLEN" as its reason,
 * and neither may be presented as a fact (ALT-4).
 */
export function asReported(text: string): string {
  return /stolen/i.test(text) && !/possibl|reported/i.test(text) ? `Reported: ${text}` : text;
}

/** Said in place of all that a list or a plate tells. */
const classWords: Record<AlertClass, string> = {
  urgent: 'Urgent alert. See the screen.',
  standard: 'Alert. See the screen.',
  near: 'Alert, not certain. See the screen.',
  informational: 'For information. See the screen.',
};

/**
 * The spoken alert, the plate before everything else: "7, A, B, C, 1, 2, 3. California. Possible stolen vehicle. Gray
 * Honda Accord." Commas make the voice name each character; without them it reads A as the article.
 */
export function spokenText(alert: Alert, spelling: Spelling, speakable: Speakable): string {
  if (speakable === 'class') return classWords[alert.class];
  const { match, read, unread } = alert.hit;
  const { entry } = match;
  const sentences = [
    unread === true ? 'Plate not read' : spell(read.plate, spelling),
    match.tier === 'exact'
      ? null
      : `${kindOfMatch(alert)} match. Listed as ${spell(entry.plate, spelling)}`,
    spokenStacked(match, spelling),
    spokenState(alert),
    alert.title,
    spokenVehicle(entry),
  ];
  return sentences
    .flatMap((sentence) => (sentence ?? '').split('. '))
    .map(plainWords)
    .filter((sentence) => sentence !== '')
    .map((sentence) => `${sentence}.`)
    .join(' ');
}

function kindOfMatch({ hit }: Alert): 'Possible' | 'Near' | 'Partial' {
  if (hit.unread === true) return 'Possible';
  if (hit.match.tier === 'near') return 'Near';
  return isListedAsRead(hit) ? 'Partial' : 'Possible';
}

/** The spoken answer of dispatch: "Verified by dispatch. 7, A, B, C, 1, 2, 3. California." (DSP-4). */
export function spokenAnswer(
  answer: DispatchAnswer,
  alert: Alert,
  spelling: Spelling,
  speakable: Speakable,
): string {
  const says =
    answer === 'verified' ? 'Verified by dispatch' : 'Not verified by dispatch. No action';
  if (speakable === 'class') return `${says}. See the screen.`;
  const named = [spell(namedPlate(alert.hit), spelling), spokenState(alert)];
  return [says, ...named].flatMap((words) => (words === null ? [] : [`${words}.`])).join(' ');
}

/** Says which small stacked characters only the list or only the read has. */
function spokenStacked({ stacked }: HitMatch, spelling: Spelling): string | null {
  if (stacked === undefined) return null;
  const without = stacked.in === 'listed' ? 'read without them' : 'listed without them';
  return `${stacked.in === 'listed' ? 'Listed' : 'Read'} with small letters ${spell(stacked.text, spelling)}, ${without}`;
}

function spokenState(alert: Alert): string | null {
  const { match, read } = alert.hit;
  const listed = stateName(match.entry.state);
  if (match.stateAgreement === 'agrees') return listed;
  if (match.stateAgreement === 'differs') {
    return `State differs, read ${stateName(read.state?.code ?? null) ?? 'another'}, listed ${listed ?? 'unknown'}`;
  }
  return listed === null ? 'State not confirmed' : `${listed}, not confirmed`;
}

/** Colour, make and model in words. A code that no table expands is shown on the page, and means nothing to the ear. */
function spokenVehicle({ colour, make, model }: HotEntry): string {
  const makeName = make === null ? null : makeInWords(make);
  const modelName = model === null || makeName === null ? model : modelInWords(makeName, model);
  return [
    wordOf(colour === null ? null : colourInWords(colour), 4),
    wordOf(makeName, 4),
    // NCIC's codes of models have three characters at most.
    wordOf(modelName, 3),
  ]
    .filter((word) => word !== null)
    .join(' ');
}

/** Makes whose names are letters. */
const lettersOfMakes: ReadonlySet<string> = new Set(['AMC', 'BMW', 'GMC', 'MG', 'VW']);

/** The text, or null if it looks like a code of up to `longest` letters, or like several of them. */
function wordOf(text: string | null, longest: 3 | 4): string | null {
  if (text === null || lettersOfMakes.has(text.trim())) return text;
  const looksLikeCodes = text
    .trim()
    .split('/')
    .some((part) => part.length <= longest && /^[A-Z]{2,}$/.test(part));
  return looksLikeCodes ? null : text;
}

/** The plate by its characters, letters in the words of the alphabet. `?` and `*` of a listed plate are said in words. */
function spell(plate: string, spelling: Spelling): string {
  return [...plate].map((char) => signs[char] ?? alphabets[spelling]?.get(char) ?? char).join(', ');
}

const signs: Readonly<Record<string, string>> = { '?': 'any character', '*': 'anything' };

/** Letters, digits and plain signs only, and not too many: the text comes from outside lists. */
const plainWords = (text: string): string =>
  text
    .replace(/[^\p{L}\p{N} ,'-]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 160);

/** The state's name for its postal code; an unknown code unchanged; null for null. */
export function stateName(code: string | null): string | null {
  return code === null ? null : (nameOfState(code) ?? code);
}
