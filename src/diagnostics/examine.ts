import type { Config } from '../config/schema.ts';
import type { DaemonStatus } from '../daemon/daemon-status.ts';
import { becomeServiceUser, type ServiceUser } from '../platform/service-user.ts';
import { archiveChecks, archiveSaid } from './archive-checks.ts';
import { allOf, type Check, type Finding } from './check.ts';
import { deviceChecks, hasDevices, position, sound } from './device-checks.ts';
import { headquartersChecks, unitsSaid } from './headquarters-checks.ts';
import { httpsChecks } from './https-checks.ts';
import { certificateChecks, linkChecks } from './link-checks.ts';
import { oversightChecks } from './oversight-checks.ts';
import { programChecks } from './program-checks.ts';
import { proveRights } from './prove-storage.ts';
import {
  askDaemon,
  brokerSaid,
  camerasSaid,
  daemonFinding,
  linkSaid,
  listsSaid,
  positionSaid,
} from './running-daemon.ts';
import { schemaChecks } from './schema-checks.ts';
import { standingChecks } from './standing-checks.ts';
import { databaseChecks } from './storage-checks.ts';

/**
 * Runs every check of the unit, in the order of the data, and returns the findings. If root asks, all but link and HTTPS is
 * looked at as the user of the service, whose rights this process then has for good; systemd hands that user the files of
 * both. What a running daemon holds, it is asked for.
 */
export async function examine(
  config: Config,
  { user, file }: { user: ServiceUser | null; file: string | null } = { user: null, file: null },
): Promise<Finding[]> {
  const daemon = await askDaemon(config);
  const { status = null, headquarters = null } = daemon ?? {};
  const isAsked = status !== null || headquarters !== null;
  const link = await allOf([
    ...(isAsked ? certificateChecks(config) : linkChecks(config)),
    async () => (status === null || !config.uplink.enabled ? [] : linkSaid(status)),
    async () =>
      headquarters === null ? [] : [brokerSaid(headquarters), ...listsSaid(headquarters)],
    ...httpsChecks(config, daemon !== null),
  ]);
  if (user !== null) becomeServiceUser(user);
  const others = await allOf([
    ...programChecks(config),
    ...standingChecks(config, user),
    ...databaseChecks(config),
    async () => (user === null ? [] : proveRights(config, { user, service: user, file })),
    ...schemaChecks(config),
    ...oversightChecks(config),
    ...headquartersChecks(config),
    ...archiveChecks(config),
    async () =>
      headquarters === null ? [] : [...unitsSaid(headquarters), ...archiveSaid(headquarters)],
    ...devicesOf(config, status),
  ]);
  return [...(daemon === null ? [] : [daemonFinding(daemon)]), ...others, ...link];
}

/** Cameras, receiver and sound, where there are any. */
function devicesOf(config: Config, status: DaemonStatus | null): Check[] {
  if (!hasDevices(config)) return [];
  if (status === null) return deviceChecks(config);
  return [
    async () => camerasSaid(status),
    async () => positionFindings(config, status),
    () => sound(config),
  ];
}

/** A surveyed point or a recording has no receiver that could be held. */
async function positionFindings(config: Config, status: DaemonStatus): Promise<Finding[]> {
  const { kind } = config.position.source;
  const isReceiver = kind === 'serial' || kind === 'gpsd';
  return [isReceiver ? positionSaid(status) : await position(config)];
}
