import { Refusal } from '../accountability/gate/refusal.ts';
import type { Clock } from '../platform/clock.ts';

/**
 * Sent by a page with each deed: the run of the unit that it knows, and a name of its own for the deed; `.again` behind it
 * where no answer came to the same deed before.
 */
export const deedHeader = 'x-lookout-deed';
const form = /^([\w-]{0,64})\.([\w-]{16,64})(\.again)?$/;

/** A page asks for a deed again for somewhat less time than this, ms. */
const keptMs = 3_600_000;
const mostKept = 500;

/** Deeds that are asked for again because their answer was lost on the way: each is done once. */
export interface DeedsOnce {
  /**
   * Does it, or gives the answer of the same deed that was done or is being done. `name`: of the header; `of`: who asks for
   * what. Throws a Refusal (409) where nobody can know any more whether it was done.
   */
  perform(deed: { name: unknown; of: () => string }, run: () => Promise<unknown>): Promise<unknown>;
}

/** `boot`: the run of the unit; `steady`: counts up whatever the clock does, ms. */
export function createDeedsOnce({ boot, steady }: { boot: string; steady: Clock }): DeedsOnce {
  /** Answers by person and name, the oldest first. */
  const done = new Map<string, { answer: Promise<unknown>; atMs: number }>();
  /** Until then somebody may ask again for one that had to make room. */
  let isShortUntilMs = Number.NEGATIVE_INFINITY;

  const keep = (key: string, answer: Promise<unknown>): void => {
    const nowMs = steady();
    for (const [old, { atMs }] of done) {
      const isOver = nowMs - atMs > keptMs;
      if (!isOver && done.size < mostKept) break;
      if (!isOver) isShortUntilMs = atMs + keptMs;
      done.delete(old);
    }
    done.set(key, { answer, atMs: nowMs });
    // What was refused or failed may be tried again.
    answer.catch(() => done.delete(key));
  };

  return {
    async perform({ name, of }, run) {
      const [, run0 = '', own, again] = form.exec(typeof name === 'string' ? name : '') ?? [];
      if (own === undefined) return run();
      const key = `${own} ${of()}`;
      const known = done.get(key);
      if (known !== undefined) return known.answer;
      if (again !== undefined && (run0 !== boot || steady() < isShortUntilMs)) throw unknown();
      const answer = run();
      keep(key, answer);
      return answer;
    },
  };
}

const unknown = (): Refusal =>
  new Refusal(
    409,
    'deed-unknown',
    'Lookout was started anew after this was asked for first, and cannot tell whether it was done. Look whether it was, before you do it again.',
  );
