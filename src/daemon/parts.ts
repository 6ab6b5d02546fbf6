import type { Log } from '../platform/log.ts';
import { kindOf } from '../platform/problem.ts';

/** One line of the daemon's table of parts. */
export interface Part {
  name: string;
  /** Starts the part. `signal` is aborted when the daemon must stop, even during the start. */
  start?(signal: AbortSignal): void | Promise<void>;
  /** Stops the part; must also work after a start that threw or is not finished. */
  stop?(): void | PromiseLike<void>;
}

/** The entry of a room that is started and disposed of. */
export function roomPart(
  name: string,
  room: { start(signal: AbortSignal): void | Promise<void> } & (AsyncDisposable | Disposable),
): Part {
  return {
    name,
    start: (signal) => room.start(signal),
    stop: () =>
      Symbol.asyncDispose in room ? room[Symbol.asyncDispose]() : room[Symbol.dispose](),
  };
}

/**
 * Starts the parts in the order of the table and registers their stops on `running`, in exact reverse. Ends at the
 * first part that throws, and as soon as `signal` is aborted, with its reason: it does not wait for a part that hangs.
 */
export async function startParts(
  table: readonly Part[],
  running: AsyncDisposableStack,
  signal: AbortSignal,
  log: Pick<Log, 'debug'>,
): Promise<void> {
  for (const { name, start, stop } of table) {
    signal.throwIfAborted();
    if (stop !== undefined) running.defer(stop);
    if (start === undefined) continue;
    const beganMs = performance.now();
    try {
      await unlessAborted(start(signal), signal);
    } catch (error) {
      if (kindOf(error) !== 'damaged') throw error;
      // The damaged database was set aside; what the part read of it is read from the new one.
      await unlessAborted(start(signal), signal);
    }
    log.debug({ part: name, ms: Math.round(performance.now() - beganMs) }, 'part started');
  }
  signal.throwIfAborted();
}

async function unlessAborted(work: void | Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
