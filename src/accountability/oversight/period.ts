import { Problem } from '../../platform/problem.ts';

/** ISO times: from `from` (inclusive) to `to` (exclusive). */
export interface Period {
  from: string;
  to: string;
}

/** The period of length `6mo`, `2w`, `90d` or `1y` that ends at `endMs`. Days, months and years are those of the
 * unit's calendar. */
export function periodBefore(window: string, endMs: number): Period {
  const [, digits, unit] = /^(\d{1,4})(d|w|mo|y)$/.exec(window) ?? [];
  if (digits === undefined || Number(digits) === 0) {
    throw new Problem(`"${window}" is not a length of time; use 90d, 2w, 6mo or 1y`);
  }
  const amount = Number(digits);
  const from = new Date(endMs);
  if (unit === 'd' || unit === 'w') from.setDate(from.getDate() - amount * (unit === 'w' ? 7 : 1));
  else {
    const day = from.getDate();
    from.setDate(1);
    from.setMonth(from.getMonth() - amount * (unit === 'y' ? 12 : 1));
    const last = new Date(from.getFullYear(), from.getMonth() + 1, 0).getDate();
    from.setDate(Math.min(day, last));
  }
  return { from: from.toISOString(), to: new Date(endMs).toISOString() };
}
