import type { PositionConfig } from '../config/sections/position.ts';
import type { Clock } from '../platform/clock.ts';
import { systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Feed } from './feed.ts';
import type { Fix, Position, PositionHealth } from './fix.ts';
import { createFixKeeper } from './fix-keeper.ts';
import { createFixedPosition, createNoPosition } from './fixed-position.ts';
import { createGpsdFeed } from './gpsd-feed.ts';
import { createReplayFeed } from './replay-feed.ts';
import { createSerialFeed } from './serial-feed.ts';

/** What a source of position needs. */
interface PositionDeps {
  log: Log;
  clock?: Clock;
  /** Whether another source than the receiver confirms the clock. Default: none does. */
  isClockSure?: () => boolean;
}

/** The configured source of position. Does nothing until `start`. */
export function createPosition(
  config: PositionConfig,
  { log, clock = systemClock, isClockSure }: PositionDeps,
): Position {
  const { source, staleAfterS } = config;
  const staleAfterMs = staleAfterS * 1000;
  switch (source.kind) {
    case 'none':
      return createNoPosition();
    case 'fixed':
      return createFixedPosition(source);
    case 'serial':
      return createFedPosition({
        feed: createSerialFeed({ path: source.path, baud: source.baud, clock, log }),
        source: 'nmea',
        timeBy: 'received',
        staleAfterMs,
        clock,
        isClockSure,
      });
    case 'gpsd':
      return createFedPosition({
        feed: createGpsdFeed({
          host: source.host,
          port: source.port,
          device: source.device,
          clock,
          log,
        }),
        source: 'gpsd',
        timeBy: 'received',
        staleAfterMs,
        clock,
        isClockSure,
      });
    case 'replay':
      return createFedPosition({
        feed: createReplayFeed({ ...source, clock, log }),
        source: 'replay',
        timeBy: source.restamp ? 'received' : 'fixed',
        staleAfterMs,
        clock,
        isClockSure,
      });
  }
}

/** Joins a feed and the keeper of its fixes. Exported for feeds with other timeouts than the default. */
export function createFedPosition(options: {
  feed: Feed;
  source: Fix['source'];
  timeBy: 'received' | 'fixed';
  staleAfterMs: number;
  clock: Clock;
  isClockSure?: (() => boolean) | undefined;
}): Position {
  const { feed, source, timeBy, staleAfterMs, clock, isClockSure } = options;
  const keeper = createFixKeeper({ source, staleAfterMs, timeBy, isClockSure });
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();

  function state(connected: boolean): PositionHealth['state'] {
    if (keeper.goodAtMs === null) return 'searching';
    if (clock() - keeper.goodAtMs <= staleAfterMs) return 'fixed';
    return connected ? 'stale' : 'lost';
  }

  return {
    async start(signal) {
      running = feed.run(keeper.add, AbortSignal.any([signal, ending.signal]));
    },
    fixAt: keeper.fixAt,
    health() {
      const { connected, problem, baud, sentences, rejected } = feed.status();
      const made = keeper.simulated
        ? 'the receiver sends simulated or hand-entered positions, which are not used; take it out of that mode'
        : null;
      const findings = keeper.findings();
      return {
        ...findings,
        source,
        state: state(connected),
        problem: problem ?? made ?? findings.problem,
        clockOffsetMs: keeper.clockOffsetAt(clock()),
        sentences,
        rejected,
        jumps: keeper.jumps,
        baud,
      };
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await running;
    },
  };
}
