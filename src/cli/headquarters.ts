import type { Command } from '@commander-js/extra-typings';
import { loadPolicy } from '../accountability/policy/load-policy.ts';
import type { Policy } from '../accountability/policy/policy.ts';
import type { ClockWitnesses } from '../accountability/retention/clock-belief.ts';
import { lockDataDir } from '../daemon/lock-data-dir.ts';
import { isOnEncryptedVolume } from '../platform/encrypted-volume.ts';
import { createLog } from '../platform/log.ts';
import { Problem } from '../platform/problem.ts';
import { refuseForeignFiles, refuseRoot } from '../platform/service-user.ts';
import { release } from '../version.ts';
import { askStatus } from './ask-status.ts';
import { ignoreBrokenPipe } from './broken-pipe.ts';
import { configured, readHeadquartersConfig } from './configured.ts';
import { addEnrolment } from './headquarters-enrolment.ts';
import { describeUnitLists } from './headquarters-text.ts';
import { print } from './perform.ts';
import { greeting, limitStop, listenForStop, serve } from './service.ts';

/** Throws a Problem if the policy requires an encrypted disk and the data folder is on another. */
async function refuseOpenDisk(dataDir: string, { storage }: Policy): Promise<void> {
  if (storage.encryption !== 'required' || (await isOnEncryptedVolume(dataDir))) return;
  throw new Problem(
    `${dataDir}: is not on an encrypted volume, which the policy requires (storage.encryption). Put the data folder on a ` +
      'LUKS volume, or set policy.overrides.storage.encryption: recommended where the place is physically secure.',
  );
}

/** `lookout headquarters`: what the agency runs once, beside its broker. */
export function registerHeadquarters(program: Command): void {
  const headquarters = program
    .command('headquarters')
    .description('headquarters of an agency: what its units send comes together there');
  configured(headquarters.command('run', { isDefault: true }))
    .description('run headquarters: keep what units send, and the page for people there')
    .action(async (options) => {
      ignoreBrokenPipe();
      const loaded = readHeadquartersConfig(options);
      const { config, origins, isInstalled } = loaded;
      const { policy } = loadPolicy(config.policy, origins);
      const log = createLog(config.log);
      const { dataDir } = config.unit;
      refuseRoot(dataDir, isInstalled);
      refuseForeignFiles(dataDir);
      await refuseOpenDisk(dataDir, policy);
      {
        using _lock = lockDataDir(dataDir);
        const { stopRequested, notified } = listenForStop(log);
        const { createHeadquarters } = await import('../headquarters/headquarters.ts');
        try {
          const checks = async (witnesses: ClockWitnesses) => {
            const { standingFindings } = await import('../diagnostics/standing-checks.ts');
            return standingFindings(loaded, witnesses);
          };
          await using running = await createHeadquarters(config, log, { checks });
          stopRequested.addEventListener('abort', () => limitStop(log));
          log.info({ release, agency: config.unit.agency }, 'starting');
          await running.start(stopRequested);
          await serve(
            {
              greeting: greeting(running),
              words: `Headquarters of ${config.unit.agency}`,
              watchedParts: [{ name: 'database', probe: running.probe }],
            },
            { log, stopRequested },
          );
        } catch (error) {
          if (!stopRequested.aborted || error !== stopRequested.reason) throw error;
        }
        await notified();
      }
      log.info('stopped');
      process.exit(0);
    });
  configured(headquarters.command('units'))
    .description('show which units were heard, and which version of each hot list each has')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const status = await askStatus(readHeadquartersConfig(options).config);
      if (status.mode !== 'headquarters')
        throw new Problem('a unit answers there, and no headquarters');
      print(options, status.units, () => describeUnitLists(status));
    });
  addEnrolment(headquarters);
}
