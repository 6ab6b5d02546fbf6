import { detectionQuerySchema } from '../../src/accountability/search/query.ts';
import type { Search } from '../../src/accountability/search/search.ts';
import { createRecent } from '../../src/platform/quantiles.ts';

const dayMs = 86_400_000;

/** The year of the detections that are asked for. */
export const endMs = Date.UTC(2026, 10, 22);
export const startMs = endMs - 365 * dayMs;

/** Repeatable, so that two runs ask the same questions. */
let seed = 20261122;
export function random(below: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}
const letter = () => String.fromCharCode(65 + random(26));
const digit = () => String(random(10));

/** Times are ms since the epoch here, and text where people give them. */
const query = ({ from, to, ...part }: { from?: number; to?: number }) => ({
  ...detectionQuerySchema.parse(part),
  from,
  to,
});
const place = (spread: number) => ({
  latitude: 37.95 + random(1000) * spread,
  longitude: -122.25 + random(1000) * spread,
});
const area = (radiusM: number) => ({ kind: 'circle', ...place(0.0001), radiusM });
const span = (lengthMs: number) => {
  const from = startMs + random(364) * dayMs + random(24) * 3_600_000;
  return { from, to: from + lengthMs };
};

/**
 * Asks each kind of question `rounds` times, as the page and the command line do; `plates`: some that are there. Prints median and
 * 99th percentile.
 */
export async function askAll(
  search: Search,
  { plates, rounds }: { plates: readonly string[]; rounds: number },
): Promise<void> {
  const page = async (part: object) => {
    const { detections, next } = await search.ask('page', { query: query(part), limit: 50 });
    return { rows: detections.length, cut: next !== null && detections.length < 50 };
  };
  const kinds: Record<string, (round: number) => Promise<{ rows: number; cut: boolean }>> = {
    'exact plate': (round) => page({ plate: plates[round] }),
    'exact plate, look-alikes too': (round) => page({ plate: plates[round], alike: true }),
    'begin, as 8AB*': () => page({ plate: `${digit()}${letter()}${letter()}*` }),
    'middle, digits, as *123*': () => page({ plate: `*${digit()}${digit()}${digit()}*` }),
    'middle, letters, as *XQZ*': () => page({ plate: `*${letter()}${letter()}${letter()}*` }),
    'two known, as *X7*': () => page({ plate: `*${letter()}${digit()}*` }),
    'gaps, as 8?B?12?': () => page({ plate: `${digit()}?${letter()}?${digit()}${digit()}?` }),
    'what may be a plate, within a week': (round) =>
      page({ plate: plates[round], possible: true, ...span(7 * dayMs) }),
    'middle within a week': () =>
      page({ plate: `*${letter()}${letter()}${digit()}*`, ...span(7 * dayMs) }),
    'circle of 300 m, an hour': () => page({ area: area(300), ...span(3_600_000) }),
    'circle of 300 m, a day': () => page({ area: area(300), ...span(dayMs) }),
    'circle of 300 m, the year': () => page({ area: area(300) }),
    'circle of 5 km, a day': () => page({ area: area(5000), ...span(dayMs) }),
    'circle and part of a plate, the year': () =>
      page({ area: area(300), plate: `*${digit()}${digit()}*` }),
    'hits, the year': () => page({ hits: true }),
    'rare: a state that is never there': () => page({ state: 'HI' }),
    'stakeout, 300 m, an hour': async () => {
      const { latitude, longitude } = place(0.0001);
      const circle = { kind: 'circle' as const, latitude, longitude, radiusM: 300 };
      const { detections, more } = await search.ask('stakeout', {
        area: circle,
        ...span(3_600_000),
      });
      return { rows: detections, cut: more };
    },
    'past reads of a wildcard, 30 days': async () => {
      const pattern = `${digit()}${letter()}${letter()}?${digit()}*`;
      const sinceMs = endMs - 30 * dayMs;
      const { detections, more } = await search.countPastReads({ pattern, sinceMs });
      return { rows: detections, cut: more };
    },
  };
  for (const [name, ask] of Object.entries(kinds)) {
    const times = createRecent(rounds);
    const slow = name.startsWith('rare');
    let rows = 0;
    let cut = 0;
    const asked = slow ? 3 : rounds;
    let firstMs = 0;
    for (let round = 0; round < asked; round += 1) {
      const startedMs = performance.now();
      const found = await ask(round);
      const tookMs = performance.now() - startedMs;
      if (round === 0) firstMs = tookMs;
      times.add(tookMs);
      rows += found.rows;
      if (found.cut) cut += 1;
    }
    const { p50, p99 } = times.summary();
    const figure = { p50Ms: p50, p99Ms: p99, firstMs, rows: rows / asked, cutShort: cut };
    process.stdout.write(`${name.padEnd(38)} ${shortJson(figure)}\n`);
  }
}

/** Figures of three digits. */
export function shortJson(figures: unknown): string {
  return JSON.stringify(figures, (_key, value) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(3)) : value,
  );
}
