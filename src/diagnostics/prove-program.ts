import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { trySound } from '../alerts/try-sound.ts';
import type { Config } from '../config/schema.ts';
import { type Holder, holderNames } from '../platform/holders.ts';
import { codeOf, messageOf } from '../platform/problem.ts';
import { createReader } from '../vision/reading/reader.ts';
import { about, type CheckId, type Finding, saidAndAdvised } from './check.ts';
import { soundOff } from './device-checks.ts';

const run = promisify(execFile);

/** Plays a tone on the configured device, and has a sentence spoken without playing it. */
export async function proveSound({ alerts, unit }: Config): Promise<Finding[]> {
  const { enabled, device } = alerts.sound;
  const tone = enabled ? await proveTone(device) : soundOff(unit.mode);
  return [tone, ...(await proveVoice(alerts.voice))];
}

async function proveTone(device: string): Promise<Finding> {
  const found = about('sound', 'sound');
  const trial = await trySound(device);
  if (trial.problem !== null) {
    const [says, advice] = saidAndAdvised(
      trial.problem.replace(/: (?=connect |install |check )/, '; '),
    );
    return found.failure(`${says}; alerts would only be written to files`, advice);
  }
  if (trial.isSwallowed) {
    return found.warning(
      `the device '${device}' swallows sound: nothing can be heard`,
      "Set alerts.sound.device to a device that plays; 'aplay -L' lists them.",
    );
  }
  return found.ok(
    `a tone of ${seconds(trial.lengthMs)} was played on '${device}': did you hear it?`,
  );
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

async function proveVoice({
  enabled,
  voice,
  wordsPerMinute,
}: Config['alerts']['voice']): Promise<Finding[]> {
  if (!enabled) return [];
  const found = about('voice', 'voice');
  const how = ['-v', voice, '-s', String(wordsPerMinute)];
  try {
    const { stdout } = await run('espeak-ng', [...how, '--stdout', 'ready'], {
      encoding: 'buffer',
      maxBuffer: 8 << 20,
      timeout: 5000,
    });
    if (stdout.length > 1000) return [found.ok(`spoke a word with the voice ${voice}`)];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return [found.failure('espeak-ng is missing', 'Run: apt-get install espeak-ng')];
    }
  }
  return [
    found.failure(
      `espeak-ng cannot speak with the voice '${voice}'`,
      'Correct alerts.voice.voice; espeak-ng --voices lists them.',
    ),
  ];
}

const tried = { width: 1280, height: 720 };
const times = 7;

/** Reads a made-up picture with the models, several times. */
export async function proveModels(config: Config): Promise<Finding> {
  const found = about('models', 'reading');
  try {
    await using reader = await createReader(config.reading);
    const { width, height } = tried;
    const grey = Uint8Array.from({ length: width * height }, (_, at) => (at * 7919) % 251);
    const ms: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const startedMs = performance.now();
      await reader.read({ grey, width, height });
      ms.push(performance.now() - startedMs);
    }
    const median = ms.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
    const names = reader.models.map(({ name, sha256 }) => `${name} ${sha256.slice(0, 8)}`);
    return found.ok(
      `a picture of ${width}×${height} is read in ${median.toFixed(0)} ms (${names.join(', ')})`,
    );
  } catch (error) {
    return found.failure(
      `the models cannot be used: ${messageOf(error)}`,
      'Restore them from the release, and run scripts/setup again.',
    );
  }
}

/** A port of the program, and who listens on it. */
export interface LocalPort {
  check: CheckId;
  subject: string;
  setting: 'console' | 'console.https' | 'metrics';
  host: string;
  port: number;
}

/** The ports of the page and of the status, as far as they are on and fixed. */
export function localPorts({ console: page, metrics }: Config): LocalPort[] {
  const ports: (LocalPort & { enabled: boolean })[] = [
    { check: 'alerts', subject: 'alert page', setting: 'console', ...page },
    {
      ...{ check: 'https', subject: 'page over HTTPS', setting: 'console.https', ...page.https },
      enabled: page.enabled && page.https.enabled,
    },
    { check: 'metrics', subject: 'status', setting: 'metrics', ...metrics },
  ];
  return ports.filter(({ enabled, port }) => enabled && port !== 0);
}

/** Whether a port is free, while no daemon runs. */
export async function provePort(port: LocalPort, listeners: readonly Holder[]): Promise<Finding> {
  const { check, subject, setting, host, port: number } = port;
  const found = about(check, subject);
  const server = createServer().listen(number, host);
  try {
    await once(server, 'listening');
    return found.ok(`its port ${number} is free`);
  } catch (error) {
    const advice = `Stop that program, or set ${setting}.port to another.`;
    if (codeOf(error) !== 'EADDRINUSE') {
      return found.failure(`its port ${number} cannot be opened: ${messageOf(error)}`, advice);
    }
    const by = listeners.length === 0 ? 'another program' : holderNames(listeners);
    return found.failure(`its port ${number} is in use by ${by}`, advice);
  } finally {
    server.close();
  }
}
