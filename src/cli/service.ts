import { once } from 'node:events';
import type { Accountability } from '../accountability/accountability.ts';
import type { Console } from '../console/console.ts';
import { namedAddress } from '../platform/local-server.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { stuckParts, type WatchedPart } from '../platform/progress-watch.ts';
import { systemdNotify, watchdogEveryMs } from '../platform/systemd-notify.ts';

/** A stop that takes longer is forced (rule 10). */
const stopLimitMs = 9_000;

/**
 * Stops once, at a signal or at the daemon's own request: `stopRequested` is aborted with the reason, and systemd is
 * notified, for which `notified` waits. A second signal, or a stop that takes too long, ends the process at once.
 */
export function listenForStop(log: Log) {
  const stopping = new AbortController();
  let notifying: Promise<void> = Promise.resolve();
  const requestStop = (reason: string): void => {
    if (stopping.signal.aborted) return;
    log.info({ reason }, 'stopping');
    limitStop(log);
    notifying = systemdNotify('STOPPING=1').catch(() => undefined);
    stopping.abort(reason);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    let seen = 0;
    process.on(signal, () => {
      seen += 1;
      if (seen > 1) process.exit(1);
      requestStop(signal);
    });
  }
  return { stopRequested: stopping.signal, requestStop, notified: () => notifying };
}

export function limitStop(log: Log): void {
  setTimeout(() => {
    log.error({ limitMs: stopLimitMs }, 'shutdown exceeded its limit; exiting now');
    process.exit(1);
  }, stopLimitMs).unref();
}

/** Tells that the service is ready, and feeds the watchdog while every part makes progress, until a stop is requested. */
export async function serve(
  service: { greeting: string; words: string; watchedParts: readonly WatchedPart[] },
  { log, stopRequested }: { log: Log; stopRequested: AbortSignal },
): Promise<void> {
  process.stdout.write(service.greeting);
  await systemdNotify('READY=1', `STATUS=${service.words}`);
  log.info('ready');
  const every = watchdogEveryMs();
  const feeding = setInterval(async () => {
    const stuck = await stuckParts(service.watchedParts, (every ?? 10_000) * 0.8);
    for (const part of stuck) {
      log.error(part, 'no progress in a part of the daemon; the watchdog is not fed');
    }
    if (every !== null && stuck.length === 0) {
      await systemdNotify('WATCHDOG=1').catch((error) =>
        log.warn({ problem: messageOf(error) }, 'systemd could not be notified'),
      );
    }
  }, every ?? 10_000);
  if (!stopRequested.aborted) await once(stopRequested, 'abort');
  clearInterval(feeding);
}

/**
 * Where the page is, and the code for the first administrator. Without a page neither is told: another unit's page may
 * answer at the address, and this unit's code is no use there.
 */
export function greeting({
  console: page,
  accountability,
}: {
  console: Console | null;
  accountability: Accountability;
}): string {
  const { people } = accountability;
  const served = page !== null && page.problem === null;
  const own =
    page === null
      ? ''
      : served
        ? `Alert page: ${namedAddress(page.url)}\n`
        : `No alert page: ${page.problem}\n`;
  const where = page?.https ? `${own}Alert page for other computers: ${page.https.url}\n` : own;
  // A damaged database of accounts is a problem of the status; it may hold administrators.
  if (people.problem() !== null || !people.form().firstStart) return where;
  return served
    ? `${where}There is no account on this unit yet. One-time code for the first administrator: ${people.firstStartCode()}\n`
    : `${where}There is no account on this unit yet: "lookout user first" creates the first administrator.\n`;
}
