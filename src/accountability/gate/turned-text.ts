/** Marks that nobody sees and that turn the text after them around, also that of others beside it (Unicode UAX 9). */
const turning = /[\u202A-\u202E\u2066-\u2069]/g;

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
