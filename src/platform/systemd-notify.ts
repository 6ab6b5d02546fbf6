import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Sends systemd a state such as `READY=1`, `WATCHDOG=1` or `STATUS=…` (sd_notify(3)). Node has no datagram socket for
 * that, so this runs systemd's own small program. Does nothing outside systemd.
 */
export async function systemdNotify(...states: string[]): Promise<void> {
  if (process.env.NOTIFY_SOCKET === undefined) return;
  await run('systemd-notify', [`--pid=${process.pid}`, ...states], { timeout: 5000 });
}

/** Interval for feeding the watchdog, ms (a third of its limit), or null if there is none. */
export function watchdogEveryMs(): number | null {
  const limit = Number(process.env.WATCHDOG_USEC);
  const pid = process.env.WATCHDOG_PID;
  if (!Number.isFinite(limit) || limit <= 0) return null;
  if (pid !== undefined && Number(pid) !== process.pid) return null;
  return limit / 1000 / 3;
}
