import type { Clock } from '../../platform/clock.ts';
import type { Hit } from '../../records/detection.ts';
import type { Person } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { HitView } from './hit-view.ts';
import type { KnownHits } from './known-hits.ts';
import { type FreeText, freeTextOf, freeTexts, type Step, struckText } from './step.ts';
import type { StepRecord } from './step-record.ts';
import type { StepRows } from './step-rows.ts';
import type { Update } from './transitions.ts';

type Texts = ReadonlySet<string>;

/** Takes texts that must not stand out of what is recorded of hits. */
export interface TextStriking {
  /**
   * Strikes the texts of one sort from the steps of a hit: the steps stay, marked, and the text is gone from the database,
   * from the vehicle's other hits that got it with this one, and from what waits for headquarters, which is told to strike
   * it too.
   *
   * @param mayStrikeAny also what others wrote.
   */
  strike(hitId: string, what: FreeText, by: Person, mayStrikeAny: boolean): HitView;
}

export function createTextStriking(deps: {
  rows: StepRows;
  hits: KnownHits;
  steps: StepRecord;
  /** Takes what was overwritten out of the database's write-ahead log as well; not awaited. */
  emptyLog: () => void;
  clock: Clock;
}): TextStriking {
  const { rows, hits, steps, emptyLog, clock } = deps;

  /** Strikes these texts in what is recorded and said of one hit; whether it had any. */
  const strikeIn = (hit: Hit, what: FreeText, { texts, by }: { texts: Texts; by: Person }) => {
    const nowMs = Math.floor(clock());
    const { field } = freeTexts[what];
    const struck = rows
      .stepsOf(hit.id)
      .filter((step) => {
        const written = freeTextOf(step);
        return written?.what === what && texts.has(written.text);
      })
      .map((step): Step => ({ ...step, [field]: struckText, struck: { by, atMs: nowMs } }));
    if (struck.length === 0) return false;
    for (const step of struck) rows.strike(step);
    steps.strikeWaiting(hit, struck);
    const update: Update = {
      event: 'alert.text-struck',
      to: ['dispatch', 'entering_member', 'supervisor'],
      note: what,
    };
    steps.send(hit, update, by, struck);
    return true;
  };

  return {
    strike(hitId, what, by, mayStrikeAny) {
      let also: string[] = [];
      const view = steps.change(hitId, (hit) => {
        const written = rows.stepsOf(hit.id).filter((step) => freeTextOf(step)?.what === what);
        refuse(written, by, mayStrikeAny);
        const texts: Texts = new Set(written.map((step) => freeTextOf(step)?.text ?? ''));
        // The vehicle's other hits that were closed or opened again with this one.
        also = hits
          .siblingsOf(hit)
          .filter((sibling) => strikeIn(sibling, what, { texts, by }))
          .map(({ id }) => id);
        strikeIn(hit, what, { texts, by });
      });
      steps.tell(also);
      emptyLog();
      return view;
    },
  };
}

/** Refuses where there is no such text, or another person wrote it. */
function refuse(written: readonly Step[], by: Person, mayStrikeAny: boolean): void {
  if (written.length === 0) {
    throw new Refusal(404, 'no-such-text', 'This alert has no such text, or it is struck already.');
  }
  const isOwn = written.every((step) => 'account' in step.by && step.by.account === by.account);
  if (isOwn || mayStrikeAny) return;
  throw new Refusal(
    403,
    'not-yours',
    'Another person wrote this; ask them, or someone who approves hot plates or may remove those of others.',
  );
}
