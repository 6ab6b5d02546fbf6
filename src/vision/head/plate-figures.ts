import type { UnreadReason } from '../reading/plate-read.ts';
import type { TrackReport } from '../tracking/track-report.ts';

/** How well the vehicles of one camera head are read; holds no plate. */
export interface PlateFigures {
  /** Width of the plate in the best picture of each of the last 50 vehicles, oldest first, px. */
  widthsPx: number[];
  /** Vehicles of the last ten minutes whose plate was read. */
  read: number;
  /** Those whose plate was found and not read, by reason. */
  unread: Partial<Record<UnreadReason, number>>;
}

/** Counts the vehicles of every head. */
export interface PlateFigureBook {
  /** A vehicle counts when it is gone. */
  add(report: Pick<TrackReport, 'head' | 'phase' | 'box' | 'unread'>): void;
  of(head: string): PlateFigures;
}

const vehiclesKept = 50;
const windowMs = 10 * 60_000;
/** More vehicles in ten minutes than pass any camera. */
const mostEvents = 4000;

interface Seen {
  atMs: number;
  unread: UnreadReason | null;
}

/** `now`: a monotonic clock, ms. */
export function createPlateFigures(now: () => number = () => performance.now()): PlateFigureBook {
  const heads = new Map<string, { widthsPx: number[]; seen: Seen[] }>();
  return {
    add({ head, phase, box, unread }) {
      if (phase !== 'ended') return;
      const known = heads.get(head) ?? { widthsPx: [], seen: [] };
      heads.set(head, known);
      known.widthsPx.push(box[2]);
      if (known.widthsPx.length > vehiclesKept) known.widthsPx.shift();
      known.seen.push({ atMs: now(), unread });
      if (known.seen.length > mostEvents) known.seen.shift();
    },
    of(head) {
      const { widthsPx, seen } = heads.get(head) ?? { widthsPx: [], seen: [] };
      const fromMs = now() - windowMs;
      while ((seen[0]?.atMs ?? fromMs) < fromMs) seen.shift();
      const unread: PlateFigures['unread'] = {};
      let read = 0;
      for (const each of seen) {
        if (each.unread === null) read += 1;
        else unread[each.unread] = (unread[each.unread] ?? 0) + 1;
      }
      return { widthsPx: [...widthsPx], read, unread };
    },
  };
}
