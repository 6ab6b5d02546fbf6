import { rmSync } from 'node:fs';
import type { Command } from 'commander';
import {
  eraseUnit,
  keysAreDestroyed,
  refuseWiped,
} from '../accountability/lost-unit/erase-unit.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { lockDataDir } from '../daemon/lock-data-dir.ts';
import { createLog, type Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { stuckParts } from '../platform/progress-watch.ts';
import { systemdNotify, watchdogEveryMs } from '../platform/systemd-notify.ts';
import { version } from '../version.ts';
import { ignoreBrokenPipe } from './broken-pipe.ts';
import { type ConfiguredOptions, configured, readConfig } from './configured.ts';

/** A stop that takes longer is ended hard (rule 10). */
const stopLimitMs = 9_000;

/** `lookout run`: the daemon, until it is told to stop. */
export function registerRun(program: Command): void {
  configured(program.command('run'))
    .description('run the daemon: read plates, alert, sync with headquarters')
    .action(async (options: ConfiguredOptions) => {
      ignoreBrokenPipe();
      const { config } = readConfig(options);
      const log = createLog(config.log);
      const { dataDir } = config.unit;
      const lock = lockDataDir(dataDir);
      // One that was wiped up to its keys is erased; before that, the daemon goes on where it was.
      if (keysAreDestroyed(dataDir)) {
        await eraseUnit(dataDir);
        rmSync(lock, { force: true });
        refuseWiped(dataDir);
      }
      const { createDaemon } = await import('../daemon/daemon.ts');
      const daemon = createDaemon(config, log);
      const { promise: told, resolve: tell } = Promise.withResolvers<string>();
      const stop = (reason: string): void => {
        setTimeout(() => {
          log.error({ limitMs: stopLimitMs }, 'the stop took too long and is ended hard');
          process.exit(1);
        }, stopLimitMs).unref();
        tell(reason);
      };
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        let seen = 0;
        process.on(signal, () => {
          seen += 1;
          if (seen > 1) process.exit(1);
          stop(signal);
        });
      }
      daemon.events.once('wiped', () => stop('wiped'));

      log.info({ version, unit: config.unit.id, heads: config.heads.list.length }, 'starting');
      let reason: string;
      try {
        // A start can take its time, over a sound device or a disk that does not answer: it is not waited for.
        reason =
          (await Promise.race([daemon.start(), told])) ?? (await serveUntil(told, daemon, log));
      } catch (error) {
        stop('failed');
        await daemon[Symbol.asyncDispose]();
        rmSync(lock, { force: true });
        throw error;
      }
      log.info({ reason }, 'stopping');
      await systemdNotify('STOPPING=1').catch(() => undefined);
      await daemon[Symbol.asyncDispose]();
      if (reason === 'wiped') await eraseUnit(dataDir);
      rmSync(lock, { force: true });
      log.info('stopped');
      process.exit(0);
    });
}

/** Says that the daemon is ready and feeds the watchdog while every part of it moves; gives the reason of the stop. */
async function serveUntil(told: Promise<string>, daemon: Daemon, log: Log): Promise<string> {
  const { console: page, accountability } = daemon;
  if (page !== null) process.stdout.write(`Alert page: ${page.url}\n`);
  const code = accountability.people.firstStartCode();
  if (code !== null) {
    process.stdout.write(
      `Nobody has an account on this unit yet. One-time code for the first administrator: ${code}\n`,
    );
  }
  const { length: heads } = daemon.status().heads;
  await systemdNotify('READY=1', `STATUS=Running with ${heads} camera heads`);
  log.info('ready');
  const every = watchdogEveryMs();
  const feeding = setInterval(async () => {
    const stuck = await stuckParts(daemon.watchedParts, (every ?? 10_000) * 0.8);
    for (const part of stuck) log.error(part, 'a part of the daemon does not move');
    if (every !== null && stuck.length === 0) {
      await systemdNotify('WATCHDOG=1').catch((error) =>
        log.warn({ problem: messageOf(error) }, 'systemd could not be told'),
      );
    }
  }, every ?? 10_000);
  const reason = await told;
  clearInterval(feeding);
  return reason;
}
