import { Refusal } from '../gate/refusal.ts';
import { commonPasswords } from './common-passwords.ts';

/** Signs that people use for letters; the blocklist holds letters only. */
const swaps: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
  '+': 't',
};

/** Rows of the keyboard and the alphabet; a password that follows one is easy to guess. */
const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/**
 * Refuses a password that is short, common or made from its owner's name (CJIS IA-5(1)). All printable characters
 * count, spaces too; no mixture of kinds is required.
 */
export function checkPassword(
  password: string,
  about: { minLength: number; words: readonly string[] },
): void {
  const reason = faultOf(password, about);
  if (reason !== null) throw new Refusal(400, 'password-refused', `This password ${reason}.`);
}

function faultOf(
  password: string,
  { minLength, words }: { minLength: number; words: readonly string[] },
): string | null {
  if (/\p{Cc}/u.test(password)) return 'contains a control character, such as a tab';
  if ([...password].length < minLength) return `is shorter than ${minLength} characters`;
  if (new Set(password).size < 4) return 'has fewer than 4 different characters';
  const plain = password.toLowerCase();
  for (const row of rows) {
    const backwards = [...row].reverse().join('');
    const letters = plain.replace(/[^a-z0-9]/g, '');
    if (isWalk(letters, row) || isWalk(letters, backwards))
      return 'is a row of keys on the keyboard';
  }
  const cores = coresOf(plain);
  if (cores.some((core) => isCommon(core)))
    return 'is a common password, or a common word with additions';
  for (const word of words) {
    const own = word.toLowerCase().replace(/[^a-z]/g, '');
    if (own.length >= 3 && cores.some((core) => core === own || core === own + own)) {
      return 'is made from a name of the account or the unit';
    }
  }
  return null;
}

/** Whether the whole text follows one row, starting again any number of times. */
function isWalk(text: string, row: string): boolean {
  let jumps = 0;
  for (let at = 1; at < text.length; at += 1) {
    if (!row.includes(text.slice(at - 1, at + 1))) jumps += 1;
  }
  return text.length > 0 && jumps <= Math.floor(text.length / 8);
}

/**
 * The letters of a password without the characters before, after and between them; as typed, and with signs turned back
 * into letters.
 */
function coresOf(plain: string): string[] {
  const stripped = plain.replace(/^[^a-z]+|[^a-z]+$/g, '');
  const undone = (text: string) => [...text].map((sign) => swaps[sign] ?? sign).join('');
  const letters = (text: string) => text.replace(/[^a-z]/g, '');
  return [
    letters(stripped),
    letters(undone(stripped)),
    // "Passw0rd!" ends in a sign that can replace a letter, "P@ssword1" in one that cannot.
    letters(undone(plain.replace(/[^a-z]+$/, ''))),
    letters(undone(plain)),
  ].filter((core) => core.length > 0);
}

function isCommon(core: string): boolean {
  if (commonPasswords.has(core)) return true;
  const half = core.slice(0, core.length / 2);
  return half + half === core && commonPasswords.has(half);
}
