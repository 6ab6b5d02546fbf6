/** Codes and names of the states in lists, the usual name of each first; territories and DC issue their own plates too. */
const stateNames =
  `AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|
DC District of Columbia|FL Florida|GA Georgia|GU Guam|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|
KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|
MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|
NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|
PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|
VT Vermont|VA Virginia|VI Virgin Islands|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|
AS American Samoa|MP Northern Mariana Islands|AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|
NL Newfoundland and Labrador|NL Newfoundland|NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|
PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon|YT Yukon Territory|MX Mexico|
US US Government|US Government|US Federal|DC Washington DC`
    .split('|')
    .map((line) => line.trim())
    .map((line) => ({ code: line.slice(0, 2), name: line.slice(3) }));
const codesByName = new Map(stateNames.map(({ code, name }) => [name.toUpperCase(), code]));
const namesByCode = new Map(stateNames.toReversed().map(({ code, name }) => [code, name]));

/** The usual abbreviations that are not codes, without dots and blanks. */
const codesByAbbreviation = new Map(
  `AL ALA|AZ ARIZ|AR ARK|CA CALIF CAL CALI|CO COLO COL|CT CONN|DE DEL|FL FLA FLOR|ID IDA|IL ILL ILLS|IN IND|
IA IOWA|KS KAN KANS|KY KEN KENT|MA MASS|MI MICH|MN MINN|MS MISS|MT MONT|NE NEB NEBR|NV NEV|NH NHAMP|
NM NMEX|ND NDAK|OK OKLA|OR ORE OREG|PA PENN PENNA|RI RHODEIS|SC SCAR|SD SDAK|TN TENN|TX TEX|UT UTAH|
VA VIRG|WA WASH WN|WV WVA|WI WIS WISC|WY WYO|NC NCAR|PR PRICO|QC QUE PQUE|ON ONT|SK SASK|AB ALTA|MB MAN|
NL NFLD NF|DC WASHDC`
    .split('|')
    .flatMap((line) => {
      const [code = '', ...spellings] = line.trim().split(' ');
      return spellings.map((spelling) => [spelling, code] as const);
    }),
);

/** Codes besides the states' own: provinces of Canada, Mexico, plates of the federal government. */
const otherCodes = 'AB BC MB NB NL NS NT NU ON PE QC SK YT MX US AS MP'.split(' ');
const knownCodes: ReadonlySet<string> = new Set([...codesByName.values(), ...otherCodes]);

/** NCIC's own codes that are not postal codes, or are for another place (NIEM 1.0, ncic_2000). */
const ncicCodes = new Map([
  ['NB', 'NE'],
  ['NK', 'NB'],
  ['SN', 'SK'],
  ['PQ', 'QC'],
  ['NF', 'NL'],
  ['GM', 'GU'],
  ['AM', 'AS'],
  ['MK', 'MP'],
  ['MM', 'MX'],
]);
/** Postal codes of another place in NCIC; none of these places issues a plate that is known here. */
const postalOnly: ReadonlySet<string> = new Set(['NE', 'NL', 'NU', 'GU', 'AS', 'MP', 'SK']);

/** Whether a cell says that the state is not known. */
export function saysNoState(text: string): boolean {
  return /^(?:UNK(?:N|NOWN)?|UN|XX|ZZ|YY|OTHER|NONE|N\/?A|[-?*. ]+)$/i.test(text.trim());
}

/** The table of a list's codes; `both` if that is not configured. */
export type StateCodes = 'postal' | 'ncic' | 'both';

/** The name of a code: "CA" is California; null for an unknown code. */
export function nameOfState(code: string): string | null {
  return namesByCode.get(code) ?? null;
}

/** Whether a code in the form of `normaliseState` is one that a plate can be of. */
export function isStateCode(code: string): boolean {
  return knownCodes.has(code);
}

/**
 * A state as lists and readers write it ("ca", "US-CA", "California") as the two-letter code; other codes (Canadian
 * provinces, MX, US for government plates) are unchanged, in capitals. Null for an empty text.
 */
export function normaliseState(text: string): string | null {
  const upper = text.trim().toUpperCase();
  if (upper === '') return null;
  return codesByName.get(upper) ?? upper.replace(/^USA?[-_ ](?=[A-Z]{2}$)/, '');
}

/**
 * The state of a listed vehicle, or null if the text is unknown: an unknown state neither agrees nor differs. NB is
 * Nebraska in NCIC and New Brunswick in the post: null unless `codes` says which.
 */
export function listedState(text: string, codes: StateCodes): string | null {
  const upper = text.trim().toUpperCase();
  const squeezed = upper.replace(/[^A-Z]/g, '');
  const named = codesByName.get(upper.replace(/[.,_]/g, ' ').replace(/\s+/g, ' ').trim());
  if (named !== undefined) return named;
  const code = /^(?:USA?|CAN?)[-_ ]([A-Z]{2})$/.exec(upper)?.[1] ?? squeezed;
  if (codes === 'both' && code === 'NB') return null;
  if (codes !== 'postal') {
    const ours = ncicCodes.get(code);
    if (ours !== undefined) return ours;
    if (codes === 'ncic' && postalOnly.has(code)) return null;
  }
  return knownCodes.has(code) ? code : (codesByAbbreviation.get(code) ?? null);
}
