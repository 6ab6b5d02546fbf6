import type { Clock } from '../../platform/clock.ts';
import type { Heading } from '../../position/heading.ts';
import type { Person } from '../gate/person.ts';
import type { Policy } from '../policy/policy.ts';
import type { HitView } from './hit-view.ts';
import type { KnownHits } from './known-hits.ts';
import type { Answer, enforcementActions } from './step.ts';
import type { StepRecord } from './step-record.ts';
import type { StepRows } from './step-rows.ts';
import {
  checkOccupant,
  claim,
  claimMs,
  confirmStatus,
  confirmVisual,
  declareExigent,
  enforce,
  release,
  type StatusInput,
  startConfirmation,
  tellSighting,
  type VisualInput,
} from './transitions.ts';

/** What officers record of an alert before it is closed. */
export interface OfficerSteps {
  /** Records what an officer sees of the vehicle, each aspect separately (VER-1, VER-2). */
  confirmVisual(hitId: string, said: VisualInput, by: Person): HitView;
  /** Records that someone is asking CLETS or dispatch now. */
  startConfirmation(hitId: string, by: Person): HitView;
  /**
   * Records that the status was confirmed, where, by whom and when, without the text of the answer (VER-3, VER-4).
   */
  confirmStatus(hitId: string, input: StatusInput, by: Person): HitView;
  /** Records whether the wanted person is in the vehicle, or other grounds for the stop (VER-7). */
  checkOccupant(
    hitId: string,
    input: { answer: Answer; basis?: string | undefined },
    by: Person,
  ): HitView;
  /** Records where the vehicle was seen again, by a person (DSP-5). */
  tellSighting(
    hitId: string,
    input: { heading: Heading; place?: string | undefined },
    by: Person,
  ): HitView;
  /** Records the reason to act before the status is confirmed, if the policy permits that (VER-3). */
  declareExigent(hitId: string, text: string, by: Person): HitView;
  /** Records a stop or a further action: refused until validated or exigent (VER-6). */
  enforce(
    hitId: string,
    input: { action: (typeof enforcementActions)[number]; note?: string | undefined },
    by: Person,
  ): HitView;
  /**
   * Takes an alert at dispatch, so that nobody else there works on it (B 466.9); who has it already keeps it for another
   * hour. Refused while another has it, unless `why` says why it is taken over.
   */
  claim(hitId: string, why: string | undefined, by: Person): HitView;
  /** The open alerts that this person has taken here. */
  claimedBy(by: Person): string[];
  /** Gives an alert back that this person has taken. */
  release(hitId: string, by: Person): HitView;
}

export function createOfficerSteps(deps: {
  rows: StepRows;
  hits: KnownHits;
  steps: StepRecord;
  policy: Policy['verification'];
  oIsZero: (listId: string) => boolean;
  clock: Clock;
}): OfficerSteps {
  const { rows, hits, steps, policy, oIsZero, clock } = deps;
  const { act } = steps;
  return {
    confirmVisual: (hitId, said, by) =>
      act(hitId, by, (hit, standing) =>
        confirmVisual(hit, standing, said, {
          oIsZero: oIsZero(hit.match.list.id),
          nowMs: clock(),
        }),
      ),

    startConfirmation: (hitId, by) =>
      act(hitId, by, (_, standing) => startConfirmation(standing, clock())),

    confirmStatus: (hitId, input, by) =>
      act(hitId, by, (hit, standing) => confirmStatus(hit, standing, input, clock())),

    checkOccupant: (hitId, input, by) =>
      act(hitId, by, (_, standing) => checkOccupant(standing, input, clock())),

    tellSighting: (hitId, input, by) =>
      act(hitId, by, (_, standing) => tellSighting(standing, input, clock())),

    declareExigent: (hitId, text, by) =>
      act(hitId, by, (_, standing) => declareExigent(standing, text, policy, clock())),

    enforce: (hitId, input, by) =>
      act(hitId, by, (_, standing) => enforce(standing, input, clock())),

    claim: (hitId, why, by) =>
      act(hitId, by, (_, standing) => claim(standing, { why, by }, clock())),

    claimedBy: ({ account }) =>
      rows.claimedHere(account, clock() - claimMs).filter((hitId) => {
        const { claim: held } = hits.standingOf(hits.of(hitId));
        return held !== null && 'account' in held.by && held.by.account === account;
      }),

    release: (hitId, by) => act(hitId, by, (_, standing) => release(standing, by, clock())),
  };
}
