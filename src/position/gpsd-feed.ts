import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { createBackoff } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { networkFault } from '../platform/network-fault.ts';
import type { Epoch, Solution } from './epochs.ts';
import { type Feed, pause } from './feed.ts';
import type { FixQuality } from './fix.ts';

const longestMessage = 65_536;

const number = z.number().optional();

/** The part of gpsd's JSON that is used (gpsd_json(5)); other fields are ignored. */
const messageSchema = z.discriminatedUnion('class', [
  z.looseObject({
    class: z.literal('TPV'),
    device: z.string().optional(),
    mode: z.int().default(0),
    status: z.int().optional(),
    time: z.iso.datetime().optional(),
    lat: z.number().min(-90).max(90).optional(),
    lon: z.number().min(-180).max(180).optional(),
    altMSL: number,
    alt: number,
    track: z.number().min(0).max(360).optional(),
    speed: z.number().min(0).optional(),
  }),
  z.looseObject({
    class: z.literal('SKY'),
    device: z.string().optional(),
    hdop: number,
    uSat: z.int().min(0).optional(),
  }),
  z.looseObject({ class: z.literal('DEVICES'), devices: z.array(z.unknown()) }),
  z.looseObject({ class: z.literal('ERROR'), message: z.string() }),
]);
type Message = z.infer<typeof messageSchema>;
type Tpv = Extract<Message, { class: 'TPV' }>;

/** TPV's `status`, if it is more specific than its `mode`. */
const statusQualities: Record<number, FixQuality> = {
  2: 'differential',
  3: 'rtk',
  4: 'rtk',
  5: 'estimated',
  6: 'estimated',
  8: 'simulated',
};

/**
 * A client of gpsd. Connects and reconnects, and receives its TPV and SKY reports.
 *
 * @param options.silentMs it reconnects after this time without a report.
 */
export function createGpsdFeed(options: {
  host: string;
  port: number;
  device: string | undefined;
  clock: Clock;
  log: Log;
  silentMs?: number;
}): Feed {
  const { host, port, device, clock, log, silentMs = 15_000 } = options;
  const backoff = createBackoff({ firstMs: 250, maxMs: 5000 });
  let connected = false;
  let problem: string | null = null;
  let sentences = 0;
  let rejected = 0;
  let sky: { hdop: number | null; satellites: number | null } = { hdop: null, satellites: null };
  let epoch: { key: string; receivedAtMs: number } | null = null;

  function onMessage(line: string, onEpoch: (epoch: Epoch) => void): void {
    const message = parse(line);
    if (message === 'other') return;
    if (message === null) {
      rejected += 1;
      return;
    }
    if ('device' in message && device !== undefined && message.device !== device) return;
    sentences += 1;
    if (message.class === 'ERROR') problem = `gpsd says: ${message.message.slice(0, 200)}`;
    else if (message.class === 'DEVICES') {
      problem =
        message.devices.length > 0
          ? null
          : `gpsd on ${host}:${port} has no receiver; see DEVICES in /etc/default/gpsd`;
    } else if (message.class === 'SKY') {
      sky = {
        hdop: message.hdop ?? sky.hdop,
        satellites: message.uSat ?? sky.satellites,
      };
    } else {
      problem = null;
      onEpoch(epochOf(message));
    }
  }

  /** Several TPV describe one moment; they share their time. */
  function epochOf(tpv: Tpv): Epoch {
    const receivedAtMs = clock();
    const key = tpv.time ?? `untimed ${receivedAtMs}`;
    if (epoch?.key !== key) epoch = { key, receivedAtMs };
    return {
      ...epoch,
      fixedAtMs: tpv.time === undefined ? null : Date.parse(tpv.time),
      solution: solutionOf(tpv, sky),
      threeD: tpv.mode >= 3,
    };
  }

  function session(onEpoch: (epoch: Epoch) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const socket: Socket = connect({ host, port });
      const stop = () => socket.destroy();
      let rest = '';
      socket.setEncoding('utf8');
      socket.setTimeout(silentMs, () => {
        problem = `gpsd on ${host}:${port}: no data for ${silentMs / 1000} s; check its receiver`;
        socket.destroy();
      });
      socket.on('connect', () => {
        socket.write(
          `?WATCH=${JSON.stringify({ enable: true, json: true, ...(device && { device }) })};\n`,
        );
      });
      socket.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > longestMessage) {
          rejected += 1;
          rest = '';
        }
        for (const line of lines) onMessage(line, onEpoch);
        if (!connected) {
          log.info('position: gpsd is answering');
          connected = true;
          backoff.reset();
        }
      });
      socket.on('error', (error) => {
        problem = `gpsd on ${host}:${port}: ${networkFault(error)}; check that gpsd runs and position.source`;
      });
      socket.on('close', () => {
        signal.removeEventListener('abort', stop);
        if (connected) log.warn('position: the connection to gpsd was lost');
        if (connected && problem === null)
          problem = `gpsd on ${host}:${port} closed the connection`;
        connected = false;
        resolve();
      });
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
    });
  }

  return {
    async run(onEpoch, signal) {
      while (!signal.aborted) {
        await session(onEpoch, signal);
        await pause(backoff.next(), signal);
      }
    },
    status: () => ({ connected, problem, baud: null, sentences, rejected }),
  };
}

const known = new Set(['TPV', 'SKY', 'DEVICES', 'ERROR']);

function parse(line: string): Message | 'other' | null {
  if (line.trim() === '') return 'other';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const named = z.looseObject({ class: z.string() }).safeParse(value);
  if (!named.success) return null;
  if (!known.has(named.data.class)) return 'other';
  const message = messageSchema.safeParse(value);
  return message.success ? message.data : null;
}

function solutionOf(
  tpv: Tpv,
  sky: { hdop: number | null; satellites: number | null },
): Solution | null {
  if (tpv.mode < 2 || tpv.lat === undefined || tpv.lon === undefined) return null;
  return {
    quality: statusQualities[tpv.status ?? 1] ?? (tpv.mode >= 3 ? 'fix-3d' : 'fix-2d'),
    latitude: tpv.lat,
    longitude: tpv.lon,
    altitudeM: tpv.mode >= 3 ? (tpv.altMSL ?? tpv.alt ?? null) : null,
    speedMps: tpv.speed ?? null,
    courseDeg: tpv.track === undefined ? null : tpv.track % 360,
    ...sky,
  };
}
