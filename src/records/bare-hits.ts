import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { Hit } from './detection.ts';
import type { DetectionDraft } from './draft-detection.ts';

/** A hit without its pictures, and the vehicle that it is about. */
export interface BareHit {
  hit: Hit;
  detection: DetectionDraft;
}

/** How long an alert waits for the disk, ms (rule 3). */
const patienceMs = 50;

/**
 * The hits that are on their way to the disk before anyone is told of them. One commit writes all that wait, in the
 * order in which they were decided, so a hit never overtakes an earlier version of itself.
 */
export function createBareHits(deps: {
  /**
   * Writes the hits that `waiting` returns at the moment of the commit, and resolves once they are on the disk. A hit
   * that is written already is left as it is.
   */
  commit: (waiting: () => readonly BareHit[]) => Promise<void>;
  log: Log;
}) {
  const { commit, log } = deps;
  const waiting = new Map<Hit, BareHit>();
  /** Those that were told while they were not on the disk. */
  const late = new Set<Hit>();
  const running = new Set<Promise<boolean>>();

  const stored = (hits: readonly Hit[]): void => {
    for (const hit of hits) {
      waiting.delete(hit);
      if (late.delete(hit)) log.info({ hit: hit.id }, 'the hit that was told is on the disk');
    }
  };

  const write = async (): Promise<boolean> => {
    let hits: Hit[] = [];
    try {
      await commit(() => {
        const bare = [...waiting.values()];
        hits = bare.map(({ hit }) => hit);
        return bare;
      });
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'a hit could not be stored before its alert');
      return false;
    }
    stored(hits);
    return true;
  };

  return {
    /**
     * Writes hits and resolves with true once they are on the disk; with false if that fails or takes more than 50 ms:
     * they must be told then, and count as unstored until they are stored. Never rejects.
     */
    async add(hits: readonly Hit[], detection: DetectionDraft): Promise<boolean> {
      for (const hit of hits) waiting.set(hit, { hit, detection });
      const written = write();
      running.add(written);
      void written.finally(() => running.delete(written));
      const limit = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => limit.resolve(false), patienceMs);
      const inTime = await Promise.race([written, limit.promise]);
      clearTimeout(timer);
      if (inTime) return true;
      for (const hit of hits) {
        if (!waiting.has(hit)) continue;
        late.add(hit);
        log.warn(
          { hit: hit.id },
          'the disk does not answer; the alert is told before it is stored',
        );
      }
      return false;
    },
    /** These hits are on the disk by another commit. */
    stored,
    /** Number of hits that were told and are not on the disk. */
    unstored: (): number => late.size,
    /** What is wrong and what to do; null if nothing is wrong. */
    problem: (): string | null => (late.size === 0 ? null : unstoredText(late.size)),
    /** Waits for the writes under way. */
    async close(): Promise<void> {
      await Promise.allSettled(running);
    },
  };
}

function unstoredText(count: number): string {
  return (
    `The disk does not answer in time: hits that were told and are not stored: ${count}. ` +
    'If power fails now, they are lost. Is the disk full or worn, or does another program hold the database?'
  );
}
