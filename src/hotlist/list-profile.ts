import type { Field } from './list-columns.ts';

/** Statistics of a list's rows, with which the next file of the list is compared. */
export interface ListProfile {
  /** Share of the rows that fill each field. */
  fills: Partial<Record<Field, number>>;
  /** Share of known codes among the filled states and categories. */
  known: { state: number | null; category: number | null };
  /** Share of the entries by the pattern of their plates: `#@@@###` for 7ABC123; only the most frequent. */
  patterns: Record<string, number>;
}

/** Counts the rows of a profile. */
export interface ProfileCount {
  add(row: {
    plate: string;
    filled: readonly Field[];
    known: { state: boolean; category: boolean };
  }): void;
  profile(): ListProfile;
}

const maxPatterns = 30;
/** Fewer rows than this are too few for a comparison. */
const minRows = 20;
/** A field that fewer rows fill may disappear without a fault. */
const usedFrom = 0.2;

/** An empty count. */
export function createProfileCount(): ProfileCount {
  let rows = 0;
  const fills = new Map<Field, number>();
  const known = { state: 0, category: 0 };
  const patterns = new Map<string, number>();
  const shareOf = (count: number, all: number) => Math.round((count / all) * 1000) / 1000;
  return {
    add(row) {
      rows += 1;
      for (const field of row.filled) fills.set(field, (fills.get(field) ?? 0) + 1);
      if (row.known.state) known.state += 1;
      if (row.known.category) known.category += 1;
      const pattern = row.plate.replace(/[A-Z]/g, '@').replace(/[0-9]/g, '#');
      patterns.set(pattern, (patterns.get(pattern) ?? 0) + 1);
    },
    profile() {
      const knownShare = (field: 'state' | 'category') => {
        const filled = fills.get(field) ?? 0;
        return filled === 0 ? null : shareOf(known[field], filled);
      };
      const commonest = [...patterns].sort((a, b) => b[1] - a[1]).slice(0, maxPatterns);
      return {
        fills: Object.fromEntries(
          [...fills].map(([field, count]) => [field, shareOf(count, rows)]),
        ),
        known: { state: knownShare('state'), category: knownShare('category') },
        patterns: Object.fromEntries(
          commonest.map(([text, count]) => [text, shareOf(count, rows)]),
        ),
      };
    },
  };
}

/**
 * Why a file cannot be the next version of a list, or null: a column that the list in use had filled is empty or
 * missing, its codes are suddenly unknown, or its plates do not look like earlier ones. Otherwise a renamed header or
 * two swapped columns would weaken alerts unnoticed.
 */
export function differenceOf(
  before: ListProfile,
  now: ListProfile,
  rows: { before: number; now: number },
): string | null {
  if (rows.before < minRows || rows.now < minRows) return null;
  for (const [field, share] of Object.entries(before.fills) as [Field, number][]) {
    if (share >= usedFrom && (now.fills[field] ?? 0) === 0) {
      return `no row fills ${field}, which ${percent(share)} of the rows of the list in force do`;
    }
  }
  for (const field of ['state', 'category'] as const) {
    const [was, is] = [before.known[field], now.known[field]];
    if (was !== null && is !== null && was >= 0.5 && is < was / 2) {
      return `${percent(is)} of its ${field} codes are known, where the list in force has ${percent(was)}`;
    }
  }
  const shared = Object.entries(before.patterns).reduce(
    (sum, [pattern, share]) => sum + Math.min(share, now.patterns[pattern] ?? 0),
    0,
  );
  return shared < 0.1 ? 'its plate column does not look like the plates of the list in use' : null;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
