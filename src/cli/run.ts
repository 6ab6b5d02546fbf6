import type { Command } from '@commander-js/extra-typings';
import { eraseUnit, keysAreDestroyed, wipeWords } from '../accountability/lost-unit/erase-unit.ts';
import { loadPolicy } from '../accountability/policy/load-policy.ts';
import type { ClockWitnesses } from '../accountability/retention/clock-belief.ts';
import type { LoadedConfig } from '../config/load.ts';
import { lockDataDir } from '../daemon/lock-data-dir.ts';
import { counted } from '../platform/counted.ts';
import { createLog, type Log } from '../platform/log.ts';
import { Problem } from '../platform/problem.ts';
import { refuseForeignFiles, refuseRoot } from '../platform/service-user.ts';
import { systemdNotify } from '../platform/systemd-notify.ts';
import { release } from '../version.ts';
import { ignoreBrokenPipe } from './broken-pipe.ts';
import { configured, readConfig } from './configured.ts';
import { greeting, limitStop, listenForStop, serve } from './service.ts';

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
      if (config.unit.mode === 'headquarters') {
        throw new Problem(
          'unit.mode: headquarters has no cameras to read; start it with "lookout headquarters run"',
        );
      }
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
        await runUntil(stopRequested, { config, origins }, log, () => requestStop('wiped'));
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
 * Runs the daemon from its build to its disposal. A stop request wins over a start that hangs (sound device, disk): the
 * start then rejects with the request's reason.
 */
async function runUntil(
  stopRequested: AbortSignal,
  loaded: Pick<LoadedConfig, 'config' | 'origins'>,
  log: Log,
  onWiped: () => void,
): Promise<void> {
  const { createDaemon } = await import('../daemon/daemon.ts');
  const { config } = loaded;
  const checks = async (witnesses: ClockWitnesses) => {
    const { standingFindings } = await import('../diagnostics/standing-checks.ts');
    return standingFindings(loaded, witnesses);
  };
  try {
    await using daemon = await createDaemon(config, log, { checks });
    daemon.events.once('wiped', onWiped);
    daemon.events.once('stopping', () => limitStop(log));
    log.info({ release, unit: config.unit.id, heads: config.heads.list.length }, 'starting');
    await daemon.start(stopRequested);
    await serve(
      {
        greeting: greeting(daemon),
        words: `Running with ${counted(daemon.status().heads.length, 'camera head')}`,
        watchedParts: daemon.watchedParts,
      },
      { log, stopRequested },
    );
  } catch (error) {
    if (stopRequested.aborted && error === stopRequested.reason) return;
    throw error;
  }
}
