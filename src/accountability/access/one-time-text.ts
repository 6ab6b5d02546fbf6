import { randomInt } from 'node:crypto';

/** Without 0, 1, I and O: it is read from one screen and typed on another. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A random text of so many groups of four, 20 bits each: `7KQM-2XRA`. */
export function oneTimeText(groups: number): string {
  const group = () =>
    Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: groups }, group).join('-');
}

/** As typed by someone: capitals, spaces and dashes make no difference. */
export function plainText(typed: string): string {
  return typed.toUpperCase().replace(/[^0-9A-Z]/g, '');
}
