import type { Config } from '../config/schema.ts';

/** How the voice says letters: as they are, or in the words of an alphabet. */
export type Spelling = Config['alerts']['voice']['spelling'];

/** Police radio of the USA (APCO). */
const apco = `Adam Boy Charles David Edward Frank George Henry Ida John King Lincoln Mary Nora Ocean Paul Queen Robert
Sam Tom Union Victor William X-ray Young Zebra`;

/** Aviation and NATO (ICAO), spelt as its own documents do. */
const icao = `Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec
Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu`;

/** The word of each letter; null for letters as they are. */
export const alphabets: Readonly<Record<Spelling, ReadonlyMap<string, string> | null>> = {
  letters: null,
  apco: wordsOf(apco),
  icao: wordsOf(icao),
};

function wordsOf(alphabet: string): ReadonlyMap<string, string> {
  return new Map(alphabet.split(/\s+/).map((word) => [word.charAt(0), word]));
}
