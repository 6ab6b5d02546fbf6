import { isListedAsRead, namedPlate } from '../../alerts/odds.ts';
import { isoTime } from '../../platform/clock.ts';
import { localTime } from '../../platform/local-time.ts';
import { type Heading, headings } from '../../position/heading.ts';
import type { Hit } from '../../records/detection.ts';
import type { Person } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { AlertStatus } from './alert-status.ts';
import type { AlertUpdate } from './alert-update.ts';
import { type DisposeInput, dispositionOf } from './disposition.ts';
import { aboutHit } from './entry-hash.ts';
import { enforcementOutcomes, type HitState, rightOutcomes } from './judge.ts';
import { compareStates, compareWithEntry } from './seen-vehicle.ts';
import {
  type Answer,
  type Aspect,
  aspects,
  type Channel,
  type Disposition,
  type enforcementActions,
  nameOf,
  type StatusResult,
  type Step,
  type StepBody,
} from './step.ts';

/**
 * The actions possible on a hit: each function returns the steps to record and the message for dispatch, or throws a
 * Refusal. Pure: the same hit, state, input, policy and time give the same result.
 */

/** The steps that one action adds to a hit, and the message about them. */
export interface Transition {
  steps: readonly StepBody[];
  /** When it happened; an officer may state the time of an earlier call. */
  atMs: number;
  /** That the person gave the time: then it counts by that, also before what is known already. */
  isTimeStated?: boolean;
  update: Update;
}

/** The parts of a message to dispatch that depend on the action. */
export type Update = Pick<AlertUpdate, 'event'> &
  Partial<Pick<AlertUpdate, 'status' | 'disposition' | 'note' | 'to'>>;

type Rules = Policy['verification'];

/** The message about an action, with the hit's new state and the steps that were recorded. */
export function updateOf(
  hit: Hit,
  { event, ...rest }: Update,
  {
    state,
    by,
    nowMs,
    steps,
  }: { state: HitState['state']; by: AlertUpdate['by']; nowMs: number; steps: readonly Step[] },
): AlertUpdate {
  return {
    event,
    hitId: hit.id,
    detectionId: hit.detectionId,
    plate: namedPlate(hit),
    list: hit.match.list.id,
    entry: hit.match.entry.id,
    state,
    at: isoTime(nowMs),
    by,
    to: ['dispatch'],
    enteringMember: hit.match.entry.enteredBy,
    status: null,
    disposition: null,
    note: null,
    ...rest,
    steps: [...steps],
  };
}

/** Clocks of officers and dispatch may differ by this much, ms. */
export const clockDifferenceMs = 60_000;

/** What an officer says of the vehicle: answers, or the plate and the state as the picture or the vehicle shows them. */
export type VisualInput = { [Each in Aspect]?: Answer | undefined } & {
  shows?: string | undefined;
  showsState?: string | undefined;
};

/**
 * Records what an officer sees of the vehicle, each aspect separately (VER-1, VER-2). What counts is whether the vehicle
 * is the listed one: a plate that was read with an error and that the picture shows as listed is verified. Where the
 * read itself is not the listed plate, a yes or no about the read would say nothing, so the plate must be given.
 */
export function confirmVisual(
  hit: Hit,
  state: HitState,
  { shows, showsState, ...said }: VisualInput,
  { oIsZero, nowMs }: { oIsZero: boolean; nowMs: number },
): Transition {
  refuseClosed(state);
  const about = aboutHit(hit);
  const seen = {
    ...(shows !== undefined && { characters: shows }),
    ...(showsState !== undefined && { state: showsState }),
  };
  const answers = {
    ...said,
    ...(shows !== undefined && { characters: charactersOf(hit, said.characters, shows, oIsZero) }),
    ...(showsState !== undefined && { state: stateOf(hit, said.state, showsState) }),
  };
  if (shows === undefined) refuseUnsaidPlate(hit, said.characters);
  const steps = aspects.flatMap((aspect): StepBody[] => {
    const answer = answers[aspect];
    if (answer === undefined) return [];
    const plain = { kind: 'visual', aspect, answer, about } as const;
    const what = aspect === 'vehicle' ? undefined : seen[aspect];
    return [what === undefined ? plain : { ...plain, shows: what }];
  });
  return { steps, atMs: nowMs, update: { event: 'alert.visual' } };
}

const answerOfLikeness = { listed: 'yes', other: 'no', unsure: 'unknown' } as const;

