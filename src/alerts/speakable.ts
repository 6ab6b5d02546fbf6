/** What the voice says of an alert. `plate`: plate, state, reason and vehicle; `class`: how urgent it is, and no more. */
export type Speakable = 'plate' | 'class';

/**
 * What the voice may say now. `says`: the setting; `hasPassenger`: somebody sits in the car who may not hear what lists say
 * (`sound.hush`), so that the setting does not count.
 */
export function speakableNow(says: Speakable, hasPassenger: boolean): Speakable {
  return hasPassenger ? 'class' : says;
}
