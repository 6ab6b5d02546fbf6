import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Candidate, Walk } from './expired-rows.ts';
import type { RemovedByRule } from './tally.ts';
import { createTally } from './tally.ts';

/** Why something that the times permit to delete stays. */
export type KeptWhy = 'waiting' | 'needed' | 'held';

/** What a purge would delete if it ran now, without plates; nothing is changed. */
export interface PurgePreview {
  goes: RemovedByRule[];
  /** Old enough to go, and kept: headquarters has not got it, a hit of it is open or was just closed, a hold covers it. */
  kept: Record<KeptWhy, number>;
  /** True if there is more than was looked at. */
  more: boolean;
}

/** Records looked at; more are not counted, so that the answer does not take minutes. */
const mostLooked = 50_000;
/** Time on the event loop per slice. */
const sliceMs = 3;

/** Walks through what may be deleted, as a purge does, and counts. */
export async function previewPurge(deps: {
  walks: readonly Walk[];
  /** Why a candidate would stay; null: it would go. */
  whyKept: (candidate: Candidate) => KeptWhy | null;
  /** What would go with a detection or an image. */
  goingWith: (candidate: Candidate) => { hits: number; images: number; unacknowledged: number };
}): Promise<PurgePreview> {
  const { walks, whyKept, goingWith } = deps;
  const tally = createTally();
  const kept = { waiting: 0, needed: 0, held: 0 };
  /** Their images go with them and are counted there. */
  const going = new Set<string>();
  let looked = 0;
  let turnMs = performance.now();
  const end = (more: boolean): PurgePreview => ({ goes: tally.rules(), kept, more });
  for (const walk of walks) {
    for (let candidates = walk.next(); candidates.length > 0; candidates = walk.next()) {
      for (const candidate of candidates) {
        const { what, detectionId } = candidate;
        if (what === 'image' && going.has(detectionId)) continue;
        if (looked >= mostLooked) return end(true);
        looked += 1;
        const why = whyKept(candidate);
        if (why === null) {
          tally.add(candidate, goingWith(candidate));
          if (what === 'detection') going.add(detectionId);
        } else if (what === 'detection') {
          kept[why] += 1;
        }
      }
      if (performance.now() - turnMs > sliceMs) {
        await nextTurn();
        turnMs = performance.now();
      }
    }
  }
  return end(false);
}
