import { once } from 'node:events';
import type { Command } from '@commander-js/extra-typings';
import { eraseUnit, keysAreDestroyed, wipeWords } from '../accountability/lost-unit/erase-unit.ts';
import { loadPolicy } from '../accountability/policy/load-policy.ts';
import type { Config } from '../config/schema.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { lockDataDir } from '../daemon/lock-data-dir.ts';
import { counted } from '../platform/counted.ts';
import { namedAddress } from '../platform/local-server.ts';
import { createLog, type Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { stuckParts } from '../platform/progress-watch.ts';
import { refuseForeignFiles, refuseRoot } from '../platform/service-user.ts';
import { systemdNotify, watchdogEveryMs } from '../platform/systemd-notify.ts';
import { release } from '../version.ts';
import { ignoreBrokenPipe } from './broken-pipe.ts';
import { configured, readConfig } from './configured.ts';

/** A stop that takes longer is forced (rule 10). */
const stopLimitMs = 9_000;
/** `RestartPreventExitStatus` of systemd/lookout.service. */
const wipedExitCode = 78;

/** `lookout run`: the daemon, until it is stopped. */
export function registerRun(program: Command): void {
  configured(program.command('run'))
    .description('run the daemon: read plates, alert, sync with headquarters')
    .action(async (options) => {
      ignoreBrokenPipe();
      const { config, origins, isInstalled } = readConfig(options);
      // A fault of the agency's own values is told with their file and line, which the daemon does not know.
      loadPolicy(config.policy, origins);
      const log = createLog(config.log);
      const { dataDir } = config.unit;
      refuseRoot(dataDir, isInstalled);
      refuseForeignFiles(dataDir);
      {
        using _lock = lockDataDir(dataDir);
        // If an earlier wipe destroyed the keys, finish erasing now. If it stopped before that, the daemon resumes it.
        if (keysAreDestroyed(dataDir)) {
          await eraseUnit(dataDir);
          await stayOff(wipeWords(dataDir) ?? '');
        }
        const { stopRequested, requestStop, notified } = listenForStop(log);
        await runUntil(stopRequested, config, log, () => requestStop('wiped'));
        if (stopRequested.reason === 'wiped') await eraseUnit(dataDir);
        await notified();
      }
      log.info('stopped');
      process.exit(0);
    });
}

/** Ends the daemon so that systemd does not start it again; `systemctl status` shows why, also to those who see no log. */
async function stayOff(why: string): Promise<never> {
  process.stderr.write(`lookout: ${why}\n`);
  await systemdNotify(`STATUS=${why}`).catch(() => undefined);
  process.exit(wipedExitCode);
}

/**
 * Stops once, at a signal or at the daemon's own request: `stopRequested` is aborted with the reason, and systemd is
 * notified, for which `notified` waits. A second signal, or a stop that takes too long, ends the process at once.
 */
function listenForStop(log: Log) {
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

function limitStop(log: Log): void {
  setTimeout(() => {
    log.error({ limitMs: stopLimitMs }, 'shutdown exceeded its limit; exiting now');
    process.exit(1);
  }, stopLimitMs).unref();
}

/**
 * Runs the daemon from its build to its disposal. A stop request wins over a start that hangs (sound device, disk): the
 * start then rejects with the request's reason.
 */
async function runUntil(
  stopRequested: AbortSignal,
  config: Config,
  log: Log,
  onWiped: () => void,
): Promise<void> {
  const { createDaemon } = await import('../daemon/daemon.ts');
  try {
    await using daemon = await createDaemon(config, log);
    daemon.events.once('wiped', onWiped);
    daemon.events.once('stopping', () => limitStop(log));
    log.info({ release, unit: config.unit.id, heads: config.heads.list.length }, 'starting');
    await daemon.start(stopRequested);
    await serve(daemon, log, stopRequested);
  } catch (error) {
    if (stopRequested.aborted && error === stopRequested.reason) return;
    throw error;
  }
}

/**
 * Reports that the daemon is ready, and feeds the watchdog while every part makes progress, until a stop is requested.
 */
async function serve(daemon: Daemon, log: Log, stopRequested: AbortSignal): Promise<void> {
  process.stdout.write(greeting(daemon));
  const { length: heads } = daemon.status().heads;
  await systemdNotify('READY=1', `STATUS=Running with ${counted(heads, 'camera head')}`);
  log.info('ready');
  const every = watchdogEveryMs();
  const feeding = setInterval(async () => {
    const stuck = await stuckParts(daemon.watchedParts, (every ?? 10_000) * 0.8);
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
function greeting({ console: page, accountability }: Daemon): string {
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
