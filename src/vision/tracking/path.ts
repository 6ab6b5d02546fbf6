import type { Motion } from './track-report.ts';

type Box = readonly [number, number, number, number];

/** One vehicle's plate over time in the picture. */
export interface Path {
  add(atMs: number, box: Box, frameWidth: number): void;
  /** Where the box will be, moved on as it has been moving. */
  predict(atMs: number): [number, number, number, number];
  /** Over the last seconds; `unknown` until there is enough to tell. */
  motion(): Motion;
  /** Frame widths a second, positive to the right. */
  lateralPerS(): number;
  readonly lastBox: Box;
}

interface Sighting {
  atMs: number;
  /** Centre, in frame widths. */
  x: number;
  y: number;
  /** Natural logarithm of the plate's width: grows evenly as a vehicle comes closer. */
  logWidth: number;
}

/** Sightings older than this no longer tell the motion. */
const WINDOW_MS = 3000;
const MAX_SIGHTINGS = 60;
/** Growth of the plate a second (0.1 = 10 %) from which it comes closer or goes away for certain. */
const SURE_GROWTH = 0.1;
/** Growth that tells the direction when nothing else speaks against it. */
const LEAST_GROWTH = 0.04;
/** Frame widths a second below which a plate hardly moves. */
const STILL = 0.02;
/** No prediction further than this ahead. */
const MAX_AHEAD_MS = 1000;

/** Starts a path at its first sighting. */
export function createPath(atMs: number, first: Box, frameWidth: number): Path {
  let sightings: Sighting[] = [];
  let box = first;
  let lastMs = atMs;
  let velocity: [number, number] = [0, 0];

  const slope = (value: (sighting: Sighting) => number): number => {
    const n = sightings.length;
    if (n < 2) return 0;
    const meanT = sightings.reduce((sum, s) => sum + s.atMs, 0) / n;
    const meanV = sightings.reduce((sum, s) => sum + value(s), 0) / n;
    let above = 0;
    let below = 0;
    for (const s of sightings) {
      above += (s.atMs - meanT) * (value(s) - meanV);
      below += (s.atMs - meanT) ** 2;
    }
    return below === 0 ? 0 : (above / below) * 1000;
  };
  const spanMs = () => (sightings.at(-1)?.atMs ?? 0) - (sightings[0]?.atMs ?? 0);

  const path: Path = {
    add(at, next, width) {
      const dt = at - lastMs;
      if (dt > 0) {
        const moved = (i: 0 | 1) =>
          (next[i] + next[i === 0 ? 2 : 3] / 2 - (box[i] + box[i === 0 ? 2 : 3] / 2)) / dt;
        const trust = sightings.length < 2 ? 1 : 0.5;
        velocity = [
          velocity[0] * (1 - trust) + moved(0) * trust,
          velocity[1] * (1 - trust) + moved(1) * trust,
        ];
      }
      box = next;
      lastMs = at;
      sightings.push({
        atMs: at,
        x: (next[0] + next[2] / 2) / width,
        y: (next[1] + next[3] / 2) / width,
        logWidth: Math.log(Math.max(1, next[2])),
      });
      sightings = sightings.filter((s) => at - s.atMs <= WINDOW_MS).slice(-MAX_SIGHTINGS);
    },
    predict(at) {
      const dt = Math.min(MAX_AHEAD_MS, Math.max(0, at - lastMs));
      return [box[0] + velocity[0] * dt, box[1] + velocity[1] * dt, box[2], box[3]];
    },
    motion() {
      if (sightings.length < 3 || spanMs() < 250) return 'unknown';
      const growth = slope((s) => s.logWidth);
      const drift = Math.hypot(
        slope((s) => s.x),
        slope((s) => s.y),
      );
      const direction = growth > 0 ? 'approaching' : 'receding';
      // Edges of a plate found are off by some per cent: a short view needs a larger change to be sure.
      const change = Math.abs(growth) * (spanMs() / 1000);
      if (Math.abs(growth) >= SURE_GROWTH && change >= 0.06) return direction;
      if (drift < STILL && Math.abs(growth) < LEAST_GROWTH) {
        return spanMs() >= 700 ? 'stationary' : 'unknown';
      }
      return Math.abs(growth) >= LEAST_GROWTH && change >= 0.04 ? direction : 'unknown';
    },
    lateralPerS: () => slope((s) => s.x),
    get lastBox() {
      return box;
    },
  };
  path.add(atMs, first, frameWidth);
  return path;
}
