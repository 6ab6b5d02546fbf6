import type { Log } from '../platform/log.ts';

/** One line of the daemon's table of parts. */
export interface Part {
  name: string;
  /** Brings the part up. `signal` is aborted when the daemon is to stop, also while it still starts. */
  start?(signal: AbortSignal): void | Promise<void>;
  /** Takes the part down; must also do after a start that threw or is not over. */
  stop?(): void | PromiseLike<void>;
}

/** The line of a room that is started and disposed of. */
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
 * Starts the parts in the order of the table and leaves on `running` what takes them down in exact reverse. Ends at the
 * first part that throws, and as soon as `signal` is aborted, with its reason: a part that hangs is not waited for.
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
    await unlessAborted(start(signal), signal);
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
