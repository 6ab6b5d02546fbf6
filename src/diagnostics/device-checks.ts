import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/sections/heads.ts';
import { messageOf } from '../platform/problem.ts';
import { type Check, type Finding, failure, ok, warning } from './check.ts';

const run = promisify(execFile);

/** Cameras, GPS receiver, sound and voice: there, and open to this user. */
export function deviceChecks(config: Config): Check[] {
  const { list } = config.heads;
  const cameras = list.flatMap((head) => [
    { subject: `camera ${head.id} infra-red`, source: head.ir },
    ...(head.colour === null ? [] : [{ subject: `camera ${head.id} colour`, source: head.colour }]),
  ]);
  const none = warning('cameras', 'no camera head is configured', 'Add one under heads.list.');
  return [
    ...(list.length === 0 ? [async () => [none]] : []),
    ...cameras.map(({ subject, source }) => async () => [await camera(subject, source)]),
    async () => [await position(config)],
    () => sound(config),
  ];
}

async function camera(subject: string, source: SourceConfig): Promise<Finding> {
  if (source.kind === 'rtsp') {
    const { hostname, port } = new URL(source.url);
    return reachable(
      subject,
      hostname,
      Number(port || 554),
      'Check the camera, its cable and its address.',
    );
  }
  const path = source.kind === 'v4l2' ? source.device : source.path;
  const needed = source.kind === 'v4l2' ? constants.R_OK | constants.W_OK : constants.R_OK;
  try {
    await access(path, needed);
    return ok(subject, path);
  } catch {
    const advice =
      source.kind === 'v4l2'
        ? 'Plug the camera in; list names with: ls /dev/v4l/by-path; the user must be in the group video.'
        : 'Check the path.';
    return failure(subject, `${path} cannot be opened`, advice);
  }
}

async function position({ position: { source } }: Config): Promise<Finding> {
  const subject = 'GPS';
  if (source.kind === 'none') {
    return warning(
      subject,
      'no position source is configured',
      'Set position.source; until then detections carry no position.',
    );
  }
  if (source.kind === 'fixed') return ok(subject, 'surveyed position');
  if (source.kind === 'gpsd') {
    return reachable(subject, source.host, source.port, 'Start gpsd: systemctl start gpsd.');
  }
  try {
    await access(
      source.path,
      source.kind === 'serial' ? constants.R_OK | constants.W_OK : constants.R_OK,
    );
    return ok(subject, source.path);
  } catch {
    const advice =
      source.kind === 'serial'
        ? 'Plug the receiver in; list names with: ls /dev/serial/by-id; the user must be in the group dialout.'
        : 'Check the path.';
    return failure(subject, `${source.path} cannot be opened`, advice);
  }
}

async function sound({ alerts }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (alerts.sound.enabled) {
    try {
      const { stdout } = await run('aplay', ['-l'], { timeout: 5000 });
      findings.push(
        stdout.includes('card ')
          ? ok('sound', `plays on ${alerts.sound.device}`)
          : warning(
              'sound',
              'no sound card',
              'Plug one in; until then alert sounds are only written to files.',
            ),
      );
    } catch {
      findings.push(
        warning(
          'sound',
          'no sound card is found',
          'Install alsa-utils and plug a card in; until then alert sounds are only written to files.',
        ),
      );
    }
  } else
    findings.push(warning('sound', 'off', 'Set alerts.sound.enabled, or rely on the screen only.'));
  if (alerts.voice.enabled) {
    try {
      await run('espeak-ng', ['--version'], { timeout: 5000 });
      findings.push(ok('voice', `speaks with the voice ${alerts.voice.voice}`));
    } catch {
      findings.push(failure('voice', 'espeak-ng is missing', 'Run: apt-get install espeak-ng'));
    }
  }
  return findings;
}

/** Whether something listens at a TCP address. */
export async function reachable(
  subject: string,
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
    return ok(subject, `${host}:${port} answers`);
  } catch (error) {
    return failure(subject, `${host}:${port} does not answer (${messageOf(error)})`, advice);
  } finally {
    socket.destroy();
  }
}
