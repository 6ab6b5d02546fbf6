import { isListedAsRead } from '../../alerts/odds.ts';
import type { Hit } from '../../records/detection.ts';

/** What a person made out on a vehicle or its picture; null for what they did not say. */
export interface SeenVehicle {
  /** Capitals and digits, and ? for a character that cannot be made out. */
  plate: string | null;
  state: string | null;
}

/**
 * How a vehicle as it was seen compares with the entry that a hit matched. `unsure`: with what was made out it may be
 * the listed one or another.
 */
export type Likeness = 'listed' | 'other' | 'unsure';

/**
 * Compares a vehicle with the entry of a hit. Of the plate and the state, one that differs makes it another vehicle. A
 * plate that nobody said is the one that was read, which is the listed one unless that is only possible.
 *
 * @param oIsZero the list writes the letter O as zero, so that the two are one character in it.
 */
export function compareWithEntry(
  hit: Hit,
  { plate, state }: SeenVehicle,
  oIsZero: boolean,
): Likeness {
  const { match, read } = hit;
  const isAsRead = isListedAsRead(hit);
  const byPlate =
    plate === null
      ? isAsRead
        ? 'listed'
        : 'unsure'
      : plate === read.plate && isAsRead
        ? 'listed'
        : // The person may have left the small characters out, or taken them along, as the reader did.
          match.stacked !== undefined && plate === read.plate
          ? 'unsure'
          : comparePlates(plate, match.entry.plate, oIsZero);
  const byState = state === null ? 'listed' : compareStates(state, match.entry.state);
  if (byPlate === 'other' || byState === 'other') return 'other';
  return byPlate;
}

/** A state agrees with an entry that names none. */
export function compareStates(seen: string, listed: string | null): 'listed' | 'other' {
  return listed === null || listed === seen ? 'listed' : 'other';
}

/**
 * Compares a plate with a listed one, which may have `?` for one character and `*` for a run. O and 0 look alike on most
 * plates: where they are all that differs and the list distinguishes them, what was seen decides nothing.
 */
export function comparePlates(seen: string, listed: string, oIsZero: boolean): Likeness {
  // Nothing was made out, not even how many characters there are.
  if (/^\?*$/.test(seen)) return 'unsure';
  const fits = oIsZero
    ? patternOf(withoutO(listed), '').test(withoutO(seen))
    : patternOf(listed, '').test(seen);
  if (fits) return 'listed';
  return patternOf(withoutO(listed), '?').test(withoutO(seen)) ? 'unsure' : 'other';
}

/** A listed plate as an expression for whole plates; `alsoFits` fits every character of it. */
function patternOf(listed: string, alsoFits: '' | '?'): RegExp {
  const any = '[A-Z0-9?]';
  const parts = [...listed].map((char) => {
    if (char === '?') return any;
    return char === '*' ? `${any}*` : `[${char}${alsoFits}]`;
  });
  return new RegExp(`^${parts.join('')}$`);
}

function withoutO(plate: string): string {
  return plate.replaceAll('O', '0');
}
