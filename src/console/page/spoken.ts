/** The word of each letter on the agency's radio; empty until the unit has told it. */
let words: Readonly<Record<string, string>> = {};

export function useSpelling(told: Readonly<Record<string, string>>): void {
  words = told;
}

const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** A plate as it is said on the radio: "eight Lincoln Victor Nora three six two". */
export function spoken(plate: string): string {
  return [...plate].map((char) => words[char] ?? digits[Number(char)] ?? char).join(' ');
}
