import { confusablesOf, normalisePlate } from '../../hotlist/plate-text.ts';

/** The plates that a search matches. */
export type PlatePattern =
  | { kind: 'exact'; plates: string[] }
  /** `glob` in SQLite's sense; `run` is its longest run of known characters, to find it by. */
  | { kind: 'partial'; glob: string; run: string };

/** Most spellings to try for one plate. */
const maxSpellings = 256;

/**
 * Parses a plate as typed: full, or with `?` for one character and `*` for a run. `alike` also finds a full plate with
 * look-alike characters swapped (0 and O, 8 and B). Null if the text has no character of a plate.
 */
export function platePattern(text: string, alike: boolean): PlatePattern | null {
  const glob = text
    .split(/([?*]+)/)
    .map((piece) => (/^[?*]/.test(piece) ? piece : normalisePlate(piece)))
    .join('')
    .replace(/\*+/g, '*');
  const runs = glob.split(/[?*]+/);
  const run = runs.reduce((longest, each) => (each.length > longest.length ? each : longest), '');
  if (run === '') return null;
  if (run === glob) return { kind: 'exact', plates: alike ? spellingsOf(glob) : [glob] };
  return { kind: 'partial', glob, run };
}

function spellingsOf(plate: string): string[] {
  let spellings = [''];
  for (const [at, char] of [...plate].entries()) {
    const chars = [char, ...confusablesOf(char)];
    // A long plate of look-alikes only: the rest of it is matched as typed.
    if (spellings.length * chars.length > maxSpellings) {
      return spellings.map((spelling) => spelling + plate.slice(at));
    }
    spellings = spellings.flatMap((spelling) => chars.map((each) => spelling + each));
  }
  return spellings;
}
