/** What an officer must know before anything else, in order of weight. */
export const cautions = [
  'ARMED',
  'DO NOT STOP',
  'BACKUP',
  'VIOLENT',
  'OFFICER SAFETY',
  'EXPLOSIVES',
  'MINOR',
  'MEDICAL',
  'SUICIDAL',
  'HAZARDOUS',
  'ESCAPE',
] as const;
export type Caution = (typeof cautions)[number];

/** Up to two words between those of a phrase: "backup unit is required". */
const gap = '(?:\\W+\\w+){0,2}\\W+';

/** Two words in either order, near each other. */
const either = (a: string, b: string) => `(?:${a})${gap}(?:${b})|(?:${b})${gap}(?:${a})`;

/** What the words of each caution are, as whole words of the upper-case text. */
const patterns: Record<Caution, string> = {
  ARMED: 'ARMED|WEAPONS?|FIREARMS?|GUNS?|HANDGUNS?|PISTOLS?|RIFLES?|SHOTGUNS?|KNI(?:FE|VES)',
  'DO NOT STOP': [
    `(?:DO\\W+NOT|DON'?T|NEVER)${gap.replace('{0,2}', '{0,1}')}(?:STOP|DETAIN|APPROACH|PURSUE)`,
    '(?:STOP|DETAIN|APPROACH|PURSUE)(?:\\W+\\w+){0,1}\\W+(?:DO\\W+NOT|NOT)',
    '(?:NOT\\W+(?:TO\\W+)?BE|NO)\\W+(?:STOP|STOPPED|DETAINED|APPROACHED|PURSUED)',
    'NO\\W+(?:TRAFFIC\\W+)?STOP|NOT\\W+TO\\W+(?:STOP|DETAIN|APPROACH|PURSUE)',
    '(?:OBSERVE|SURVEIL|FOLLOW)\\W+ONLY',
  ].join('|'),
  BACKUP: `BACK\\W?UP|COVER\\W+UNITS?|COVER\\W+OFFICERS?|${either('COVER', 'REQUIRED|REQUEST')}`,
  VIOLENT: 'VIOLENT|VIOLENCE|ASSAULTIVE|DANGEROUS|HOMICIDAL|COMBATIVE|RESISTS?|RESISTIVE',
  'OFFICER SAFETY': either('OFFICERS?', 'SAFETY|CAUTION|THREAT|HAZARD'),
  EXPLOSIVES: 'EXPLOSIVES?|BOMBS?|IED',
  MINOR:
    'MINORS?|CHILD|CHILDREN|JUVENILES?|INFANTS?|BABY|TODDLER|ABDUCTED|ABDUCTION|KIDNAP(?:P?ED|P?ING)?',
  MEDICAL:
    "MEDICAL|MEDICATION|DIABETIC|EPILEPTIC|EPILEPSY|DEMENTIA|ALZHEIMER'?S|INSULIN|DISABLED|ENDANGERED",
  SUICIDAL: 'SUICIDAL|SUICIDE',
  HAZARDOUS: 'HAZARDOUS|HAZMAT|BIOHAZARD|CONTAGIOUS|FENTANYL',
  ESCAPE: `${either('ESCAPE|FLIGHT', 'RISK')}|ESCAPED|ESCAPEE|EVADES?|FLEES`,
};

/** Words that take a caution back when they stand right before it, or around it. */
const harmless: Partial<Record<Caution, RegExp>> = {
  ARMED:
    /\b(?:NOT|NO|WITHOUT|NON)\W+(?:KNOWN\W+TO\W+BE\W+)?(?:ARMED|WEAPONS?|FIREARMS?|GUNS?|KNI(?:FE|VES))\b|\bNAIL\W?GUNS?\b|\bARMED\W+FORCES\b/g,
  VIOLENT:
    /\b(?:NOT|NON)\W*(?:VIOLENT|DANGEROUS|COMBATIVE)\b|\bNO\W+(?:HISTORY\W+OF\W+)?VIOLENCE\b/g,
  BACKUP: /\bBACK\W?UP\W+(?:CAMERA|LIGHTS?|SENSORS?)\b/g,
  MINOR:
    /\bMINOR\W+(?:\w+\W+)?(?:DAMAGE|DENTS?|SCRATCH(?:ES)?|INJUR(?:Y|IES)|COLLISION|ACCIDENT|CRASH|OFFENSES?)\b|\bCHILD\W+(?:SEATS?|SUPPORT)\b|\bNO\W+(?:MINORS?|CHILD(?:REN)?|JUVENILES?)\b/g,
  MEDICAL:
    /\bMEDICAL\W+(?:CENTER|OFFICE|BUILDING|PLAZA)\b|\bDISABLED\W+(?:VEHICLE|PLACARD|PERSON\W+PLATE)\b/g,
  EXPLOSIVES: /\bNO\W+EXPLOSIVES?\b/g,
};

const expressions = cautions.map((caution) => ({
  caution,
  words: new RegExp(`\\b(?:${patterns[caution]})\\b`),
}));

/**
 * The cautions that texts of a list hold, in order of weight. A word that is denied ("not armed") or means something else
 * ("minor damage") is none; where that is doubtful, the caution is told.
 */
export function cautionsIn(...texts: readonly string[]): Caution[] {
  const told = texts.map((text) => text.normalize('NFKC').toUpperCase().replaceAll('’', "'"));
  return expressions
    .filter(({ caution, words }) =>
      told.some((text) => words.test(text.replace(harmless[caution] ?? /(?!)/g, ' '))),
    )
    .map(({ caution }) => caution);
}
