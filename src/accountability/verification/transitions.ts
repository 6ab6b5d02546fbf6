import { isoTime } from '../../platform/clock.ts';
import type { Hit } from '../../records/detection.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { AlertStatus } from './alert-status.ts';
import type { AlertUpdate } from './alert-update.ts';
import { type DisposeInput, dispositionOf } from './disposition.ts';
import { aboutHit } from './entry-hash.ts';
import { enforcementOutcomes, type HitState } from './judge.ts';
import {
  type Answer,
  type Aspect,
  aspects,
  type Channel,
  type Disposition,
  type enforcementActions,
  type StatusResult,
  type StepBody,
} from './step.ts';

/**
 * What may be done about a hit as it stands: each function gives the steps that are recorded and what dispatch is told
 * of them, or throws a Refusal. Pure: the same hit, state, answer, policy and time give the same result.
 */

/** The steps that one act adds to a hit, and the message about them. */
export interface Transition {
  steps: readonly StepBody[];
  /** When it happened, which an officer may say for a call made before. */
  atMs: number;
  /** Null where dispatch is told nothing. */
  update: Update | null;
}

/** What of a message to dispatch depends on the act. */
export type Update = Pick<AlertUpdate, 'event'> &
  Partial<Pick<AlertUpdate, 'status' | 'disposition' | 'note' | 'to'>>;

type Rules = Policy['verification'];

/** The message to dispatch about an act, with the state that the hit came to by it. */
export function updateOf(
  { match, ...hit }: Hit,
  { event, ...told }: Update,
  { state, by, nowMs }: { state: HitState['state']; by: AlertUpdate['by']; nowMs: number },
): AlertUpdate {
  return {
    event,
    hitId: hit.id,
    detectionId: hit.detectionId,
    plate: hit.read.plate,
    list: match.list.id,
    entry: match.entry.id,
    state,
    at: isoTime(nowMs),
    by,
    to: ['dispatch'],
    enteringMember: match.entry.enteredBy,
    status: null,
    disposition: null,
    note: null,
    ...told,
  };
}

/** Clocks of officers and dispatch may differ by this much, ms. */
const clockDifferenceMs = 60_000;

/** What an officer sees of the vehicle, each aspect separately (VER-1, VER-2). */
export function confirmVisual(
  hit: Hit,
  state: HitState,
  told: { [Each in Aspect]?: Answer | undefined },
  nowMs: number,
): Transition {
  refuseClosed(state);
  const about = aboutHit(hit);
  const steps = aspects.flatMap((aspect): StepBody[] => {
    const answer = told[aspect];
    return answer === undefined ? [] : [{ kind: 'visual', aspect, answer, about }];
  });
  return { steps, atMs: nowMs, update: { event: 'alert.visual' } };
}

/** Somebody asks CLETS or dispatch now. */
export function startConfirmation(state: HitState, nowMs: number): Transition {
  refuseClosed(state);
  return {
    steps: [{ kind: 'confirmation-started' }],
    atMs: nowMs,
    update: { event: 'alert.confirmation-started' },
  };
}

/** What an officer says of a confirmation: not what the answer said (VER-4). */
export interface ToldStatus {
  channel: Channel;
  source: string;
  result: StatusResult;
  /** When it was given; now unless told otherwise. */
  atMs?: number | undefined;
}

/** That it was confirmed, where, by whom and when (VER-3, VER-4). */
export function confirmStatus(
  hit: Hit,
  state: HitState,
  { channel, source, result, atMs = undefined }: ToldStatus,
  nowMs: number,
): Transition {
  refuseClosed(state);
  const givenAtMs = atMs ?? nowMs;
  if (givenAtMs > nowMs + clockDifferenceMs) {
    throw new Refusal(400, 'bad-time', 'The time of the confirmation is in the future.');
  }
  if (givenAtMs < Date.parse(hit.raisedAt) - clockDifferenceMs) {
    throw new Refusal(
      400,
      'bad-time',
      `The confirmation must be for this alert, raised at ${hit.raisedAt}; an earlier one does not count.`,
    );
  }
  const status = { channel, source, result };
  return {
    steps: [{ kind: 'status', ...status, about: aboutHit(hit) }],
    atMs: givenAtMs,
    update: { event: 'alert.status', status },
  };
}

