import type { Config } from '../config/schema.ts';
import { type Holder, holdersOfDevice, listenersOn } from '../platform/holders.ts';
import { becomeServiceUser, type ServiceUser } from '../platform/service-user.ts';
import { allOf, type Finding } from './check.ts';
import { hasDevices } from './device-checks.ts';
import { httpsChecks } from './https-checks.ts';
import { certificateChecks, messagesSetAside } from './link-checks.ts';
import { oversightChecks } from './oversight-checks.ts';
import { programChecks } from './program-checks.ts';
import { proveCameras } from './prove-cameras.ts';
import { noPictures } from './prove-capture.ts';
import { proveClock } from './prove-clock.ts';
import { type LinkProof, proveLink } from './prove-link.ts';
import { type PositionProof, provePosition } from './prove-position.ts';
import { localPorts, proveModels, provePort, proveSound } from './prove-program.ts';
import { proveDisk, proveLists, proveRights } from './prove-storage.ts';
import {
  askDaemon,
  brokerSaid,
  camerasSaid,
  daemonFinding,
  linkSaid,
  portsSaid,
  positionSaid,
  type RunningDaemon,
} from './running-daemon.ts';
import { schemaChecks } from './schema-checks.ts';
import { standingChecks } from './standing-checks.ts';
import { databaseChecks } from './storage-checks.ts';

/** As whom the unit is looked at, and where its configuration is from. */
export interface ProofOptions {
  /** If root asks: the user of the service, whose rights this process then has for good. */
  user: ServiceUser | null;
  /** The user of the service, whoever asks; null if that is root. */
  service: ServiceUser | null;
  /** The configuration's file. */
  file: string | null;
  /** Called with what is tried next, as some trials take a minute. */
  onStep: (what: string) => void;
}

/**
 * Uses every part of the unit once, in the order of the data, and returns the findings. What a running daemon holds
 * (cameras, receiver, link, ports) it is asked for. The link is used before this process takes on the rights of the
 * service's user: systemd hands that user its files.
 */
export async function prove(config: Config, options: ProofOptions): Promise<Finding[]> {
  const { user, service, file, onStep } = options;
  const daemon = await askDaemon(config);
  const holders = whoHolds(config);
  onStep('the link to headquarters');
  const link = await linkProof(config, daemon);
  const https = await allOf(httpsChecks(config, daemon !== null));
  if (user !== null) becomeServiceUser(user);
  onStep('program, disk and databases');
  const base = await allOf([
    ...programChecks(config),
    async () => [await proveModels(config)],
    ...standingChecks(config, user),
    ...databaseChecks(config),
    ...schemaChecks(config),
    async () => [await proveDisk(config)],
    async () => proveRights(config, { user, service, file }),
    ...oversightChecks(config),
    () => proveLists(config),
  ]);
  // Before the cameras: where capture is suspended, no picture is taken.
  if (hasDevices(config)) onStep('GPS (up to a minute)');
  const position = await positionProof(config, daemon, holders);
  const witnesses = {
    satellitesOffsetMs: position.clockOffsetMs,
    headquartersOffsetMs: link.clockOffsetMs,
  };
  if (hasDevices(config)) onStep('cameras');
  const cameras = await allOf([
    async () => {
      if (!hasDevices(config)) return [];
      if (daemon !== null) return daemon.status === null ? [] : camerasSaid(daemon.status);
      const { place } = position;
      return proveCameras(config, {
        holders,
        noPictures: noPictures(config, { place, witnesses }),
      });
    },
  ]);
  onStep('sound, page and clock');
  const rest = await allOf([
    async () => (hasDevices(config) ? proveSound(config) : []),
    async () => portsProof(config, daemon, holders),
    async () => [await proveClock(daemon?.status?.clock ?? witnesses)],
  ]);
  return [
    ...(daemon === null ? [] : [daemonFinding(daemon)]),
    ...base,
    ...cameras,
    ...position.findings,
    ...rest,
    ...link.findings,
    ...https,
  ];
}

/** Who has the devices and ports of the configuration open, by path or port; root sees it of every user. */
function whoHolds(config: Config): ReadonlyMap<string, Holder[]> {
  const { source } = config.position;
  const devices = [
    ...(source.kind === 'serial' ? [source.path] : []),
    ...config.heads.list
      .flatMap(({ ir, colour }) => [ir, ...(colour === null ? [] : [colour])])
      .flatMap((camera) => (camera.kind === 'v4l2' ? [camera.device] : [])),
  ];
  return new Map([
    ...devices.map((path) => [path, holdersOfDevice(path)] as const),
    ...localPorts(config).map(({ port }) => [String(port), listenersOn(port)] as const),
  ]);
}

async function linkProof(config: Config, daemon: RunningDaemon | null): Promise<LinkProof> {
  if (!config.uplink.enabled) {
    return { findings: await allOf(certificateChecks(config)), clockOffsetMs: null };
  }
  let clockOffsetMs: number | null = null;
  const findings = await allOf([
    ...certificateChecks(config),
    async () => {
      const proof = await proveLink(config, { isHeld: daemon !== null });
      ({ clockOffsetMs } = proof);
      return proof.findings;
    },
    async () => (daemon?.status ? linkSaid(daemon.status) : []),
    async () => (daemon?.headquarters ? [brokerSaid(daemon.headquarters)] : []),
    async () => messagesSetAside(config),
  ]);
  return { findings, clockOffsetMs };
}

async function positionProof(
  config: Config,
  daemon: RunningDaemon | null,
  holders: ReadonlyMap<string, Holder[]>,
): Promise<PositionProof> {
  const { source } = config.position;
  if (!hasDevices(config)) return { findings: [], clockOffsetMs: null, place: null };
  if (daemon !== null && (source.kind === 'serial' || source.kind === 'gpsd')) {
    const findings = daemon.status ? [positionSaid(daemon.status)] : [];
    return { findings, clockOffsetMs: null, place: null };
  }
  const path = source.kind === 'serial' ? source.path : '';
  return provePosition(config, { holders: holders.get(path) ?? [] });
}

async function portsProof(
  config: Config,
  daemon: RunningDaemon | null,
  holders: ReadonlyMap<string, Holder[]>,
): Promise<Finding[]> {
  if (daemon !== null) return portsSaid(config);
  return Promise.all(
    localPorts(config).map((port) => provePort(port, holders.get(String(port.port)) ?? [])),
  );
}
