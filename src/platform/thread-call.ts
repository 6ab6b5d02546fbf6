import { parentPort, type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';
import { codeOf, messageOf, Problem, TemporaryProblem } from './problem.ts';

/** Handlers of a thread by name; each takes one value and returns one, or a promise of one. */
export type ThreadHandlers<Handlers> = { [Name in keyof Handlers]: (input: never) => unknown };

interface ThreadOptions extends WorkerOptions {
  /** The message of the error that calls get when the thread has ended or was closed. */
  ended: string;
  /** After a thread has ended, the next call starts a new one. Otherwise every later call is refused. */
  restarts?: boolean;
  /** A thread without waiting calls does not keep the process running. */
  unrefWhenIdle?: boolean;
  /** Closing lets the thread finish by its own `close`; otherwise the thread is stopped at once. */
  closesItself?: boolean;
  /** Receives what the thread sends with `sendNote`, in order with the answers. */
  onNote?: (note: never) => void;
}

/** A thread of this process, started by the first call. */
export interface CallableThread<Handlers extends ThreadHandlers<Handlers>> extends AsyncDisposable {
  /**
   * Runs a handler in the thread. Rejects with the handler's error (a Problem and a TemporaryProblem keep their class,
   * every error its message and code), and if the thread ends before its answer.
   */
  call<Name extends keyof Handlers & string>(
    name: Name,
    input: Parameters<Handlers[Name]>[0],
    transfer?: readonly Transferable[],
  ): Promise<Awaited<ReturnType<Handlers[Name]>>>;
  /** Calls that have no answer yet. */
  readonly waiting: number;
}

interface Call {
  id: number;
  name: string;
  input: unknown;
}
type Answer =
  | { id: number; output: unknown }
  | { id: number; error: SentError }
  | { note: unknown };

/** An error as sent between threads: a clone would lose its class and code. */
interface SentError {
  kind: keyof typeof errorClasses;
  message: string;
  code: string | undefined;
  stack: string | undefined;
}
const errorClasses = { problem: Problem, temporary: TemporaryProblem, other: Error };
const closing = 'close';

/** A thread that runs `file`, which calls `answerCalls`. */
export function createThread<Handlers extends ThreadHandlers<Handlers>>(
  file: URL,
  options: ThreadOptions,
): CallableThread<Handlers> {
  const { ended, restarts, unrefWhenIdle, closesItself, onNote, ...workerOptions } = options;
  // The caller knows the type of each output.
  const waiting = new Map<number, PromiseWithResolvers<never>>();
  let current: { worker: Worker; gone: Promise<void> } | null = null;
  let refused: Error | null = null;
  let lastId = 0;

  const rejectAll = (error: Error): void => {
    for (const call of waiting.values()) call.reject(error);
    waiting.clear();
  };

  const start = () => {
    const worker = new Worker(file, workerOptions);
    const gone = Promise.withResolvers<void>();
    const lose = (error: Error): void => {
      // An error comes before the exit of the same thread; by then a call may have started a new one.
      if (current?.worker !== worker) return;
      current = null;
      if (restarts !== true) refused ??= error;
      rejectAll(error);
    };
    worker.on('message', (answer: Answer) => {
      if ('note' in answer) return onNote?.(answer.note as never);
      const call = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (unrefWhenIdle && waiting.size === 0) worker.unref();
      if ('error' in answer) call?.reject(received(answer.error));
      else call?.resolve(answer.output as never);
    });
    worker.on('error', (cause) => lose(new Error(`${ended}: ${messageOf(cause)}`, { cause })));
    worker.on('exit', () => {
      lose(new Error(ended));
      gone.resolve();
    });
    return { worker, gone: gone.promise };
  };

  return {
    async call(name, input, transfer = []) {
      if (refused !== null) throw refused;
      current ??= start();
      const { worker } = current;
      lastId += 1;
      const call = Promise.withResolvers<never>();
      worker.postMessage({ id: lastId, name, input } satisfies Call, transfer);
      waiting.set(lastId, call);
      if (unrefWhenIdle) worker.ref();
      return await call.promise;
    },
    get waiting() {
      return waiting.size;
    },
    async [Symbol.asyncDispose]() {
      refused ??= new Error(ended);
      if (current === null) return;
      const { worker, gone } = current;
      if (closesItself) {
        worker.postMessage(closing);
        return gone;
      }
      // At once, not when the thread has ended: no caller waits for later answers.
      rejectAll(refused);
      await worker.terminate();
    },
  };
}

/**
 * Answers the calls of the thread that started this one, by the handler of the call's name. `close` finishes work that
 * must not be interrupted; a thread with the option `closesItself` needs it.
 */
export function answerCalls<Handlers extends ThreadHandlers<Handlers>>(
  handlers: Handlers,
  close?: () => PromiseLike<void>,
): void {
  const port = parentPort;
  if (port === null) throw new Error('answerCalls runs in a worker thread only');
  port.on('message', async (call: Call | typeof closing) => {
    if (call === closing) {
      await close?.();
      port.close();
      return;
    }
    const { id, name, input } = call;
    try {
      const handler: (input: never) => unknown = handlers[name as keyof Handlers];
      port.postMessage({ id, output: await handler(input as never) } satisfies Answer);
    } catch (error) {
      port.postMessage({ id, error: sent(error) } satisfies Answer);
    }
  });
}

/** Sends a message that answers no call to the thread that started this one: a log line, a state. */
export function sendNote(note: unknown): void {
  parentPort?.postMessage({ note } satisfies Answer);
}

function sent(error: unknown): SentError {
  const isProblem = error instanceof Problem;
  const kind = error instanceof TemporaryProblem ? 'temporary' : isProblem ? 'problem' : 'other';
  const code = codeOf(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    kind,
    message: messageOf(error),
    code: typeof code === 'string' ? code : undefined,
    stack,
  };
}

function received({ kind, message, code, stack }: SentError): Error {
  const error = new errorClasses[kind](message);
  if (stack !== undefined) error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}
