/** Events per second over the last few seconds. */
export interface Rate {
  /** Counts one event at `atMs`. */
  add(atMs: number): void;
  /** Events per second as of `nowMs`. */
  perS(nowMs: number): number;
}

/** Counts over `windowMs`, with at most the last 1024 events kept. */
export function createRate(windowMs = 5000): Rate {
  const times: number[] = [];
  const forget = (nowMs: number) => {
    const old = times.findIndex((time) => time > nowMs - windowMs);
    times.splice(0, old === -1 ? times.length : old);
  };
  return {
    add(atMs) {
      // The clock was set back: events counted in its future would never expire.
      if (atMs < (times.at(-1) ?? atMs)) times.length = 0;
      times.push(atMs);
      if (times.length > 1024) times.shift();
    },
    perS(nowMs) {
      forget(nowMs);
      const first = times[0];
      const spanMs = first === undefined ? 0 : nowMs - first;
      return spanMs < 1 ? 0 : ((times.length - 1) / spanMs) * 1000;
    },
  };
}
