import { confusablesOf, normalisePlate } from '../../hotlist/plate-text.ts';

/** What a searched plate asks for. */
export type PlatePattern =
  | { kind: 'exact'; plates: string[] }
  /** `glob` in SQLite's sense; `run` is its longest run of known characters, to find it by. */
  | { kind: 'partial'; glob: string; run: string };

/** Spellings that one plate may have been read as. */
const mostSpellings = 256;

/**
 * A plate as someone types it: full, or with `?` for one character and `*` for a run. `alike` also finds a full
 * plate whose characters were taken for each other (0 and O, 8 and B). Null when nothing of a plate is in it.
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
    // A long plate of look-alikes only: from there on it is taken as typed.
    if (spellings.length * chars.length > mostSpellings) {
      return spellings.map((spelling) => spelling + plate.slice(at));
    }
    spellings = spellings.flatMap((spelling) => chars.map((each) => spelling + each));
  }
  return spellings;
}
