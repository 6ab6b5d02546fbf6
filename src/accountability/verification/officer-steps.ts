import type { Clock } from '../../platform/clock.ts';
import type { Person } from '../gate/person.ts';
import type { Policy } from '../policy/policy.ts';
import type { HitView } from './hit-view.ts';
import type { Answer, enforcementActions, FreeText } from './step.ts';
import type { StepRecord } from './step-record.ts';
import type { StepRows } from './step-rows.ts';
import {
  checkOccupant,
  claim,
  confirmStatus,
  confirmVisual,
  declareExigent,
  enforce,
  release,
  type StatusInput,
  startConfirmation,
  strikeTexts,
  type Update,
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
  /** Gives an alert back that this person has taken. */
  release(hitId: string, by: Person): HitView;

  /**
   * Strikes the texts of one sort from the steps of a hit: the steps stay, marked, and the text is gone. Headquarters is
   * told to strike it too.
   *
   * @param mayStrikeAny also what others wrote.
   */
  strike(hitId: string, what: FreeText, by: Person, mayStrikeAny: boolean): HitView;
}

export function createOfficerSteps(deps: {
  rows: StepRows;
  steps: StepRecord;
  policy: Policy['verification'];
  oIsZero: (listId: string) => boolean;
  clock: Clock;
}): OfficerSteps {
  const { rows, steps, policy, oIsZero, clock } = deps;
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

    declareExigent: (hitId, text, by) =>
      act(hitId, by, (_, standing) => declareExigent(standing, text, policy, clock())),

    enforce: (hitId, input, by) =>
      act(hitId, by, (_, standing) => enforce(standing, input, clock())),

    claim: (hitId, why, by) =>
      act(hitId, by, (_, standing) => claim(standing, { why, by }, clock())),

    release: (hitId, by) => act(hitId, by, (_, standing) => release(standing, by, clock())),

    strike: (hitId, what, by, mayStrikeAny) =>
      steps.change(hitId, (hit) => {
        const nowMs = Math.floor(clock());
        const struck = strikeTexts(rows.stepsOf(hit.id), what, { by, mayStrikeAny, nowMs });
        for (const step of struck) rows.strike(step);
        steps.strikeWaiting(hit, struck);
        const update: Update = {
          event: 'alert.text-struck',
          to: ['dispatch', 'entering_member', 'supervisor'],
          note: what,
        };
        steps.send(hit, update, by, struck);
      }),
  };
}
