import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import { connect } from 'node:net';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/sections/heads.ts';
import { networkFault } from '../platform/network-fault.ts';
import { fileFault, kindOf } from '../platform/problem.ts';
import { probeRtsp } from '../vision/capture/rtsp-probe.ts';
import { about, type Check, type Finding, type Findings } from './check.ts';

const run = promisify(execFile);

/** Cameras, GPS receiver, sound and voice: there, and open to this user. None of them is used. */
export function deviceChecks(config: Config): Check[] {
  return [
    async () => noCameras(config),
    ...camerasOf(config).map(({ name, source }) => async () => [
      await camera(about('cameras', name), source),
    ]),
    async () => [await position(config)],
    () => sound(config),
  ];
}

/** Whether it has cameras, a receiver and a loudspeaker of its own; headquarters has none of them. */
export const hasDevices = ({ unit }: Config): boolean => unit.mode !== 'headquarters';

/** Every camera with the name by which findings call it. */
export function camerasOf({ heads }: Config) {
  return heads.list.flatMap(({ id, ir, colour }) => [
    { headId: id, name: `camera ${id} infra-red`, source: ir },
    ...(colour === null ? [] : [{ headId: id, name: `camera ${id} colour`, source: colour }]),
  ]);
}

/** That no camera is configured. */
export function noCameras(config: Config): Finding[] {
  if (config.heads.list.length > 0) return [];
  const found = about('cameras', 'cameras');
  return [found.warning('no camera head is configured', 'Add one under heads.list.')];
}

const noFrame = 'no picture was asked for';

/** Whether a camera can be there, without opening it. */
async function camera(found: Findings, source: SourceConfig): Promise<Finding> {
  if (source.kind === 'rtsp') {
    const problem = await probeRtsp(source.url, 4000);
    const { host } = new URL(source.url);
    if (problem === null) return found.untried(`${host} speaks RTSP; ${noFrame}`);
    return found.failure(problem, 'Check the camera, its cable and its address.');
  }
  const path = source.kind === 'v4l2' ? source.device : source.path;
  const needed = source.kind === 'v4l2' ? constants.R_OK | constants.W_OK : constants.R_OK;
  try {
    await access(path, needed);
    return found.untried(`${path} is there; ${noFrame}`);
  } catch (error) {
    const advice =
      source.kind === 'v4l2'
        ? 'Plug the camera in; list names with: ls /dev/v4l/by-path; the user must be in the group video.'
        : 'Check the path.';
    return found.failure(`${path} cannot be opened: ${fileFault(error)}`, advice);
  }
}

/** Whether a source of position can be there, without waiting for what it says. */
export async function position({ position: { source } }: Config): Promise<Finding> {
  const found = about('position', 'GPS');
  switch (source.kind) {
    case 'none':
      return found.warning(
        'no position source is configured',
        'Set position.source; until then detections carry no position.',
      );
    case 'fixed': {
      const { latitude, longitude, bearingDeg } = source;
      return found.ok(
        `surveyed point ${latitude}, ${longitude}, cameras towards ${bearingDeg}°; no receiver`,
      );
    }
    case 'gpsd':
      return reachable(found, source.host, source.port, {
        says: 'whether it has a receiver was not asked',
        advice: 'Start gpsd: systemctl start gpsd.',
      });
    case 'replay':
      return recording(found, source.path);
    case 'serial':
      return (
        (await serialFault(found, source.path)) ??
        found.untried(`${source.path} is a serial port; nothing was read from it`)
      );
  }
}

async function recording(found: Findings, path: string): Promise<Finding> {
  try {
    await access(path, constants.R_OK);
    return found.untried(`the recording ${path} is there`);
  } catch (error) {
    return found.failure(`${path} cannot be opened: ${fileFault(error)}`, 'Check the path.');
  }
}

/** Why a path can be no receiver's serial port for this user; null if it can. */
export async function serialFault(found: Findings, path: string): Promise<Finding | null> {
  const { O_RDWR, O_NOCTTY, O_NONBLOCK } = constants;
  try {
    const file = await open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
    const isPort = isatty(file.fd);
    await file.close();
    if (isPort) return null;
    return found.failure(
      `${path} is not a serial port`,
      'Set position.source.path; list names with: ls /dev/serial/by-id',
    );
  } catch (error) {
    // Another program opened it for itself alone.
    if (kindOf(error) === 'in-use') return null;
    return found.failure(
      `${path} cannot be opened: ${fileFault(error)}`,
      'Plug the receiver in; list names with: ls /dev/serial/by-id; the user must be in the group dialout.',
    );
  }
}

/** That alerts make no sound: as it should be on a pole, where nobody stands. */
export function soundOff(mode: Config['unit']['mode']): Finding {
  const found = about('sound', 'sound');
  return mode === 'fixed'
    ? found.ok('off')
    : found.warning('off', 'Set alerts.sound.enabled, or rely on the screen only.');
}

/** Sound card and voice: there. */
export async function sound({ alerts, unit }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  const tone = about('sound', 'sound');
  const voice = about('voice', 'voice');
  if (alerts.sound.enabled) {
    try {
      const { stdout } = await run('aplay', ['-l'], { timeout: 5000 });
      findings.push(
        stdout.includes('card ')
          ? tone.untried(
              `a sound card is there, ${alerts.sound.device} is configured; no tone was played`,
            )
          : tone.warning(
              'no sound card',
              'Plug one in; until then alert sounds are only written to files.',
            ),
      );
    } catch {
      findings.push(
        tone.warning(
          'no sound card is found',
          'Install alsa-utils and plug a card in; until then alert sounds are only written to files.',
        ),
      );
    }
  } else findings.push(soundOff(unit.mode));
  if (alerts.voice.enabled) {
    try {
      await run('espeak-ng', ['--version'], { timeout: 5000 });
      findings.push(
        voice.untried(`espeak-ng is there, voice ${alerts.voice.voice}; nothing was spoken`),
      );
    } catch {
      findings.push(voice.failure('espeak-ng is missing', 'Run: apt-get install espeak-ng'));
    }
  }
  return findings;
}

/** Whether something listens at a TCP address; `says` what that does not prove. */
export async function reachable(
  found: Findings,
  host: string,
  port: number,
  { says, advice }: { says: string; advice: string },
): Promise<Finding> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: 4000 });
  socket.once('connect', resolve);
  socket.once('timeout', () => reject(new Error('no answer in 4 s')));
  socket.once('error', reject);
  try {
    await promise;
    return found.untried(`something answers at ${host}:${port}; ${says}`);
  } catch (error) {
    return found.failure(`${host}:${port} does not answer: ${networkFault(error)}`, advice);
  } finally {
    socket.destroy();
  }
}
