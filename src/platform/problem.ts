/**
 * An error made for the person who reads it: what is wrong, where (file, row, field), and what to do.
 * The CLI prints its message alone, without a stack, and exits with 1.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** A Problem of the moment: what was refused may be taken later as it is. */
export class TemporaryProblem extends Problem {}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `ENOSPC`, `SQLITE_FULL` and the like; undefined for errors without a code. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
