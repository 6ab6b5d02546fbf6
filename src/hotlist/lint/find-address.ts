const suffixes =
  'street|st|avenue|ave|boulevard|blvd|road|rd|drive|dr|lane|ln|court|ct|way|place|pl|circle|cir|terrace|ter|' +
  'parkway|pkwy|square|sq|trail|trl|alley|loop|highway|hwy';

/** Number, one to three words of a name, kind of street: "1420 Willow Creek Dr". */
const street = new RegExp(
  String.raw`(?<![\w/#.:-])(\d{1,5})(?:\s+(?:[NSEW]|[NS][EW])\.?)?\s+((?:(?:\d{1,3}(?:st|nd|rd|th)|[a-z][a-z'.-]*)\s+){1,3}?)(?:${suffixes})\b\.?`,
  'gi',
);
const others: readonly RegExp[] = [
  /\bP\.?\s?O\.?\s+box\s+\d+/i,
  /\b(?:apt|apartment|unit|suite|ste|spc|space)\b\.?\s*#?\s*\d{1,4}[a-z]?\b(?=.*\b(?:st|ave|blvd|rd|dr|ln|ct|way|pl)\b)/i,
  /\b(?:lives|resides|residing|living|stays|home|residence|address(?:es)?|addr)\b\s*(?:is|at|on|:|\/)+\s*\d{1,5}\s+[a-z]/i,
  /\b(?:RES|ADDR?|LKA)\s*(?:OF|[:/])\s*\d{1,5}\s+[A-Z]/,
  /,\s*[A-Z]{2}\.?\s+\d{5}(?:-\d{4})?\b/,
];

/** Words that show that the number counts something else: "3 suspects fled on Main St". */
const notOfStreet =
  /\b(?:of|on|in|at|from|to|near|and|or|with|the|a|was|were|by|suspects?|males?|females?|adults?|juveniles?|people|persons?|subjects?|occupants?|fled|seen|last|armed|cars?|vehicles?|trucks?|shots?|minutes?|hours?|days?|doors?|dr|ford|toyota|honda|chevy|chevrolet|dodge|nissan|bmw|white|black|silver|blue|red|gr[ae]y|green|tan|gold|sedan|suv|pickup|van|hundred|block|blk|exit|mile|miles|feet|yards|pm|am|hrs)\b/i;

/** The position of an address; a hundred block or a crossing is not one. */
export function findAddress(text: string): { start: number; end: number } | null {
  for (const match of text.matchAll(street)) {
    const [whole, , words = ''] = match;
    if (notOfStreet.test(words)) continue;
    return { start: match.index, end: match.index + whole.length };
  }
  for (const pattern of others) {
    const match = pattern.exec(text);
    if (match !== null) return { start: match.index, end: match.index + match[0].length };
  }
  return null;
}