function charactersOf(hit: Hit, said: Answer | undefined, shows: string, oIsZero: boolean): Answer {
  const isAsRead = hit.unread !== true && shows === hit.read.plate;
  if ((said === 'yes' && !isAsRead) || (said === 'no' && isAsRead)) {
    throw contradiction(
      '--characters says whether the plate is the one that was read; --shows says otherwise',
    );
  }
  return answerOfLikeness[compareWithEntry(hit, { plate: shows, state: null }, oIsZero)];
}

function stateOf({ match }: Hit, said: Answer | undefined, shows: string): Answer {
  const answer = answerOfLikeness[compareStates(shows, match.entry.state)];
  if ((said === 'yes' || said === 'no') && said !== answer) {
    throw contradiction(
      '--state says whether the state of issue agrees with the entry; --shows-state says otherwise',
    );
  }
  return answer;
}

function contradiction(what: string): Refusal {
  return new Refusal(400, 'contradiction', `${what}. Give one of the two.`);
}

/** Where the read is not the listed plate, or is listed in part only, an answer about the read decides nothing. */
function refuseUnsaidPlate(hit: Hit, said: Answer | undefined): void {
  const isAsRead = isListedAsRead(hit);
  const isOpen = isAsRead
    ? hit.match.tier === 'partial' && said === 'no'
    : said === 'yes' || said === 'no';
  if (!isOpen) return;
  const possible = hit.unread
    ? 'The plate does not count as read (≈)'
    : 'The plate that was read is not the listed one (≈)';
  const reason = isAsRead ? 'Only a part of the plate is listed' : possible;
  throw new Refusal(
    400,
    'plate-unsaid',
    `${reason}: ` +
      'give the plate as the picture or the vehicle shows it (--shows), with ? for what cannot be made out.',
  );
}

/** Records that someone is asking CLETS or dispatch now. */
export function startConfirmation(state: HitState, nowMs: number): Transition {
  refuseClosed(state);
  return {
    steps: [{ kind: 'confirmation-started' }],
    atMs: nowMs,
    update: { event: 'alert.confirmation-started' },
  };
}

/** An officer's record of a confirmation, without the text of the answer (VER-4). */
export interface StatusInput {
  channel: Channel;
  source: string;
  result: StatusResult;
  /** When the answer came; default now. */
  atMs?: number | undefined;
}

/** Records that the status was confirmed, where, by whom and when (VER-3, VER-4). */
export function confirmStatus(
  hit: Hit,
  state: HitState,
  { channel, source, result, atMs = undefined }: StatusInput,
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
      `The confirmation must be for this alert, raised at ${localTime(hit.raisedAt)}; an earlier one does not count.`,
    );
  }
  const status = { channel, source, result };
  return {
    steps: [{ kind: 'status', ...status, about: aboutHit(hit) }],
    atMs: givenAtMs,
    ...(atMs !== undefined && { isTimeStated: true }),
    update: { event: 'alert.status', status },
  };
}

/** Records whether the wanted person is in the vehicle, or other grounds for the stop (VER-7). */
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
  return { steps: [step], atMs: nowMs, update: { event: 'alert.occupant', to: [] } };
}

/** Records the reason to act before the status is confirmed, if the policy permits that (VER-3). */
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

/** Records where a vehicle that is looked for was seen again, and told to the units by dispatch (DSP-5). */
export function tellSighting(
  state: HitState,
  { heading, place }: { heading: Heading; place?: string | undefined },
  nowMs: number,
): Transition {
  refuseClosed(state);
  const note = [`heading ${heading}`, ...(place === undefined ? [] : [place])].join(', ');
  return {
    steps: [{ kind: 'sighting', headingDeg: headings[heading], place: place ?? null }],
    atMs: nowMs,
    update: { event: 'alert.sighting', note },
  };
}

/** Records a stop or a further action: refused until validated or exigent (VER-6). */
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

/** How long a claim lasts: within an hour NCIC wants a routine hit confirmed, so an older one was forgotten. */
export const claimMs = 3_600_000;

/** Takes an alert at dispatch, again or over from another; one person at most has it (B 466.9). */
export function claim(
  state: HitState,
  { why, by }: { why: string | undefined; by: Person },
  nowMs: number,
): Transition {
  refuseClosed(state);
  const other = claimOfAnother(state, by, nowMs);
  if (other !== null && why === undefined) {
    throw new Refusal(
      409,
      'claimed',
      `${nameOf(other.by)} has taken this alert at ${localTime(isoTime(other.atMs))}. To take it over, say why.`,
    );
  }
  const untilMs = Math.floor(nowMs) + claimMs;
  return {
    steps: [{ kind: 'claimed', why: other === null ? null : (why ?? null), untilMs }],
    atMs: nowMs,
    update: { event: 'alert.claimed' },
  };
}

