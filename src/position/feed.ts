import type { Epoch } from './epochs.ts';

/** State of a source of epochs. */
export interface FeedStatus {
  /** Valid sentences or messages are arriving. */
  connected: boolean;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
  baud: number | null;
  sentences: number;
  rejected: number;
}

/** A source of epochs. Constructors do nothing; `run` ends with the signal, and never throws. */
export interface Feed {
  run(onEpoch: (epoch: Epoch) => void, signal: AbortSignal): Promise<void>;
  status(): FeedStatus;
}

/** Waits, or returns early when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
