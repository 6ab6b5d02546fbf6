import { fieldWords } from './input-fault.ts';

/** Marks that nobody sees and that turn the text after them around, also that of others beside it (Unicode UAX 9). */
const turning = /[\u202A-\u202E\u2066-\u2069]/g;

/**
 * Characters that no text has: those that steer a terminal or a printer, besides line ends and tab; the mark of a character that
 * was lost on the way; and half a character.
 */
const unreadable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\0-\x08\v\f\x0E-\x1F\x7F-\x9F\uFFFD-\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Fields that hold a password, which is never changed. */
const secrets = new Set(['password', 'current', 'next']);

/**
 * What somebody typed or pasted, without marks that turn text around: in a name or a reason they would make the lines of the
 * inbox, the audit log and its papers read otherwise than they were recorded.
 */
export function withoutTurning(input: unknown): unknown {
  if (typeof input === 'string') return input.replaceAll(turning, '');
  if (Array.isArray(input)) return input.map(withoutTurning);
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      secrets.has(name) ? value : withoutTurning(value),
    ]),
  );
}

/** What is wrong with a text that holds a character nobody can read, with its field and place; null if none does. */
export function textFault(input: unknown, path: readonly (string | number)[] = []): string | null {
  if (typeof input === 'string') {
    const at = unreadable.exec(input)?.index ?? -1;
    if (at === -1) return null;
    const code = input.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
    const field = fieldWords(path);
    const words = `character ${at + 1} cannot be read (U+${code}); type this text anew instead of pasting it`;
    return field === '' ? words : `${field}: ${words}`;
  }
  if (typeof input !== 'object' || input === null) return null;
  for (const [name, value] of Object.entries(input)) {
    if (secrets.has(name)) continue;
    const fault = textFault(value, [...path, Array.isArray(input) ? Number(name) : name]);
    if (fault !== null) return fault;
  }
  return null;
}
