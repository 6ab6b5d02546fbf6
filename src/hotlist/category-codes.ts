import { type HotCategory, hotCategories } from '../config/hot-categories.ts';

/**
 * Finds the category of a list's code: by the layout's mapping, by the category's own name in any spelling ("Stolen
 * vehicle"), by a number with other leading zeros, or by the code before a suffix ("EF-A", "EF(A)" of a mapped "EF") or
 * between marks ("*EF*"). Codes are data (FMT-2). `spell` converts the letters to the list's spelling. Undefined for an unknown code.
 */
export function createCategoryCodes(
  mapping: Readonly<Record<string, HotCategory>>,
  spell: (code: string) => string,
): (code: string) => HotCategory | undefined {
  const codes = new Map<string, HotCategory>(
    hotCategories.map((category) => [category.toUpperCase(), category]),
  );
  for (const [code, category] of Object.entries(mapping)) codes.set(code.toUpperCase(), category);
  const numbers = new Map(
    [...codes].flatMap(([code, category]) =>
      /^\d+$/.test(code) ? [[Number(code), category]] : [],
    ),
  );

  const whole = (code: string): HotCategory | undefined =>
    codes.get(code) ??
    codes.get(spell(code)) ??
    codes.get(code.replace(/[\s\p{Pd}]+/gu, '_')) ??
    (/^\d+$/.test(code) ? numbers.get(Number(code)) : undefined);

  return (code) => {
    const upper = code.toUpperCase();
    const known = whole(upper);
    if (known !== undefined) return known;
    let rest = upper.replace(/^[^\p{L}\p{N}]+/u, '');
    for (;;) {
      const found = whole(rest);
      if (found !== undefined) return found;
      const shorter = rest.replace(/[^\p{L}\p{N}]+[\p{L}\p{N}]*$/u, '');
      if (shorter === rest) return undefined;
      rest = shorter;
    }
  };
}
