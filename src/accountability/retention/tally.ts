import { isoTime } from '../../platform/clock.ts';
import type { Candidate } from './expired-rows.ts';

/** Data that one run removed by one row of the policy. No plates. */
export interface RemovedByRule {
  rule: string;
  head: string;
  detections: number;
  hits: number;
  images: number;
  /** Messages that headquarters never acknowledged; they were lost because the maximum time was over (RET-8). */
  unacknowledged: number;
  /** When the oldest and the newest of it was seen. */
  from: string;
  to: string;
}

interface Sum extends Omit<RemovedByRule, 'from' | 'to'> {
  fromMs: number;
  toMs: number;
}

/** What goes with one candidate. */
interface Going {
  hits: number;
  images: number;
  unacknowledged: number;
}

/** Counts of what is or would be removed, by row of the policy and source. */
export interface Tally {
  add(candidate: Candidate, going: Going): void;
  rules(): RemovedByRule[];
  /** Remembers the counts as they are, for `revert`. */
  save(): void;
  /** Goes back to the counts of the last `save`. */
  revert(): void;
}

export function createTally(): Tally {
  let sums = new Map<string, Sum>();
  let saved: [string, Sum][] = [];
  return {
    add({ what, rule, head, atMs }, { hits, images, unacknowledged }) {
      const key = `${rule} ${head}`;
      const none = { detections: 0, hits: 0, images: 0, unacknowledged: 0 };
      const so = sums.get(key) ?? { rule, head, ...none, fromMs: atMs, toMs: atMs };
      sums.set(key, {
        ...so,
        detections: so.detections + (what === 'detection' ? 1 : 0),
        hits: so.hits + hits,
        images: so.images + images,
        unacknowledged: so.unacknowledged + unacknowledged,
        fromMs: Math.min(atMs, so.fromMs),
        toMs: Math.max(atMs, so.toMs),
      });
    },
    rules: () =>
      [...sums.values()].map(({ fromMs, toMs, ...counts }) => ({
        ...{ ...counts, from: isoTime(fromMs), to: isoTime(toMs) },
      })),
    save() {
      saved = [...sums];
    },
    revert() {
      sums = new Map(saved);
    },
  };
}
