/** What a search for a plate finds, in words; `isWide`: nearly every plate fits. */
export interface PlateSearchWords {
  words: string;
  isWide: boolean;
  /** It is not a part of a plate, so the unit would refuse it. */
  isFault: boolean;
}

/** Explains a plate as it is typed into a search, full or with `?` for one character and `*` for a run; null for none. */
export function explainPlate(text: string, isAlike: boolean): PlateSearchWords | null {
  if (text.trim() === '') return null;
  if (/[^\p{L}\p{N}?*\s\-–—.·•]/u.test(text)) {
    const words = 'A sign in it is on no plate: type ? for one character, * for several.';
    return { words, isWide: false, isFault: true };
  }
  const glob = text
    .toUpperCase()
    .replace(/[^A-Z0-9?*]/g, '')
    .replace(/\*+/g, '*');
  const known = glob.replace(/[?*]/g, '');
  if (known === '') {
    const words = 'Every plate would match: type at least one letter or digit, or leave it empty.';
    return { words, isWide: true, isFault: true };
  }
  const alike = isAlike ? ' Look-alikes too, such as 0 for O and 8 for B.' : '';
  const words = `${patternWords(glob)}${alike}`;
  if (known === glob) {
    // Who types a part means a part: the unit takes it for a whole plate.
    const isShort = glob.length < 5;
    const advice = isShort ? ` For plates that start with it type ${glob}*.` : '';
    return { words: `${words}${advice}`, isWide: false, isFault: false };
  }
  const isWide = known.length < 2;
  const warning = isWide ? ' That is one known character: very many plates match.' : '';
  return { words: `${words}${warning}`, isWide, isFault: false };
}

function patternWords(glob: string): string {
  const parts = glob.match(/\*|\?+|[A-Z0-9]+/g) ?? [];
  const [first = '', second = '', third] = parts;
  if (parts.length === 1) return `The whole plate is ${first}.`;
  if (parts.length === 2 && second === '*') return `Starts with ${first}, any end.`;
  if (parts.length === 2 && first === '*') return `Ends with ${second}, any start.`;
  if (parts.length === 3 && first === '*' && third === '*') return `${second} anywhere in it.`;
  const words = parts.map((part, at) => {
    if (part === '*') {
      return at === 0
        ? 'any start'
        : at === parts.length - 1
          ? 'any end'
          : 'any characters or none';
    }
    if (!part.startsWith('?')) return part;
    return part.length === 1 ? 'one character' : `${part.length} characters`;
  });
  return `One after the other: ${words.join(', ')}.`;
}
