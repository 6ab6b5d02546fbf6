import type { Clock } from '../../platform/clock.ts';
import type { Hit } from '../../records/detection.ts';
import type { Person } from '../gate/person.ts';
import { localListId } from '../hotplates/hot-plate.ts';
import type { Policy } from '../policy/policy.ts';
import {
  type DisposeInput,
  entryOutcomes,
  likenessOf,
  promptOf,
  silencedWords,
  takenBackOf,
  vehicleOf,
} from './disposition.ts';
import type { HitView } from './hit-view.ts';
import { type HitState, judgeOutcome } from './judge.ts';
import type { KnownHits } from './known-hits.ts';
import type { Leaving, Leavings } from './leavings.ts';
import type { Mute, Mutes } from './mutes.ts';
import type { Likeness } from './seen-vehicle.ts';
import { type Disposition, nameOf, type Step } from './step.ts';
import type { StepRecord } from './step-record.ts';
import type { StepRows } from './step-rows.ts';
import { close, disposalOf, isClosedWith, reopen } from './transitions.ts';

/** The result of closing an alert. */
export interface Disposed {
  view: HitView;
  /** Other hits of the same vehicle that were closed with it. */
  also: string[];
  /** Other hits that the corrected disposition had closed and that are open again. */
  reopened: string[];
  muted: { scope: 'entry' | 'plate'; until: string | null } | null;
  /** What the officer should do next, such as take the entry off its list (HOT-11). */
  prompt: string | null;
  /** Not before headquarters has it. Left out where data stays for its time. */
  leaves?: Leaving;
}

/** Input for closing the hits of one vehicle. */
interface Closing {
  disposition: Omit<Disposition, 'with'>;
  closedWith: string | null;
  by: Person;
}

/** Takes back what followed from a recovery: the hot plate that was removed for it is on the list again. */
export type RestoreHotPlate = (entry: {
  id: string;
  /** Only a removal from then on, ms since the epoch. */
  sinceMs: number;
  by: Person;
}) => boolean;

/** Closes alerts, with what follows from it for the vehicle's other hits, its entry and the figures, and opens them again. */
export interface ClosingDesk {
  /** See `Verification.dispose`. */
  dispose(
    hitId: string,
    input: DisposeInput,
    by: Person,
    mayDeal?: (listId: string) => boolean,
  ): Disposed;
  /** Opens a closed alert again; what followed from its disposition is taken back. */
  reopen(hitId: string, why: string, by: Person): HitView;
  /**
   * What follows here from the steps of another place: the figure and the mute of the disposition that counts now, in place
   * of those `before`. What it does to a hot plate was done there, and comes by the hot plate's own messages. Returns how the
   * hit stands now.
   */
  follow(hit: Hit, before: HitState): HitState;
}

