import type { Epoch } from './epochs.ts';

/** How a source of epochs is doing. */
export interface FeedStatus {
  /** Sound sentences or messages are coming in. */
  connected: boolean;
  /** What is wrong and what to do, or null. */
  problem: string | null;
  baud: number | null;
  sentences: number;
  rejected: number;
}

/** Where epochs come from. Constructors do nothing; `run` ends with the signal, and never throws. */
export interface Feed {
  run(onEpoch: (epoch: Epoch) => void, signal: AbortSignal): Promise<void>;
  status(): FeedStatus;
}

/** Waits, or returns early when the signal comes. */
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
