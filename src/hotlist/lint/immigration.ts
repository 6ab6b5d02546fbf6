/**
 * Whether a text says that an entry is about immigration enforcement, for which some agencies accept no list entries
 * (REL-4: Gov. Code 7282.5, 7284.2).
 */
export function namesImmigration(text: string): boolean {
  return pattern.test(text);
}

const pattern =
  /\bimmigration\b|\bdeport(?:ed|able|ation|ee)?\b|\bICE\s+(?:detainer|hold|warrant|fugitive)\b|\bwarrant of removal\b|\bremoval order\b|\bI-247[A-Z]?\b/i;
