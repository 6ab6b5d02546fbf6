import type { Config } from '../config/schema.ts';
import type { DaemonStatus } from '../daemon/daemon-status.ts';
import type { HeadquartersStatus } from '../headquarters/headquarters-status.ts';
import { counted } from '../platform/counted.ts';
import { daemonOn } from '../platform/live-daemon.ts';
import { networkFault } from '../platform/network-fault.ts';
import type { FixQuality } from '../position/fix.ts';
import { release } from '../version.ts';
import { passedOverProblem } from '../vision/head/passed-over.ts';
import { about, type Finding, type Findings, saidAndAdvised } from './check.ts';
import { fixWords } from './prove-position.ts';
import { localPorts } from './prove-program.ts';

/** A daemon that runs on the data folder: of a unit, or of headquarters. One that does not answer has told neither. */
export interface RunningDaemon {
  pid: number;
  status: DaemonStatus | null;
  headquarters: HeadquartersStatus | null;
  /** Its release if it is not this one, which may not understand its status. */
  otherRelease: string | null;
}

/** The unit's daemon and what it says of itself; null if none runs. */
export async function askDaemon(config: Config): Promise<RunningDaemon | null> {
  const status = await statusOf(config);
  // Only the user of the service may read who has the data folder.
  const pid = daemonOn(config.unit.dataDir) ?? status?.pid ?? null;
  if (pid === null) return null;
  const untold = { pid, status: null, headquarters: null, otherRelease: null };
  if (status?.pid !== pid) return untold;
  if (status.version !== release) return { ...untold, otherRelease: status.version };
  return status.mode === 'headquarters'
    ? { ...untold, headquarters: status }
    : { ...untold, status };
}

type Told = DaemonStatus | HeadquartersStatus;

/** What answers at the port of the status, if it is this unit. */
async function statusOf({ metrics, unit }: Config): Promise<Told | null> {
  if (!metrics.enabled || metrics.port === 0) return null;
  try {
    const response = await fetch(`${address(metrics.host, metrics.port)}status`, {
      signal: AbortSignal.timeout(5000),
    });
    const status = (await response.json()) as Told;
    return status.agency === unit.agency && status.unit === unit.id ? status : null;
  } catch {
    return null;
  }
}

const address = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;

/** That a daemon runs, and what that means for the findings. */
export function daemonFinding(daemon: RunningDaemon): Finding {
  const { pid, otherRelease } = daemon;
  const status = daemon.status ?? daemon.headquarters;
  const found = about('unit', 'lookout');
  if (otherRelease !== null) {
    return found.warning(
      `runs as process ${pid} in release ${otherRelease}, and this is ${release}; what it holds was not tried`,
      'Restart it. Run: sudo systemctl restart lookout',
    );
  }
  return status === null
    ? found.warning(
        `runs as process ${pid} and cannot be asked, so what it holds was not tried`,
        'Set metrics.enabled and metrics.port and restart it, or stop it and try again. Run: sudo systemctl stop lookout',
      )
    : found.ok(
        `runs as process ${pid}, release ${status.version}; what it holds, it was asked for`,
      );
}

const said = 'as the running lookout says';

/** What the daemon says of its cameras. */
export function camerasSaid({ heads }: DaemonStatus): Finding[] {
  return heads.flatMap(({ id, state, problem, health }) => {
    const found = about('cameras', `camera head ${id}`);
    if (health === null) return [judged(found, state, problem)];
    const cameras = [
      { name: 'infra-red', source: health.ir, quality: health.quality },
      ...(health.colour === null ? [] : [{ name: 'colour', source: health.colour, quality: null }]),
    ];
    return cameras.map(({ name, source, quality }) => {
      const { width, height, fps } = source;
      const figures = [
        `${width}×${height}`,
        `${fps.toFixed(1)} frames/s`,
        ...(quality === null
          ? []
          : [
              `brightness ${Math.round(quality.brightness)} of 255`,
              `sharpness ${Math.round(quality.sharpness)}`,
            ]),
      ].join(', ');
      const faultOfReading = passedOverProblem(health.passedOver) ?? health.qualityWarning;
      const fault = source.problem ?? (name === 'infra-red' ? faultOfReading : null);
      const isSeen = source.framesTaken > 0;
      return judged(about('cameras', `camera ${id} ${name}`), figures, fault, isSeen);
    });
  });
}

