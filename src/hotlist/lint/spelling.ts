/** Distinctive words that are still known with one letter missing, added, wrong or swapped with its neighbour. */
const distinctive = [
  'immigration',
  'immigrations',
  'immigrant',
  'immigrants',
  'deportation',
  'deportable',
  'undocumented',
  'detainer',
  'noncitizen',
  'noncitizens',
  'naturalization',
  'citizenship',
  'enforcement',
  'homeland',
  'inmigracion',
  'deportacion',
  'indocumentado',
  'indocumentados',
  'migratorio',
  'migratoria',
];

/** Words that are known with one wrong letter only beside one of their companions: a boarder is a lodger. */
const beside: readonly [word: string, companions: readonly string[]][] = [
  ['border', ['patrol', 'protection']],
  ['patrol', ['border']],
  ['protection', ['border']],
  ['customs', ['and', 'border', 'enforcement', 'immigration']],
  ['homeland', ['security']],
  ['security', ['homeland']],
  ['patrulla', ['fronteriza']],
];

/** Words of their own that are one letter from a distinctive one. */
const otherWords = new Set(['detained', 'retainer', 'homelands', 'custom', 'borders', 'bordeaux']);

/** What a short form or a word in two stands for, beside its companion. */
const shortForms: readonly [short: string, after: string, whole: string][] = [
  ['sec', 'homeland', 'security'],
  ['secur', 'homeland', 'security'],
  ['prot', 'border', 'protection'],
  ['pat', 'border', 'patrol'],
  ['enf', 'customs', 'enforcement'],
  ['enf', 'immigration', 'enforcement'],
  ['svc', 'immigration', 'services'],
  ['svcs', 'immigration', 'services'],
];

/** Short forms that stand for nothing else. */
const abbreviations = new Map([
  ['immig', 'immigration'],
  ['immigr', 'immigration'],
  ['immgr', 'immigration'],
]);

const companionWords = new Set([
  ...beside.flatMap(([, companions]) => companions),
  ...shortForms.map(([, after]) => after),
]);

/** The words with each misspelt distinctive word as it is meant; the others stay as they are. */
export function spelledOut(words: readonly string[]): string[] {
  const sure = words.map((word) => abbreviations.get(word) ?? meant(word, distinctive) ?? word);
  if (!sure.some((word) => companionWords.has(word))) return sure;
  return sure.map((word, at) => {
    const near = [sure[at - 1] ?? '', sure[at + 1] ?? ''];
    const short = shortForms.find(([form, after]) => form === word && after === near[0]);
    if (short !== undefined) return short[2];
    for (const [wanted, companions] of beside) {
      const isBeside = near.some((other) => companions.includes(other));
      if (isBeside && !otherWords.has(word) && isOneOff(word, wanted)) return wanted;
    }
    return word;
  });
}

function meant(word: string, wanted: readonly string[]): string | undefined {
  if (word.length < 7 || otherWords.has(word) || wanted.includes(word)) return undefined;
  const first = word.slice(0, 3);
  const last = word.slice(-3);
  // One wrong letter spares the beginning or the end; this passes over most words at once.
  return wanted.find(
    (each) => (each.startsWith(first) || each.endsWith(last)) && isOneOff(word, each),
  );
}

/** Whether one letter is missing, added or wrong, or two neighbours have changed places. */
function isOneOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let at = 0;
  while (a[at] === b[at]) at += 1;
  const rest = (text: string, from: number) => text.slice(from);
  if (a.length !== b.length) {
    const [long, short] = a.length > b.length ? [a, b] : [b, a];
    return rest(long, at + 1) === rest(short, at);
  }
  if (rest(a, at + 1) === rest(b, at + 1)) return true;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && rest(a, at + 2) === rest(b, at + 2);
}
