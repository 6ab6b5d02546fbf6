import { readFile } from 'node:fs/promises';
import { loadPolicy } from '../accountability/policy/load-policy.ts';
import type { ClockWitnesses } from '../accountability/retention/clock-belief.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { deviceOf, isOnEncryptedVolume } from '../platform/encrypted-volume.ts';
import { localTime } from '../platform/local-time.ts';
import type { ServiceUser } from '../platform/service-user.ts';
import { timeZoneName } from '../platform/time-zone.ts';
import { about, allOf, type Check, type Finding } from './check.ts';
import { headquartersChecks } from './headquarters-checks.ts';
import { httpsChecks } from './https-checks.ts';
import { certificateChecks } from './link-checks.ts';
import { policyFindings } from './policy-checks.ts';
import { proveClock } from './prove-clock.ts';
import { dataFolderChecks } from './storage-checks.ts';

/**
 * What a running unit does not notice by itself and people at it must know: how the computer is set up. They cost little
 * and touch nothing, so the daemon shows them on the page.
 */
export function standingChecks(config: Config, user: ServiceUser | null = null): Check[] {
  const { dataDir, timeZone } = config.unit;
  return [
    async () => [timeZoneFinding(timeZone)],
    ...dataFolderChecks(config, user),
    async () => [await powerCut(dataDir)],
    async () => [await encryption(config)],
  ];
}

/** The same for the page of a running unit, with its policy, its certificates and what its witnesses say of the clock. */
export async function standingFindings(
  loaded: Pick<LoadedConfig, 'config' | 'origins'>,
  witnesses: ClockWitnesses,
): Promise<Finding[]> {
  const { config } = loaded;
  const findings = await allOf([
    ...standingChecks(config),
    async () => [await proveClock(witnesses)],
    async () => policyFindings(loaded),
    ...certificateChecks(config),
    ...httpsChecks(config, true),
    ...headquartersChecks(config),
  ]);
  return findings;
}

/** Many computers in cars run on UTC, where a day ends in the afternoon of the people who search it. */
function timeZoneFinding(configured: string | undefined): Finding {
  const found = about('time-zone', 'time zone');
  const name = timeZoneName();
  const says = `${name}, where it is ${localTime(Date.now())}`;
  if (configured !== undefined || !/^(?:UTC|Etc\/.*|GMT)$/.test(name)) return found.ok(says);
  return found.warning(
    `no zone is configured, and the system's is ${name}: a day that someone gives is one in ${name}`,
    'Set unit.timeZone, for example to America/Los_Angeles.',
  );
}

/** CJIS AC-19(5) and SC-28 ask for an encrypted disk in a vehicle's computer, and wherever the place is not secure. */
async function encryption({ unit, policy }: Config): Promise<Finding> {
  const found = about('encryption', 'encryption at rest');
  if (await isOnEncryptedVolume(unit.dataDir)) {
    return found.ok('the data folder is on an encrypted volume');
  }
  return found[isEncryptionRequired(policy) ? 'failure' : 'warning'](
    'the data folder is not on an encrypted volume: who has the disk reads it without a login',
    'Put the data folder on a LUKS volume.',
  );
}

/** A policy that cannot be read is a finding of its own. */
function isEncryptionRequired(policy: Config['policy']): boolean {
  try {
    return loadPolicy(policy).policy.storage.encryption === 'required';
  } catch {
    return false;
  }
}

/** Whether what was stored and told is still there after a power cut: not in memory, and not where writes are let wait. */
async function powerCut(dataDir: string): Promise<Finding> {
  const device = await deviceOf(dataDir);
  return powerCutFinding(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''), device);
}

/** @param mounts text of `/proc/self/mountinfo`; `device`: major and minor number, such as `8:1` */
export function powerCutFinding(mounts: string, device: string): Finding {
  const found = about('data-folder', 'power cut');
  const lines = mounts.split('\n').map((line) => line.split(' '));
  const mount = lines.find(([, , numbers]) => numbers === device);
  const [kind = '', , options = ''] = mount?.slice(mount.indexOf('-') + 1) ?? [];
  if (kind === 'tmpfs' || kind === 'ramfs') {
    return found.failure(
      'the data folder is in memory: a power cut takes all of it',
      'Set unit.dataDir to a folder on a disk.',
    );
  }
  const loose = options
    .split(',')
    .find((option) => ['nobarrier', 'barrier=0', 'data=writeback', 'nointegrity'].includes(option));
  if (loose !== undefined) {
    return found.warning(
      `the data folder is mounted with ${loose}: a power cut may take what was stored`,
      `Take ${loose} out of the mount (/etc/fstab) and restart the computer.`,
    );
  }
  return found.ok(
    kind === ''
      ? 'the file system is not one that this computer names'
      : `the data folder is on ${kind}, which keeps what was synced`,
  );
}
