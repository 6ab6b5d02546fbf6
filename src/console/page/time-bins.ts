const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const lengthMs = { hour: hourMs, day: dayMs, week: 7 * dayMs } as const;
/** More bars than this are too thin for a finger. */
const mostHours = 7 * 24;
const mostDays = 120;

/** How many times fall into each hour, day or week. */
export interface TimeBins {
  step: 'hour' | 'day' | 'week';
  /** Where each begins, and where the last one ends, ms: a day in which the clocks are set has 23 or 25 hours. */
  edges: number[];
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
  const step =
    spread < mostHours * hourMs ? 'hour' : spread < mostDays * dayMs ? 'day' : ('week' as const);
  // Whole hours of the zone: some are half an hour off those of UTC.
  const midnight = midnightBefore(first);
  const startMs =
    step === 'hour' ? midnight + Math.floor((first - midnight) / hourMs) * hourMs : midnight;
  const edges = [startMs];
  for (let at = startMs; at <= last; edges.push(at)) {
    // From noon to the midnight before it, whatever the clocks did that day.
    at = step === 'hour' ? at + hourMs : midnightBefore(at + lengthMs[step] + dayMs / 2);
  }
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const at of times) {
    let bin = Math.min(counts.length - 1, Math.floor((at - startMs) / lengthMs[step]));
    // Clocks that were set move the edges by an hour.
    while (at < (edges[bin] ?? 0)) bin -= 1;
    while (at >= (edges[bin + 1] ?? Number.POSITIVE_INFINITY)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { step, edges, counts };
}

/** The span of some bins, both ends included, in either order. */
export function spanOfBins({ edges, counts }: TimeBins, a: number, b: number): TimeSpan {
  const within = (bin: number) => Math.max(0, Math.min(counts.length - 1, bin));
  const [from, to] = [within(Math.min(a, b)), within(Math.max(a, b))];
  return { fromMs: edges[from] ?? 0, toMs: edges[to + 1] ?? 0 };
}

/** The first and the last bin of a span. */
export function binsOfSpan({ edges }: TimeBins, { fromMs, toMs }: TimeSpan): [number, number] {
  return [edges.indexOf(fromMs), edges.indexOf(toMs) - 1];
}
