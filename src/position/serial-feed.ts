import { existsSync } from 'node:fs';
import { ReadlineParser } from '@serialport/parser-readline';
import { SerialPort } from 'serialport';
import { createBackoff } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { Epoch } from './epochs.ts';
import { type Feed, pause } from './feed.ts';
import { createNmeaLines } from './nmea-lines.ts';

const bauds = [4800, 9600, 38_400, 57_600, 115_200];
const longestLine = 4096;
const presenceMs = 500;
/** A sentence that lacks its checksum may be torn; several whole ones are how the receiver is set. */
const uncheckedUsual = 3;

/** Why the port was closed. */
type End = 'stopped' | 'wrong-baud' | 'silent' | 'closed';

/**
 * A receiver on a serial port. Keeps opening it, so that the receiver may be plugged in late or replugged. With
 * `baud: 'auto'` it tries the usual rates until sentences with valid checksums arrive.
 *
 * @param options.probeMs how long to listen at one rate.
 * @param options.silentMs the port is reopened after this time without a valid sentence.
 */
export function createSerialFeed(options: {
  path: string;
  baud: number | 'auto';
  clock: Clock;
  log: Log;
  probeMs?: number;
  silentMs?: number;
}): Feed {
  const { path, baud, clock, log, probeMs = 2500, silentMs = 10_000 } = options;
  const rates = baud === 'auto' ? bauds : [baud];
  const lines = createNmeaLines();
  const backoff = createBackoff({ firstMs: 250, maxMs: 5000 });
  let rate = 0;
  let foundRate: number | null = null;
  let connected = false;
  let problem: string | null = null;

  /** What a person should do about a port on which nothing valid comes. */
  const whyNothing = (otherwise: string): string =>
    lines.unchecked >= uncheckedUsual
      ? `${path}: its sentences have no checksum, so that damaged ones would be believed; set the receiver to send it`
      : otherwise;

  async function session(onEpoch: (epoch: Epoch) => void, signal: AbortSignal): Promise<End> {
    const baudRate = rates[rate % rates.length] ?? 4800;
    const port = new SerialPort({ path, baudRate, autoOpen: false });
    await new Promise<void>((resolve, reject) =>
      port.open((error) => (error ? reject(error) : resolve())),
    );
    let end: End = 'closed';
    let quiet: NodeJS.Timeout | undefined;
    const closed = new Promise<void>((resolve) => {
      port.once('close', () => resolve());
      port.once('error', () => resolve());
    });
    const finish = (why: End) => {
      end = why;
      if (port.isOpen) port.close();
    };
    const stop = () => finish('stopped');
    const waitForSentence = (ms: number, why: End) => {
      clearTimeout(quiet);
      quiet = setTimeout(() => finish(why), ms);
    };
    const take = (line: string) => {
      if (!lines.take(line, clock(), onEpoch)) return;
      if (!connected) {
        log.info({ baud: baudRate }, 'position: receiving sentences');
        connected = true;
        problem = null;
        foundRate = baudRate;
        backoff.reset();
      }
      waitForSentence(silentMs, 'silent');
    };
    readBoundedLines(port, take);
    signal.addEventListener('abort', stop);
    // A port that is unplugged is not always reported as closed, but its name in /dev disappears.
    const presence = setInterval(() => {
      if (!existsSync(path)) finish('closed');
    }, presenceMs);
    waitForSentence(
      rates.length > 1 ? probeMs : silentMs,
      rates.length > 1 ? 'wrong-baud' : 'silent',
    );
    if (signal.aborted) stop();
    await closed;
    clearTimeout(quiet);
    clearInterval(presence);
    signal.removeEventListener('abort', stop);
    return end;
  }

  /** Opens the port once; returns why it was closed. */
  async function attempt(onEpoch: (epoch: Epoch) => void, signal: AbortSignal): Promise<End> {
    try {
      const end = await session(onEpoch, signal);
      if (end === 'silent') {
        problem = whyNothing(
          `${path}: no valid sentence for ${silentMs / 1000} s; check the receiver, its cable and position.source.baud`,
        );
      } else if (end === 'closed') {
        problem = `${path}: the receiver was unplugged; plug it in again`;
      }
      return end;
    } catch (error) {
      problem = `${path}: cannot be opened (${messageOf(error)}); check that the receiver is plugged in and that the user is in the group dialout`;
      return 'closed';
    }
  }

  return {
    async run(onEpoch, signal) {
      while (!signal.aborted) {
        const before = problem;
        const end = await attempt(onEpoch, signal);
        if (connected && end !== 'stopped')
          log.warn({ end }, 'position: the connection to the receiver was lost');
        if (connected) foundRate = null;
        else rate += 1;
        connected = false;
        if (end === 'stopped') return;
        if (end === 'wrong-baud') {
          const round = rate % rates.length === 0;
          if (round) {
            problem = whyNothing(
              `${path}: no NMEA sentence at ${rates.join(', ')} baud; check the receiver and position.source.path`,
            );
          } else problem = before;
          continue;
        }
        await pause(backoff.next(), signal);
      }
    },
    status: () => ({
      connected,
      problem,
      baud: foundRate,
      sentences: lines.sentences,
      rejected: lines.rejected,
    }),
  };
}

/** Lines of the port; input without a line end is discarded beyond a limit. */
function readBoundedLines(port: SerialPort, onLine: (line: string) => void): void {
  let pending = 0;
  let parser = newParser();
  function newParser(): ReadlineParser {
    const made = new ReadlineParser({ delimiter: '\n', encoding: 'latin1' });
    made.on('data', (line: string) => {
      pending = 0;
      onLine(line);
    });
    return made;
  }
  port.on('data', (chunk: Buffer) => {
    pending += chunk.length;
    parser.write(chunk);
    if (pending > longestLine) {
      parser.removeAllListeners();
      parser.destroy();
      parser = newParser();
      pending = 0;
    }
  });
}