/** Whether the wanted person is in the vehicle, or what else the stop rests on (VER-7). */
export function checkOccupant(
  state: HitState,
  { answer, basis }: { answer: Answer; basis?: string | undefined },
  nowMs: number,
): Transition {
  refuseClosed(state);
  if (state.occupant === null) {
    throw new Refusal(
      409,
      'no-person',
      'The reason for this alert is not about a person, so there is no occupant to check.',
    );
  }
  const step: StepBody = { kind: 'occupant', answer, basis: basis ?? null };
  return { steps: [step], atMs: nowMs, update: null };
}

/** Acting before the status is confirmed, with the reason; where the policy knows such an exit (VER-3). */
export function declareExigent(
  state: HitState,
  text: string,
  { clets }: Pick<Rules, 'clets'>,
  nowMs: number,
): Transition {
  refuseClosed(state);
  if (clets === 'required' && state.status?.result !== 'confirmed') {
    throw new Refusal(
      409,
      'status-required',
      'The policy requires a confirmed status in every case; it allows no exigent exit.',
    );
  }
  return {
    steps: [{ kind: 'exigent', text }],
    atMs: nowMs,
    update: { event: 'alert.exigent', to: ['dispatch', 'supervisor'], note: text },
  };
}

/** A stop or more: refused until validated or exigent (VER-6). */
export function enforce(
  state: HitState,
  { action, note }: { action: (typeof enforcementActions)[number]; note?: string | undefined },
  nowMs: number,
): Transition {
  refuseClosed(state);
  refuseUnvalidated(state);
  const { warnings } = state.act;
  return {
    steps: [{ kind: 'enforcement', action, note: note ?? null, warnings }],
    atMs: nowMs,
    update: { event: 'alert.enforcement', note: [action, ...warnings].join('; ') },
  };
}

/** How a hit is closed (VER-8, VER-9, VER-11), or how its closing is corrected; both stay on record. */
export function disposalOf(
  hit: Hit,
  state: HitState,
  told: DisposeInput,
  policy: Rules,
): Omit<Disposition, 'with'> {
  if (enforcementOutcomes.has(told.outcome) && state.enforcement.length === 0) {
    refuseUnvalidated(state);
  }
  return dispositionOf(hit, told, state, policy);
}

/** Closes one hit; `closedWith` is the hit of the same vehicle that it is closed with, if any. */
export function close(
  disposition: Omit<Disposition, 'with'>,
  closedWith: string | null,
  nowMs: number,
): Transition {
  const { outcome, cadNumber, reportNumber, notes, correction } = disposition;
  return {
    steps: [{ kind: 'disposition', ...disposition, with: closedWith }],
    atMs: nowMs,
    update: {
      event: 'alert.disposed',
      to: ['dispatch', 'entering_member'],
      disposition: { outcome, cadNumber, reportNumber, notes, correction },
    },
  };
}

/** Whether a hit is closed when another of the same vehicle is. */
export function isClosedWithOthers(sibling: Hit, its: HitState): boolean {
  return sibling.state !== 'withdrawn' && its.disposition === null;
}

/** The step that a word of dispatch is; null where it is none. `about` names the read that dispatch was asked about. */
export function dispatchStep({ state, by }: AlertStatus, about: string): StepBody | null {
  switch (state) {
    case 'confirmation_in_progress':
      return { kind: 'confirmation-started' };
    case 'verified':
      return { kind: 'status', channel: 'dispatch', source: by, result: 'confirmed', about };
    case 'not_verified':
      return { kind: 'status', channel: 'dispatch', source: by, result: 'not_wanted', about };
    default:
      return null;
  }
}

/** What a step of dispatch has answered about a hit; null where another answer counts, or the same as before. */
export function answerOf(
  before: HitState,
  after: HitState,
  stepId: string,
): 'verified' | 'not_verified' | null {
  const result = after.status?.result;
  if (after.status?.id !== stepId || result === before.status?.result) return null;
  if (result === 'confirmed') return 'verified';
  return result === 'not_wanted' ? 'not_verified' : null;
}

function refuseClosed(state: HitState): void {
  if (state.disposition === null) return;
  throw new Refusal(409, 'disposed', 'This alert is closed; to correct that, dispose of it again.');
}

function refuseUnvalidated({ act }: HitState): void {
  if (act.allowed) return;
  throw new Refusal(
    409,
    'not-validated',
    `No action may be taken on this alert yet: ${act.missing.join('; ')}.`,
  );
}
