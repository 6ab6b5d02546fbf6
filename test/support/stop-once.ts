import { onTestFinished } from 'vitest';

/** Stops what runs when the test ends, or before by the function that this gives; once. */
export function stopOnce(stop: () => PromiseLike<unknown>): () => Promise<void> {
  let isStopped = false;
  const once = async () => {
    if (isStopped) return;
    isStopped = true;
    await stop();
  };
  onTestFinished(once);
  return once;
}
