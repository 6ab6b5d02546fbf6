import { type Lane, lanes, type Outbox, type WaitingMessage } from '../outbox/outbox.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';

/** What headquarters' own people do that units must know. */
export interface OwnMessages extends AsyncDisposable {
  start(): void;
  /** Goes on with what waited for a link. */
  retry(): void;
}

/** Other processes add rows too, commands for one. */
const lookEveryMs = 500;

/**
 * Empties headquarters' outbox, into which its rooms write as those of a unit do: `share` stores what all units will be
 * told; `send` resolves once the broker has what one unit must know; everything else is for headquarters, which has it.
 */
export function createOwnMessages(deps: {
  outbox: Pick<Outbox, 'nextAfter' | 'acknowledged' | 'onAdded'>;
  /** Throws if it cannot be stored. */
  share: (message: WaitingMessage) => void;
  /** Rejects while there is no link. */
  send: (message: WaitingMessage) => Promise<void>;
  log: Log;
}): OwnMessages {
  const { outbox, share, send, log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | null = null;
  let isStopped = false;

  async function handle(message: WaitingMessage): Promise<void> {
    if (message.topic === 'alert') await send(message);
    else share(message);
    outbox.acknowledged([message.id]);
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
    retry: look,
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearInterval(timer);
      await working;
    },
  };
}
