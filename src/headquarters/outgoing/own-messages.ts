import { type Lane, lanes, type Outbox, type WaitingMessage } from '../../outbox/outbox.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';

/** What headquarters' own people do that units must know. */
export interface OwnMessages extends AsyncDisposable {
  start(): void;
  /** Goes on with what waits for a link, or for this unit. */
  retry(unit?: string): void;
  /** A unit says that it has these messages on its disk. */
  taken(unit: string, ids: readonly string[]): void;
}

/** Other processes add rows too, commands for one. */
const lookEveryMs = 500;
/** When a message that its unit has not taken goes again; each time after twice as long. */
const resendAfterMs = { first: 5_000, most: 600_000 };

/** A message that waits for its unit. */
interface Waiting {
  unit: string;
  dueAtMs: number;
  tries: number;
}

/**
 * Empties headquarters' outbox, into which its rooms write as those of a unit do. `share` stores what all units will be
 * told; what was done about an alert, or a lost unit was ordered, goes to its unit again and again, until the unit has it;
 * everything else is for headquarters, which has it.
 */
export function createOwnMessages(deps: {
  outbox: Pick<Outbox, 'nextAfter' | 'acknowledged' | 'onAdded'>;
  /** Throws if it cannot be stored. */
  share: (message: WaitingMessage) => void;
  /** The unit that must have it; null if it is nothing to any unit. */
  unitOf: (message: WaitingMessage) => string | null;
  /** Resolves once the broker has it; rejects while there is no link. `isFirst`: it was not sent before. */
  send: (message: WaitingMessage, unit: string, isFirst: boolean) => Promise<void>;
  /** Whether it is done once the broker has it. */
  isForBroker: (message: WaitingMessage) => boolean;
  log: Log;
}): OwnMessages {
  const { outbox, share, unitOf, send, isForBroker, log } = deps;
  const waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | null = null;
  let isStopped = false;

  const done = (id: string): void => {
    outbox.acknowledged([id]);
    waiting.delete(id);
  };

  async function handle(message: WaitingMessage): Promise<void> {
    const { id } = message;
    const unit = unitOf(message);
    if (unit === null) {
      share(message);
      done(id);
      return;
    }
    const before = waiting.get(id);
    if (before !== undefined && before.dueAtMs > performance.now()) return;
    const tries = (before?.tries ?? 0) + 1;
    await send(message, unit, tries === 1);
    if (isForBroker(message)) {
      done(id);
      return;
    }
    const afterMs = Math.min(resendAfterMs.first * 2 ** (tries - 1), resendAfterMs.most);
    waiting.set(id, { unit, tries, dueAtMs: performance.now() + afterMs });
  }

  async function emptyLane(lane: Lane): Promise<void> {
    for (let seq = 0; !isStopped; ) {
      const message = outbox.nextAfter(lane, seq);
      if (message === undefined) return;
      seq = message.seq;
      try {
        await handle(message);
      } catch (error) {
        log.debug({ problem: messageOf(error), topic: message.topic }, 'not told yet');
      }
    }
  }

  const look = (): void => {
    if (isStopped) return;
    working ??= (async () => {
      for (const lane of lanes) await emptyLane(lane);
    })()
      .catch((error: unknown) =>
        log.error({ problem: messageOf(error) }, 'the outbox cannot be read'),
      )
      .finally(() => {
        working = null;
      });
  };
  outbox.onAdded(look);

  return {
    start() {
      timer = setInterval(look, lookEveryMs);
      look();
    },
    retry(unit) {
      for (const each of waiting.values()) {
        if (unit === undefined || each.unit === unit) each.dueAtMs = 0;
      }
      look();
    },
    taken(unit, ids) {
      // A unit can only answer for itself.
      for (const id of ids) if (waiting.get(id)?.unit === unit) done(id);
    },
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearInterval(timer);
      await working;
    },
  };
}
