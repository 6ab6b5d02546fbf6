import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Clock } from './clock.ts';

/** Time since this machine was started, which no setting of the clock moves and which also counts while it sleeps. */
export interface SinceBoot {
  /** Differs after each start of the machine; null where the system does not tell. */
  bootId: string | null;
  /** Milliseconds since then. */
  ms: Clock;
}

/** This machine's; the same in each of its processes. */
export const sinceBoot: SinceBoot = { bootId: bootId(), ms: () => uptime() * 1000 };

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
