/** Tells whether a live camera's pictures that wait on their way are being worked off. */
export interface Backlog {
  /** Adds a frame: `stays` if the camera has been behind for the given time and does not catch up. */
  add(frame: { arrivedMs: number; lateMs: number }): 'none' | 'shrinks' | 'stays';
  /** How late the newest frame came, ms, once the camera has been behind for a second; or null. */
  readonly lateMs: number | null;
}

/** A live camera is behind when its frames come later than this, or for longer, ms. */
const behindMs = 1000;
/** It catches up while they come this much less late within the patience, ms. */
const stepMs = 250;

/**
 * Starts with a camera that is not behind. Its frames have their own times, so that what shows the past is read as such;
 * but what waits must not grow without end. `arrivedMs` is by a monotonic clock.
 *
 * @param patienceMs how long a camera may be behind without catching up
 */
export function createBacklog(patienceMs: number): Backlog {
  /** Since when it is behind; when it last caught up by a step, and how late its frames came then. */
  let behind: { sinceMs: number; stepAtMs: number; leastMs: number } | null = null;
  let newest = { arrivedMs: 0, lateMs: 0 };
  return {
    add(frame) {
      newest = frame;
      const { arrivedMs, lateMs } = frame;
      if (lateMs <= behindMs) {
        behind = null;
        return 'none';
      }
      behind ??= { sinceMs: arrivedMs, stepAtMs: arrivedMs, leastMs: lateMs };
      if (lateMs <= behind.leastMs - stepMs) {
        behind.stepAtMs = arrivedMs;
        behind.leastMs = lateMs;
      }
      return arrivedMs - behind.stepAtMs >= patienceMs ? 'stays' : 'shrinks';
    },
    get lateMs() {
      const isLong = behind !== null && newest.arrivedMs - behind.sinceMs >= behindMs;
      return isLong ? newest.lateMs : null;
    },
  };
}
