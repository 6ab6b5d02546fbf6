import { page, tell } from './state.ts';
import { noteUndone, undoneWords } from './undone.ts';

/** A deed that was asked for, until the unit has said what became of it. */
interface Deed {
  /** What the unit knows it by. */
  name: string;
  /** When it was asked for first, ms by `performance.now()`. */
  sinceMs: number;
  /** Null once nobody waits for it any more. */
  answer: Promise<unknown> | null;
  /** When its answer was lost, ms by `performance.now()`. */
  lostAtMs: number;
}

const deeds = new Map<string, Deed>();
/** The unit knows a deed for an hour. */
const knownMs = 55 * 60_000;

/**
 * Asks for a deed. While it is being done, asking once more waits for the same answer; where the answer was lost, the unit
 * is told that it is the same deed, so that it is not done twice. `lost`: makes the refusal of one whose answer was lost.
 */
export function once<Answer>(
  what: string,
  ask: (deed: string) => Promise<Answer>,
  lost: (words: string) => Error,
): Promise<Answer> {
  const before = deeds.get(what);
  if (before?.answer) return before.answer as Promise<Answer>;
  const isAgain = before !== undefined && performance.now() - before.sinceMs < knownMs;
  const first = () => ({
    name: `${page.status.run?.boot ?? ''}.${crypto.randomUUID()}`,
    sinceMs: performance.now(),
    lostAtMs: Number.NEGATIVE_INFINITY,
  });
  const deed: Deed = { ...(isAgain ? before : first()), answer: null };
  deeds.set(what, deed);
  const answer = ask(isAgain ? `${deed.name}.again` : deed.name).then(
    (told) => {
      deeds.delete(what);
      return told;
    },
    (error: { status?: number }) => {
      Object.assign(deed, { answer: null, lostAtMs: performance.now() });
      const { status } = error;
      if (status === 0) throw lost(lostDeed);
      deeds.delete(what);
      if (status === 401) noteUndone('refused');
      throw error;
    },
  );
  deed.answer = answer;
  return answer;
}

const lostDeed =
  'Lookout does not answer. It may have done this or not: do it again when it answers, and it is done once.';

/** Who leaves takes the answers away a moment before, ms. */
const leavingMs = 1000;

addEventListener('pagehide', () => {
  const isOpen = ({ answer, lostAtMs }: Deed) =>
    answer !== null || performance.now() - lostAtMs < leavingMs;
  if ([...deeds.values()].some(isOpen)) noteUndone('unanswered');
});
const undone = undoneWords();
if (undone !== '') tell(undone, 'refused');
