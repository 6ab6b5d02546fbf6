/** Live frames that were not read, of the last minute. */
export interface PassedOver {
  frames: number;
  /** Of so many. */
  of: number;
}

/** Sums of all frames since the start. */
interface Sums {
  atMs: number;
  frames: number;
  of: number;
}

const windowMs = 60_000;
/** Below this share, or this many frames, a vehicle is read as well in the others. */
const minShare = 0.05;
const minFrames = 30;

/** Keeps the sums of the last minute. `nowMs` is of a monotonic clock. */
export function createPassedOver(): (nowMs: number, sums: PassedOver) => PassedOver {
  const kept: Sums[] = [];
  return (nowMs, { frames, of }) => {
    kept.push({ atMs: nowMs, frames, of });
    // The newest of those that are a minute old is where the minute begins.
    while (kept[1] !== undefined && kept[1].atMs <= nowMs - windowMs) kept.shift();
    const [first] = kept;
    const isWhole = first !== undefined && first.atMs <= nowMs - windowMs;
    const from = isWhole ? first : { frames: 0, of: 0 };
    return { frames: frames - from.frames, of: of - from.of };
  };
}

/** What it means that frames are passed over, and what to do; null if it means nothing. */
export function passedOverProblem({ frames, of }: PassedOver): string | null {
  if (frames < minFrames || frames < of * minShare) return null;
  return (
    `${frames} of ${of} frames of the last minute were passed over, and vehicles may be missed; this machine is too slow: ` +
    "lower the camera's frame rate or size, stop other programs, or use a faster one"
  );
}
