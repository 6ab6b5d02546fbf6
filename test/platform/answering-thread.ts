import { setImmediate } from 'node:timers/promises';
import { threadId, workerData } from 'node:worker_threads';
import { Problem, TemporaryProblem } from '../../src/platform/problem.ts';
import { answerCalls, sendNote } from '../../src/platform/thread-call.ts';

class NoSpace extends Error {
  readonly code = 'ENOSPC';
}

const held = Promise.withResolvers<string>();
const handlers = {
  upper: (text: string) => text.toUpperCase(),
  async later(text: string) {
    await setImmediate();
    return text;
  },
  thread: () => ({ id: threadId, data: workerData as unknown }),
  problem: () => {
    throw new Problem('the list is cut short; send it again');
  },
  temporary: () => {
    throw new TemporaryProblem('another import has not ended; send it later');
  },
  noSpace: () => {
    throw new NoSpace('the disk is full');
  },
  bare: () => {
    throw 'a word';
  },
  uncloneable: () => () => undefined,
  length: (bytes: Uint8Array) => bytes.length,
  noted(text: string) {
    sendNote({ noted: text });
    return text;
  },
  /** Answers when the thread is closed. */
  held: () => held.promise,
  exit: (code: number) => process.exit(code),
  crash() {
    queueMicrotask(() => {
      throw new Error('a fault');
    });
    return new Promise<never>(() => undefined);
  },
};

export type AnsweringHandlers = typeof handlers;

answerCalls(handlers, async () => {
  held.resolve('let go');
});
