import { randomInt } from 'node:crypto';

/** Without 0, 1, I and O, which are easily confused when the text is read from one screen and typed on another. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A random text of this many groups of four characters, 20 bits each: `7KQM-2XRA`. */
export function oneTimeText(groups: number): string {
  const group = () =>
    Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return Array.from({ length: groups }, group).join('-');
}

/** A typed one-time text in normal form: capitals, without spaces and dashes. */
export function plainText(typed: string): string {
  return typed.toUpperCase().replace(/[^0-9A-Z]/g, '');
}
