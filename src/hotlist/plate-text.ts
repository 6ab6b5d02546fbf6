/** Characters that readers confuse (PRA-2); the first represents its class. */
const confusableClasses = ['0ODQ', '1I', '2Z', '5S', '8B', '6G'] as const;

const symbolOf = new Map(
  confusableClasses.flatMap((members) =>
    [...members].map((member) => [member, members.charAt(0)] as const),
  ),
);

/** The class of a character, without the character itself; empty for most. */
export function confusablesOf(char: string): string {
  const members = confusableClasses.find((each) => each.includes(char));
  return members?.replace(char, '') ?? '';
}

/** Two plates have the same key if they differ at most by confusable characters. */
export function canonicalKey(plate: string): string {
  return plate.replace(/[ODQIZSBG]/g, (char) => symbolOf.get(char) ?? char);
}

/**
 * The form in which reads and lists are compared: capitals and digits without separators, so that "EN 167" and "en-167"
 * are the same plate. Nothing else is changed: O stays O, 0 stays 0.
 */
export function normalisePlate(text: string): string {
  return /^[A-Z0-9]*$/.test(text) ? text : unify(text).replace(/[^A-Z0-9]/g, '');
}

/** Separators between the characters of a plate, which do not distinguish plates. */
const separators = /[\s\-–—.·•]+/g;

/**
 * Whether a text that a person typed has only signs of a plate: letters, digits, `?` and `*`, and separators. Others mean
 * something (`%`, `_`, `#`); left out in silence they would make a plate that nobody meant.
 */
export function hasPlateSignsOnly(text: string): boolean {
  return /^[A-Z0-9?*]*$/.test(unify(text).replace(separators, ''));
}

/** What stands for characters that nobody could read: dropping it would make a shorter plate, of another vehicle. */
const unreadMark = /_|…|(?:[-–—.·•]\s*){2,}/;

/** Why a listed plate cannot be used. */
export interface UnusablePlate {
  unusable: string;
}

const longestPlate = 10;

/**
 * A plate as a list writes it, with `?` for one character and `*` for a run. Refuses plates that could only be matched
 * wrongly; the reason never quotes the plate.
 */
export function normaliseListedPlate(text: string): { plate: string } | UnusablePlate {
  const unified = /^[A-Z0-9]*$/.test(text) ? text : unify(text);
  if (unreadMark.test(text) && /[A-Z0-9]/.test(unified)) {
    return { unusable: 'has a mark for characters that were not read; ? is one, * several' };
  }
  // Dropping a letter that no local plate has would make another vehicle's plate.
  if (/[\p{L}\p{N}]/u.test(unified.replace(/[A-Z0-9]/g, ''))) {
    return { unusable: 'has a letter other than A-Z, 0-9' };
  }
  const plate = unified.replace(separators, '').replace(/\*+/g, '*');
  if (/[^A-Z0-9?*]/.test(plate)) return { unusable: 'has a character that no plate has' };
  if (plate === '') return { unusable: 'is empty' };
  if (plate.length > longestPlate) {
    return { unusable: `is longer than ${longestPlate} characters` };
  }
  if (isWildcard(plate)) {
    if (plate.replace(/[?*]/g, '').length < 2) {
      return { unusable: 'has fewer than 2 known characters besides ? and *' };
    }
    if ((plate.match(/\*/g)?.length ?? 0) > 2) return { unusable: 'has more than two *' };
  }
  return { plate };
}

/** Whether a normalised listed plate contains `?` or `*`. */
export function isWildcard(plate: string): boolean {
  return plate.includes('?') || plate.includes('*');
}

/**
 * Capitals, and the plain forms of full-width characters. Others stay what they are: in capitals "ß" would be SS, and the
 * plain forms of "¹", "ﬁ" and "™" are characters of other plates.
 */
export function unify(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
