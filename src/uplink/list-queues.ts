import type { Manifest } from './messages.ts';

/** One manifest in work, and what there is to know about its list meanwhile. */
export interface Turn {
  readonly manifest: Manifest;
  /** It, or an earlier one of its list, failed for a reason that may have passed. */
  readonly isRetry: boolean;
  /** A newer manifest of the list waits. */
  hasNewer(): boolean;
  /** A newer manifest waits, or the unit stops. */
  isOutdated(): boolean;
  /** Takes it up again after a while, unless another comes before. */
  retryLater(): void;
}

/**
 * A queue for each list, so that one with missing chunks does not delay others. Only the newest manifest of a list counts;
 * one that comes while an older one is in work has that broken off.
 */
export function createListQueues(deps: {
  /** Deals with one manifest; the next of its list begins when it is done. */
  work: (turn: Turn) => Promise<void>;
  /** Whether work can begin: the link is up. */
  canWork: () => boolean;
  /** Whether a list is in force as its newest manifest says. */
  isDone: (list: string) => boolean;
  /** A newer manifest of this list has come. */
  onNewer: (list: string) => void;
  retryAfterMs: number;
}) {
  const { work, canWork, isDone, onNewer, retryAfterMs } = deps;
  /** The newest manifest of each list that is still to be processed. */
  const wanted = new Map<string, Manifest>();
  /** Timers of lists to retry after a temporary failure, by list. */
  const retries = new Map<string, NodeJS.Timeout>();
  /** Lists whose manifest came again while it was in work. */
  const repeated = new Set<string>();
  /** The manifest in work, by list. */
  const inWork = new Map<string, Manifest>();
  /** Work in progress, by list. */
  const working = new Map<string, Promise<void>>();
  let stopped = false;

  const workOn = async (list: string): Promise<void> => {
    for (;;) {
      const manifest = wanted.get(list);
      if (!manifest || stopped || !canWork()) return;
      wanted.delete(list);
      inWork.set(list, manifest);
      try {
        await work({
          manifest,
          isRetry: retries.delete(list),
          hasNewer: () => wanted.has(list),
          isOutdated: () => stopped || wanted.has(list),
          retryLater() {
            clearTimeout(retries.get(list));
            retries.set(list, setTimeout(() => take(manifest), retryAfterMs).unref());
          },
        });
      } finally {
        inWork.delete(list);
        // It came once more meanwhile, and the list may have been emptied since it was imported.
        if (repeated.delete(list) && isDone(list) && !wanted.has(list)) wanted.set(list, manifest);
      }
    }
  };

  /** A manifest has come. */
  function take(manifest: Manifest): void {
    const { list } = manifest;
    // Two subscriptions that fit one topic may each bring it. It does not break off its own download.
    if (isSame(wanted.get(list), manifest)) return;
    if (isSame(inWork.get(list), manifest)) {
      repeated.add(list);
      return;
    }
    clearTimeout(retries.get(list));
    wanted.set(list, manifest);
    onNewer(list);
    if (working.has(list)) return;
    working.set(
      list,
      workOn(list).finally(() => working.delete(list)),
    );
  }

  return {
    take,
    /** Begins nothing more. Resolves when what is in work is done. */
    async stop(): Promise<void> {
      stopped = true;
      for (const timer of retries.values()) clearTimeout(timer);
      await Promise.all(working.values());
    },
  };
}

function isSame(one: Manifest | undefined, other: Manifest): boolean {
  return one !== undefined && one.version === other.version && one.sha256 === other.sha256;
}
