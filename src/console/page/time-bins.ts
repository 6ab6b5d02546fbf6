const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** More bars than this are too thin for a finger. */
const mostHours = 7 * 24;
const mostDays = 120;

/** How many times fall into each step of equal length. */
export interface TimeBins {
  startMs: number;
  stepMs: number;
  counts: number[];
}

/** A span of whole bins. */
export interface TimeSpan {
  fromMs: number;
  /** The first moment behind it. */
  toMs: number;
}

/**
 * Times by the hour; where they are spread over more than a week by the day, over months by the week. `midnightBefore`: the
 * begin of the day in the unit's zone. Null without a time.
 */
export function binsOf(
  times: readonly number[],
  midnightBefore: (ms: number) => number,
): TimeBins | null {
  if (times.length === 0) return null;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const at of times) {
    if (at < first) first = at;
    if (at > last) last = at;
  }
  const spread = last - first;
  const stepMs =
    spread < mostHours * hourMs ? hourMs : spread < mostDays * dayMs ? dayMs : 7 * dayMs;
  // Whole hours of the zone: some are half an hour off those of UTC.
  const midnight = midnightBefore(first);
  const startMs =
    stepMs === hourMs ? midnight + Math.floor((first - midnight) / hourMs) * hourMs : midnight;
  const counts = new Array<number>(Math.floor((last - startMs) / stepMs) + 1).fill(0);
  for (const at of times) {
    const bin = Math.floor((at - startMs) / stepMs);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { startMs, stepMs, counts };
}

/** The span of some bins, both ends included, in either order. */
export function spanOfBins({ startMs, stepMs, counts }: TimeBins, a: number, b: number): TimeSpan {
  const within = (bin: number) => Math.max(0, Math.min(counts.length - 1, bin));
  const [from, to] = [within(Math.min(a, b)), within(Math.max(a, b))];
  return { fromMs: startMs + from * stepMs, toMs: startMs + (to + 1) * stepMs };
}

/** The first and the last bin of a span. */
export function binsOfSpan(
  { startMs, stepMs }: TimeBins,
  { fromMs, toMs }: TimeSpan,
): [number, number] {
  return [Math.round((fromMs - startMs) / stepMs), Math.round((toMs - startMs) / stepMs) - 1];
}

export const stepWords = ({ stepMs }: TimeBins): string =>
  stepMs === hourMs ? 'hour' : stepMs === dayMs ? 'day' : 'week';
