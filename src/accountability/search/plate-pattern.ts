import { confusablesOf, normalisePlate } from '../../hotlist/plate-text.ts';

/** The plates that a search matches. */
export type PlatePattern =
  | { kind: 'exact'; plates: string[] }
  /** `glob` in SQLite's sense; each match contains one of `runs`, known characters by which to find it. */
  | { kind: 'partial'; glob: string; runs: string[] };

/** Most spellings to try for one plate. */
const maxSpellings = 256;
/** Most spellings of the known characters of a partial plate. */
const maxRuns = 32;

/**
 * Parses a plate as typed: full, or with `?` for one character and `*` for a run. `alike` also finds plates with
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
  if (!alike) return { kind: 'partial', glob, runs: [run] };
  return { kind: 'partial', glob: glob.replace(/[A-Z0-9]/g, anyOf), runs: runsOf(run) };
}

/** The character or any that looks like it, as a set of GLOB. */
function anyOf(char: string): string {
  const others = confusablesOf(char);
  return others === '' ? char : `[${char}${others}]`;
}

/** Every spelling of as much of the start of a run as has not too many. */
function runsOf(run: string): string[] {
  let spellings = [''];
  for (const char of run) {
    const chars = [char, ...confusablesOf(char)];
    if (spellings.length * chars.length > maxRuns) return spellings;
    spellings = spellings.flatMap((spelling) => chars.map((each) => spelling + each));
  }
  return spellings;
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
