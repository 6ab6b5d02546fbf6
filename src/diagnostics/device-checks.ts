import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/sections/heads.ts';
import { messageOf } from '../platform/problem.ts';
import { about, type Check, type Finding, type Findings } from './check.ts';

const run = promisify(execFile);

/** Cameras, GPS receiver, sound and voice: present, and accessible to this user. */
export function deviceChecks(config: Config): Check[] {
  const { list } = config.heads;
  const cameras = list.flatMap((head) => [
    { found: about('cameras', `camera ${head.id} infra-red`), source: head.ir },
    ...(head.colour === null
      ? []
      : [{ found: about('cameras', `camera ${head.id} colour`), source: head.colour }]),
  ]);
  const none = about('cameras', 'cameras').warning(
    'no camera head is configured',
    'Add one under heads.list.',
  );
  return [
    ...(list.length === 0 ? [async () => [none]] : []),
    ...cameras.map(({ found, source }) => async () => [await camera(found, source)]),
    async () => [await position(config)],
    () => sound(config),
  ];
}

async function camera(found: Findings, source: SourceConfig): Promise<Finding> {
  if (source.kind === 'rtsp') {
    const { hostname, port } = new URL(source.url);
    return reachable(
      found,
      hostname,
      Number(port || 554),
      'Check the camera, its cable and its address.',
    );
  }
  const path = source.kind === 'v4l2' ? source.device : source.path;
  const needed = source.kind === 'v4l2' ? constants.R_OK | constants.W_OK : constants.R_OK;
  try {
    await access(path, needed);
    return found.ok(path);
  } catch {
    const advice =
      source.kind === 'v4l2'
        ? 'Plug the camera in; list names with: ls /dev/v4l/by-path; the user must be in the group video.'
        : 'Check the path.';
    return found.failure(`${path} cannot be opened`, advice);
  }
}

async function position({ position: { source } }: Config): Promise<Finding> {
  const found = about('position', 'GPS');
  if (source.kind === 'none') {
    return found.warning(
      'no position source is configured',
      'Set position.source; until then detections carry no position.',
    );
  }
  if (source.kind === 'fixed') return found.ok('surveyed position');
  if (source.kind === 'gpsd') {
    return reachable(found, source.host, source.port, 'Start gpsd: systemctl start gpsd.');
  }
  try {
    await access(
      source.path,
      source.kind === 'serial' ? constants.R_OK | constants.W_OK : constants.R_OK,
    );
    return found.ok(source.path);
  } catch {
    const advice =
      source.kind === 'serial'
        ? 'Plug the receiver in; list names with: ls /dev/serial/by-id; the user must be in the group dialout.'
        : 'Check the path.';
    return found.failure(`${source.path} cannot be opened`, advice);
  }
}

async function sound({ alerts }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  const tone = about('sound', 'sound');
  const voice = about('voice', 'voice');
  if (alerts.sound.enabled) {
    try {
      const { stdout } = await run('aplay', ['-l'], { timeout: 5000 });
      findings.push(
        stdout.includes('card ')
          ? tone.ok(`plays on ${alerts.sound.device}`)
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
  } else
    findings.push(tone.warning('off', 'Set alerts.sound.enabled, or rely on the screen only.'));
  if (alerts.voice.enabled) {
    try {
      await run('espeak-ng', ['--version'], { timeout: 5000 });
      findings.push(voice.ok(`speaks with the voice ${alerts.voice.voice}`));
    } catch {
      findings.push(voice.failure('espeak-ng is missing', 'Run: apt-get install espeak-ng'));
    }
  }
  return findings;
}

/** Whether something listens at a TCP address. */
export async function reachable(
  found: Findings,
  host: string,
  port: number,
  advice: string,
): Promise<Finding> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: 4000 });
  socket.once('connect', resolve);
  socket.once('timeout', () => reject(new Error('no answer in 4 s')));
  socket.once('error', reject);
  try {
    await promise;
    return found.ok(`${host}:${port} answers`);
  } catch (error) {
    return found.failure(`${host}:${port} does not answer (${messageOf(error)})`, advice);
  } finally {
    socket.destroy();
  }
}
