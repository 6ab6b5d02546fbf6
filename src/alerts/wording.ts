import type { Category, HitMatch } from '../hotlist/hit-match.ts';
import type { Alert, DispatchAnswer } from './alert.ts';

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

/**
 * The spoken alert: "Possible stolen vehicle. California. 7, A, B, C, 1, 2, 3. Gray Honda Accord." Commas make the
 * voice name each character; without them it reads A as the article.
 */
export function spokenText(alert: Alert): string {
  const { match, read } = alert.hit;
  const { entry } = match;
  const sentences = [
    alert.title,
    match.tier === 'near' ? 'Near match' : null,
    spokenState(alert),
    spell(read.plate),
    match.tier === 'near' ? `Listed as ${spell(entry.plate)}` : null,
    spokenStacked(match),
    [entry.colour, entry.make, entry.model].filter((word) => word !== null).join(' '),
  ];
  return sentences
    .map((sentence) => plainWords(sentence ?? ''))
    .filter((sentence) => sentence !== '')
    .map((sentence) => `${sentence}.`)
    .join(' ');
}

/** The spoken answer of dispatch: "Verified by dispatch. California. 7, A, B, C, 1, 2, 3." (DSP-4). */
export function spokenAnswer(answer: DispatchAnswer, alert: Alert): string {
  const says =
    answer === 'verified' ? 'Verified by dispatch' : 'Not verified by dispatch. No action';
  const named = [spokenState(alert), spell(alert.hit.read.plate)];
  return [says, ...named].flatMap((words) => (words === null ? [] : [`${words}.`])).join(' ');
}

/** Says which small stacked characters only the list or only the read has. */
function spokenStacked({ stacked }: HitMatch): string | null {
  if (stacked === undefined) return null;
  const without = stacked.in === 'listed' ? 'read without them' : 'listed without them';
  return `${stacked.in === 'listed' ? 'Listed' : 'Read'} with small letters ${spell(stacked.text)}, ${without}`;
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

const spell = (plate: string): string => [...plate].join(', ');

/** Letters, digits and plain signs only, and not too many: the text comes from outside lists. */
const plainWords = (text: string): string =>
  text
    .replace(/[^\p{L}\p{N} ,'-]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 160);

const states: Readonly<Record<string, string>> = {
  AL: 'Alabama',
  AK: 'Alaska',
  AZ: 'Arizona',
  AR: 'Arkansas',
  CA: 'California',
  CO: 'Colorado',
  CT: 'Connecticut',
  DE: 'Delaware',
  DC: 'District of Columbia',
  FL: 'Florida',
  GA: 'Georgia',
  HI: 'Hawaii',
  ID: 'Idaho',
  IL: 'Illinois',
  IN: 'Indiana',
  IA: 'Iowa',
  KS: 'Kansas',
  KY: 'Kentucky',
  LA: 'Louisiana',
  ME: 'Maine',
  MD: 'Maryland',
  MA: 'Massachusetts',
  MI: 'Michigan',
  MN: 'Minnesota',
  MS: 'Mississippi',
  MO: 'Missouri',
  MT: 'Montana',
  NE: 'Nebraska',
  NV: 'Nevada',
  NH: 'New Hampshire',
  NJ: 'New Jersey',
  NM: 'New Mexico',
  NY: 'New York',
  NC: 'North Carolina',
  ND: 'North Dakota',
  OH: 'Ohio',
  OK: 'Oklahoma',
  OR: 'Oregon',
  PA: 'Pennsylvania',
  RI: 'Rhode Island',
  SC: 'South Carolina',
  SD: 'South Dakota',
  TN: 'Tennessee',
  TX: 'Texas',
  UT: 'Utah',
  VT: 'Vermont',
  VA: 'Virginia',
  WA: 'Washington',
  WV: 'West Virginia',
  WI: 'Wisconsin',
  WY: 'Wyoming',
};

/** The state's name for its postal code; an unknown code unchanged; null for null. */
export function stateName(code: string | null): string | null {
  return code === null ? null : (states[code] ?? code);
}