export function createClosingDesk(deps: {
  rows: StepRows;
  hits: KnownHits;
  steps: StepRecord;
  mutes: Mutes;
  leavings: Leavings;
  policy: Policy['verification'];
  oIsZero: (listId: string) => boolean;
  restoreHotPlate: RestoreHotPlate;
  clock: Clock;
}): ClosingDesk {
  const { rows, hits, steps, mutes, leavings, policy, oIsZero, restoreHotPlate, clock } = deps;

  /**
   * Takes back what followed from the disposition that counts: the mute, the figure, and the removal of a hot plate whose
   * vehicle was said to be recovered. Returns whether a hot plate is on its list again.
   */
  const takeBack = (
    { id, match, raisedAt }: Hit,
    { disposition }: HitState,
    by: Person,
  ): boolean => {
    if (disposition === null) return false;
    mutes.takeBack(id);
    rows.forgetOutcome(id);
    if (disposition.outcome !== 'recovered' || match.list.id !== localListId) return false;
    return restoreHotPlate({ id: match.entry.id, sinceMs: Date.parse(raisedAt), by });
  };

  /** Keeps the outcome for the figures; returns how the vehicle compares with the entry. */
  const saveFigure = (
    hit: Hit,
    standing: HitState,
    disposition: Pick<Disposition, 'outcome' | 'correction'> & Pick<Step, 'atMs'>,
  ): Likeness => {
    const { outcome, correction, atMs } = disposition;
    const likeness = likenessOf(hit, standing, disposition, oIsZero);
    const judged = judgeOutcome(outcome, standing, likeness);
    rows.saveOutcome(hit, { atMs, outcome, judged, isMisread: correction !== null });
    return likeness;
  };

  /** Closes one hit: its steps, its outcome for the figures, and the mute that the outcome requires. */
  const closeOne = (
    hit: Hit,
    standing: HitState,
    { disposition, closedWith, by }: Closing,
  ): { mute: Mute | null; restored: boolean } => {
    const nowMs = Math.floor(clock());
    const restored = takeBack(hit, standing, by);
    steps.record(
      hit,
      close(disposition, { closedWith, replaces: standing.disposition }, nowMs),
      by,
    );
    const likeness = saveFigure(hit, standing, { ...disposition, atMs: nowMs });
    const closed = {
      outcome: disposition.outcome,
      likeness,
      seen: vehicleOf(standing, disposition),
    };
    return { mute: mutes.apply(hit, closed, nameOf(by)), restored };
  };

  /** Opens one hit again, as it was before its disposition. */
  const openAgain = (
    hit: Hit,
    standing: HitState,
    said: { why: string; reopenedWith: string | null; by: Person },
  ): void => {
    takeBack(hit, standing, said.by);
    steps.record(hit, reopen(standing, said, Math.floor(clock())), said.by);
  };

  return {
    dispose(hitId, input, by, mayDeal = () => true) {
      const also: string[] = [];
      const reopened: string[] = [];
      let prompts: (string | null)[] = [];
      let muted: Disposed['muted'] = null;
      const closed = steps.change(hitId, (hit, standing) => {
        const disposition = disposalOf(hit, standing, input, policy);
        const { mute, restored } = closeOne(hit, standing, { disposition, closedWith: null, by });
        if (mute !== null) {
          muted = { scope: mute.plate === null ? 'entry' : 'plate', until: mute.until };
        }
        prompts = [
          promptOf(hit, input.outcome, likenessOf(hit, standing, disposition, oIsZero)),
          takenBackOf(hit, standing.disposition, { outcome: input.outcome, restored }),
        ];
        const isOfEntry = entryOutcomes.has(input.outcome);
        for (const sibling of hits.siblingsOf(hit)) {
          const its = hits.standingOf(sibling);
          if (!mayDeal(sibling.match.list.id) || !isClosedWith(sibling, its, hit.id)) continue;
          if (!isOfEntry) {
            const closedToo = closeOne(sibling, its, { disposition, closedWith: hit.id, by });
            if (closedToo.mute !== null && mute === null) prompts.push(silencedWords(sibling));
            also.push(sibling.id);
          } else if (its.disposition !== null) {
            const why = 'The disposition that closed it too was corrected.';
            openAgain(sibling, its, { why, reopenedWith: hit.id, by });
            reopened.push(sibling.id);
          }
        }
      });
      steps.tell([...also, ...reopened]);
      const prompt = prompts.filter((each) => each !== null).join(' ') || null;
      const leaves = leavings.of(closed.detectionId);
      return { view: closed, also, reopened, muted, prompt, ...(leaves && { leaves }) };
    },

    reopen(hitId, why, by) {
      const opened: string[] = [];
      const view = steps.change(hitId, (hit, standing) => {
        openAgain(hit, standing, { why, reopenedWith: null, by });
        for (const sibling of hits.siblingsOf(hit)) {
          const its = hits.standingOf(sibling);
          if (its.disposition?.with !== hit.id) continue;
          openAgain(sibling, its, { why, reopenedWith: hit.id, by });
          opened.push(sibling.id);
        }
      });
      steps.tell(opened);
      return view;
    },

    follow(hit, before) {
      const after = hits.standingOf(hit);
      const { disposition } = after;
      const isSame = disposition?.id === before.disposition?.id;
      if (!isSame) mutes.takeBack(hit.id);
      if (disposition === null) {
        if (!isSame) rows.forgetOutcome(hit.id);
        return after;
      }
      const likeness = saveFigure(hit, after, disposition);
      const { outcome, by } = disposition;
      const seen = vehicleOf(after, disposition);
      if (!isSame) mutes.apply(hit, { outcome, likeness, seen }, nameOf(by));
      return after;
    },
  };
}
