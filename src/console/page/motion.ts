import type * as operations from '../motion.ts';
import { perform, wordsOf } from './api.ts';
import { changed, page, tell } from './state.ts';
import { onRefusal } from './stream.ts';

/** Nothing longer is read while the car moves, characters. */
const longestBrief = 90;
/** No list is longer while the car moves. */
export const mostMoving = 5;

/**
 * Whether the screen is that of a moving car: four keys, nothing to type, no list longer than 5, no text over 90 characters.
 * The unit says so by the speed of its receiver; where a passenger operates the screen, it has all that a standing one has.
 */
export function isMoving(): boolean {
  const { motion } = page.status;
  return motion?.moving === true && !motion.passenger;
}

export const hasPassenger = (): boolean => page.status.motion?.passenger === true;

/** The beginning of a text, where it is too long to be read while the car moves. */
export function brief(text: string): string {
  if (!isMoving() || text.length <= longestBrief) return text;
  return `${text.slice(0, longestBrief - 1).trimEnd()}…`;
}

/** A passenger takes the screen, or gives it back; says whether it was done. */
export async function switchPassenger(isOn: boolean): Promise<boolean> {
  try {
    const motion = isOn
      ? await perform<typeof operations.beginPassenger>('passenger.begin', {})
      : await perform<typeof operations.endPassenger>('passenger.end', {});
    page.status = { ...page.status, motion };
    if (isOn) tell('The passenger has the screen.', 'noted', () => void switchPassenger(false));
    changed();
    return true;
  } catch (error) {
    onRefusal(error);
    tell(wordsOf(error), 'refused');
    return false;
  }
}
