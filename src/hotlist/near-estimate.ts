import { confusablesOf } from './plate-text.ts';

/**
 * Estimates how many alerts the near tier adds for vehicles that are on no list, from the list alone. It assumes that
 * plates of passing vehicles have the list's own mix of patterns (letters and digits by position). The chance that a
 * random plate of a pattern is one confusable away from an entry is the number of such variants of the entries divided
 * by the number of plates of that pattern (the arithmetic of PRA-2). It is an upper limit: the reader must also doubt
 * that character. It says nothing of other texts that the reader holds possible (models/README.md does).
 */
export interface NearEstimate {
  add(plate: string): void;
  /** Extra alerts per 1000 vehicles. */
  per1000(): number;
}

/** An empty estimate. */
export function createNearEstimate(): NearEstimate {
  const plates = new Map<string, number>();
  const variants = new Map<string, number>();
  let total = 0;
  const count = (counts: Map<string, number>, key: string) =>
    counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    add(plate) {
      total += 1;
      const pattern = plate.replace(/[A-Z]/g, '@').replace(/[0-9]/g, '#');
      count(plates, pattern);
      for (let at = 0; at < plate.length; at += 1) {
        for (const other of confusablesOf(plate.charAt(at))) {
          const kind = other < 'A' ? '#' : '@';
          count(variants, pattern.slice(0, at) + kind + pattern.slice(at + 1));
        }
      }
    },
    per1000() {
      let sum = 0;
      for (const [pattern, number] of variants) {
        const share = (plates.get(pattern) ?? 0) / total;
        const space = [...pattern].reduce((all, kind) => all * (kind === '#' ? 10 : 26), 1);
        sum += (share * number) / space;
      }
      return 1000 * sum;
    },
  };
}
