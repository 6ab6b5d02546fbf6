/** Names of the states as lists spell them out; territories and DC carry plates of their own too. */
const codesByName = new Map(
  `AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|
DC District of Columbia|FL Florida|GA Georgia|GU Guam|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|
KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|
MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|
NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|
PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|
VT Vermont|VA Virginia|VI Virgin Islands|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming`
    .split('|')
    .map((line) => line.trim())
    .map((line) => [line.slice(3).toUpperCase(), line.slice(0, 2)] as const),
);

/** Codes beside the states' own: provinces of Canada, Mexico, plates of the federal government. */
const otherCodes = 'AB BC MB NB NL NS NT NU ON PE QC SK YT MX US'.split(' ');
const knownCodes: ReadonlySet<string> = new Set([...codesByName.values(), ...otherCodes]);

/** Whether a code in the form of `normaliseState` is one that a plate can be of. */
export function isStateCode(code: string): boolean {
  return knownCodes.has(code);
}

/**
 * A state as lists and readers write it ("ca", "US-CA", "California") as the two-letter code; other codes
 * (Canadian provinces, MX, US for government plates) stay as they are, in capitals. Null for an empty text.
 */
export function normaliseState(text: string): string | null {
  const upper = text.trim().toUpperCase();
  if (upper === '') return null;
  return codesByName.get(upper) ?? upper.replace(/^USA?[-_ ](?=[A-Z]{2}$)/, '');
}