/** What the daemon says of its receiver. */
export function positionSaid({ position }: DaemonStatus): Finding {
  const { state, quality, fixAgeMs, sentences, baud, problem } = position;
  const found = about('position', 'GPS');
  if (position.source === 'none') {
    return found.warning('no position source is configured', 'Set position.source.');
  }
  const age = fixAgeMs === null ? '' : `, ${(fixAgeMs / 1000).toFixed(1)} s old`;
  const rate = baud === null ? '' : ` at ${baud} baud`;
  const says = `${quality === 'none' ? state : fixWords[quality as FixQuality]}${age}; ${counted(sentences, 'sentence')}${rate}`;
  return judged(found, says, problem, quality !== 'none');
}

/** What the daemon says of the link, and whether headquarters has answered. */
export function linkSaid({ uplink, clock }: DaemonStatus): Finding[] {
  const link = about('headquarters', 'link');
  if (uplink === null) return [link.warning('the link is off', 'Set uplink.enabled.')];
  const waiting = Object.values(uplink.waiting).reduce((sum, each) => sum + each, 0);
  const says = `${uplink.connected ? 'connected' : 'not connected'} with MQTT ${uplink.protocol}; ${counted(waiting, 'message')} waiting`;
  const answer = about('headquarters', 'headquarters');
  const isLinkGood = uplink.connected && uplink.problem === null;
  return [
    judged(link, says, uplink.problem, uplink.connected),
    clock.headquartersOffsetMs === null
      ? answer.warning(
          `has not answered a status or health message, ${said}`,
          isLinkGood
            ? 'Start the program of headquarters; it must acknowledge with its time.'
            : 'Mend the link first.',
        )
      : uplink.connected
        ? answer.ok(`acknowledged a message and told its time, ${said}`)
        : answer.untried(`answered before the link went down, ${said}`),
  ];
}

/** What headquarters says of its link to the broker, over which every unit speaks. */
export function brokerSaid({ broker: { connected, problem } }: HeadquartersStatus): Finding {
  const says = connected ? 'connected' : 'not connected';
  return judged(about('headquarters', 'broker'), says, problem, connected);
}

/** What headquarters says does not work with its hot lists: schedules, the publication, units that lag. */
export function listsSaid({ problems }: HeadquartersStatus): Finding[] {
  const ofLists = problems.filter((problem) => /\bhot list\b/.test(problem));
  return ofLists.map((problem) => {
    const [says, advice] = saidAndAdvised(problem);
    return about('hot-lists', 'headquarters').warning(says, advice);
  });
}

/** The daemon's page and status answer at their ports. */
export async function portsSaid(config: Config): Promise<Finding[]> {
  return Promise.all(
    // The page over HTTPS is asked with its files.
    localPorts(config)
      .filter(({ setting }) => setting !== 'console.https')
      .map(async ({ check, subject, host, port, setting }) => {
        const found = about(check, subject);
        try {
          const path = setting === 'metrics' ? 'status' : '';
          const response = await fetch(`${address(host, port)}${path}`, {
            signal: AbortSignal.timeout(5000),
          });
          await response.arrayBuffer();
          if (response.ok) return found.ok(`answers at port ${port}`);
          return found.failure(
            `answers HTTP ${response.status} at port ${port}`,
            `Another program may use the port: set ${setting}.port to another.`,
          );
        } catch (error) {
          const cause = error instanceof Error ? (error.cause ?? error) : error;
          return found.failure(
            `does not answer at port ${port}: ${networkFault(cause)}`,
            `Look at the log: journalctl -u lookout`,
          );
        }
      }),
  );
}

/** A figure is proof only if something was seen. */
function judged(found: Findings, figures: string, problem: string | null, isSeen = false): Finding {
  const says = `${figures}, ${said}`;
  if (problem !== null) {
    const [what, advice] = saidAndAdvised(problem);
    return found.failure(`${what} (${says})`, advice || 'See the help.');
  }
  return isSeen ? found.ok(says) : found.warning(says, 'Wait a moment and try again.');
}
