import type { Motion } from './track-report.ts';

type Box = readonly [number, number, number, number];

/** One vehicle's plate over time in the picture. */
export interface Path {
  add(atMs: number, box: Box, frameWidth: number): void;
  /** The predicted box, by the motion so far. */
  predict(atMs: number): [number, number, number, number];
  /** Over the last seconds; `unknown` until there is enough data. */
  motion(): Motion;
  /** Frame widths per second, positive to the right. */
  lateralPerS(): number;
  readonly lastBox: Box;
}

interface Sighting {
  atMs: number;
  /** Centre, in frame widths. */
  x: number;
  y: number;
  /** Natural logarithm of the plate's width: grows linearly as a vehicle approaches. */
  logWidth: number;
}

/** Sightings older than this are ignored for the motion. */
const windowMs = 3000;
const maxSightings = 60;
/** Growth of the plate per second (0.1 = 10 %) that certainly means approaching or receding. */
const sureGrowth = 0.1;
/** Growth that gives the direction if nothing contradicts it. */
const minGrowth = 0.04;
/** Frame widths per second below which a plate counts as still. */
const stillPerS = 0.02;
/** Predictions reach no further ahead than this. */
const maxAheadMs = 1000;

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
      sightings = sightings.filter((s) => at - s.atMs <= windowMs).slice(-maxSightings);
    },
    predict(at) {
      const dt = Math.min(maxAheadMs, Math.max(0, at - lastMs));
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
      // Edges of a found plate are off by some per cent: over a short time a larger change is needed.
      const change = Math.abs(growth) * (spanMs() / 1000);
      if (Math.abs(growth) >= sureGrowth && change >= 0.06) return direction;
      if (drift < stillPerS && Math.abs(growth) < minGrowth) {
        return spanMs() >= 700 ? 'stationary' : 'unknown';
      }
      return Math.abs(growth) >= minGrowth && change >= 0.04 ? direction : 'unknown';
    },
    lateralPerS: () => slope((s) => s.x),
    get lastBox() {
      return box;
    },
  };
  path.add(atMs, first, frameWidth);
  return path;
}