/** Gives an alert back that this person has taken. */
export function release(state: HitState, by: Person, nowMs: number): Transition {
  const other = claimOfAnother(state, by, nowMs);
  if (other !== null || state.claim === null || state.claim.untilMs <= nowMs) {
    const who = other === null ? 'nobody has' : `${nameOf(other.by)} has, and may give it back`;
    throw new Refusal(409, 'not-claimed', `You have not taken this alert: ${who}.`);
  }
  return { steps: [{ kind: 'released' }], atMs: nowMs, update: { event: 'alert.released' } };
}

/** The claim in force, if it is another person's. */
function claimOfAnother({ claim: held }: HitState, { account }: Person, nowMs: number) {
  if (held === null || held.untilMs <= nowMs) return null;
  return 'account' in held.by && held.by.account === account ? null : held;
}

/** The disposition that closes a hit (VER-8, VER-9, VER-11) or corrects an earlier one; both stay recorded. */
export function disposalOf(
  hit: Hit,
  state: HitState,
  input: DisposeInput,
  policy: Rules,
): Omit<Disposition, 'with'> {
  if (enforcementOutcomes.has(input.outcome) && state.enforcement.length === 0) {
    refuseUnvalidated(state);
  }
  refuseContradiction(state, input);
  return dispositionOf(hit, input, state, policy);
}

/** An outcome that says that the vehicle was wanted, against the status on file, needs words of its own. */
function refuseContradiction({ status }: HitState, { outcome, notes }: DisposeInput): void {
  if (!rightOutcomes.has(outcome) || status?.result !== 'not_wanted' || notes !== undefined) return;
  throw new Refusal(
    409,
    'status-contradicts',
    `The status on file is "not_wanted" (${status.source}, ${localTime(isoTime(status.atMs))}), and ${outcome} says otherwise. ` +
      'Say in the notes (--notes) what the action rests on; if the status was recorded by mistake, record the right one ' +
      'first, for a closed alert after reopening it.',
  );
}

/** Opens a closed hit again, as it was before its disposition. */
export function reopen(
  state: HitState,
  { why, reopenedWith }: { why: string; reopenedWith: string | null },
  nowMs: number,
): Transition {
  if (state.disposition === null) {
    throw new Refusal(409, 'not-disposed', 'This alert is open.');
  }
  return {
    steps: [{ kind: 'reopened', why, with: reopenedWith }],
    atMs: nowMs,
    update: { event: 'alert.reopened', to: ['dispatch', 'entering_member'], note: why },
  };
}

/** Closes one hit; `closedWith` is the hit of the same vehicle that the officer closed, if this is another one. */
export function close(
  disposition: Omit<Disposition, 'with'>,
  { closedWith, replaces }: { closedWith: string | null; replaces: HitState['disposition'] },
  nowMs: number,
): Transition {
  const { outcome, cadNumber, reportNumber, notes, correction } = disposition;
  return {
    steps: [{ kind: 'disposition', ...disposition, with: closedWith }],
    atMs: nowMs,
    update: {
      event: 'alert.disposed',
      to: ['dispatch', 'entering_member'],
      disposition: {
        ...{ outcome, cadNumber, reportNumber, notes, correction },
        replaces: replaces && { outcome: replaces.outcome, at: isoTime(replaces.atMs) },
      },
    },
  };
}

/** Whether a disposition of another hit of the same vehicle is this one's too, or was until it is corrected. */
export function isClosedWith(sibling: Hit, its: HitState, closedWith: string): boolean {
  return (
    sibling.state !== 'withdrawn' &&
    (its.disposition === null || its.disposition.with === closedWith)
  );
}

/**
 * The step for a status from dispatch; null if it needs none. `about`: hash of the read that dispatch was asked about.
 */
export function dispatchStep(
  { state, by }: AlertStatus,
  about: string,
): Extract<StepBody, { kind: 'confirmation-started' | 'status' }> | null {
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

/** The message that headquarters gets when the unit has recorded what dispatch said. */
export function dispatchUpdate(step: NonNullable<ReturnType<typeof dispatchStep>>): Update {
  if (step.kind === 'confirmation-started') return { event: 'alert.dispatch', to: [] };
  const { channel, source, result } = step;
  return { event: 'alert.dispatch', to: [], status: { channel, source, result } };
}

/** Dispatch's new answer about a hit; null if another answer counts, or if it is unchanged. */
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
