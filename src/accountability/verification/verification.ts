import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { type Clock, isoTime, systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Hit } from '../../records/detection.ts';
import type { HitRange } from '../../records/record-reader.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import type { Person } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { AlertStatus } from './alert-status.ts';
import type { Outcome } from './alert-update.ts';
import { type DisposeInput, entryOutcomes, promptOf } from './disposition.ts';
import { aboutHit } from './entry-hash.ts';
import { type HitView, nameOf, viewHit } from './hit-view.ts';
import { type HitState, judge, judgeOutcome } from './judge.ts';
import { createMutes, type Mute, type Mutes } from './mutes.ts';
import { createOtherUnitsAlerts, type OtherUnitsAlerts } from './other-units-alerts.ts';
import { createPrecision, type PrecisionGroup, type PrecisionReport } from './precision.ts';
import type {
  Answer,
  Aspect,
  Author,
  Correction,
  Disposition,
  enforcementActions,
  Step,
  StepBody,
} from './step.ts';
import { createStepRows } from './step-rows.ts';
import {
  answerOf,
  checkOccupant,
  close,
  confirmStatus,
  confirmVisual,
  declareExigent,
  dispatchStep,
  disposalOf,
  enforce,
  isClosedWithOthers,
  type StatusInput,
  startConfirmation,
  type Transition,
  updateOf,
} from './transitions.ts';

/** Changes of hits that did not come from a person at this unit; the daemon shows and sounds them (DSP-4). */
export interface VerificationEvents {
  /** Dispatch confirmed an alert of this unit, or found it invalid. */
  answered: [hit: Hit, result: 'verified' | 'not_verified', by: string];
  /** The state of a hit of this unit changed. */
  changed: [hitId: string, state: HitState['state']];
  /** Dispatch sent the status of another unit's alert. */
  elsewhere: [status: AlertStatus];
}

/** An alert that its disposition found to be wrong. */
export interface DispositionError {
  hitId: string;
  at: string;
  head: string | null;
  outcome: Outcome;
  correction: Correction | null;
}

/** The result of closing an alert. */
export interface Disposed {
  view: HitView;
  /** Other hits of the same vehicle that were closed with it. */
  also: string[];
  muted: { scope: 'entry' | 'plate'; until: string | null } | null;
  /** What the officer should do next, such as take the entry off its list (HOT-11). */
  prompt: string | null;
}

/** Input for closing the hits of one vehicle. */
interface Closing {
  disposition: Omit<Disposition, 'with'>;
  closedWith: string | null;
  by: Person;
}

/** Hits shown per turn of the event loop: some ms of work. */
const slice = 20;

/** The verification of hits up to their disposition (VER-1 to VER-11, DSP-1 to DSP-4). */
export interface Verification {
  readonly events: EventEmitter<VerificationEvents>;
  readonly mutes: Mutes;
  readonly elsewhere: OtherUnitsAlerts;
  precision(group: PrecisionGroup, sinceMs: number, untilMs: number): PrecisionReport;

  open(hitId: string): HitView;
  list(range: HitRange): Promise<HitView[]>;
  undisposed(limit: number): Promise<HitView[]>;
  undisposedCount(): number;
  /** Whether a hit of this detection has no disposition yet; the record is then kept. */
  isOpen(detectionId: string): boolean;
  /** Whether this read of this entry raises no alert, because a disposition muted it. */
  isMuted: Mutes['isMuted'];
  /** Errors of reading and lists found by dispositions, with the camera head (VER-11, AUD-8). */
  errors(sinceMs: number, untilMs: number): DispositionError[];

  /** Records what an officer sees of the vehicle, each aspect separately (VER-1, VER-2). */
  confirmVisual(
    hitId: string,
    answers: { [Each in Aspect]?: Answer | undefined },
    by: Person,
  ): HitView;
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
  /** Closes an alert (VER-8, VER-9, VER-11), or corrects its disposition; both stay recorded. */
  dispose(hitId: string, input: DisposeInput, by: Person): Disposed;

  /**
   * Takes a status of an alert from dispatch, of this unit or another. A repeated status changes nothing; of several,
   * the latest one counts, in whatever order they arrive. Throws if it cannot be written to the audit log.
   */
  onAlertStatus(status: AlertStatus): void;
}

/** Needs a database with `verificationMigrations`; every change is one transaction with its message. */
export function createVerification(deps: {
  db: Database;
  policy: Policy;
  outbox: OutboxWriter;
  audit: AuditWriter;
  unit: { agency: string; id: string };
  clock?: Clock;
  /** The time, as far as it is believed, for what is deleted for its age. Default: `clock`. */
  believedClock?: Clock;
}): Verification {
  const { db, outbox, audit, unit, clock = systemClock, believedClock = clock } = deps;
  const policy = deps.policy.verification;
  const rows = createStepRows(db);
  const mutes = createMutes({ db, clock, believedClock });
  const elsewhere = createOtherUnitsAlerts({ db, clock: believedClock });
  const precision = createPrecision(db);
  const events = new EventEmitter<VerificationEvents>();

  const hitOf = (id: string): Hit => {
    const hit = rows.hit(id);
    if (hit === null) throw new Refusal(404, 'no-such-hit', `There is no hit ${id} on this unit.`);
    return hit;
  };
  const standingOf = (hit: Hit): HitState => judge(hit, rows.stepsOf(hit.id), policy);
  const view = (hit: Hit): HitView => {
    const steps = rows.stepsOf(hit.id);
    const standing = judge(hit, steps, policy);
    const images = rows.imagesOf(hit.detectionId);
    const others = elsewhere.ofPlate(hit.read.plate);
    return viewHit({ hit, standing, steps, images, elsewhere: others, policy });
  };

  /** In slices, so that the daemon can raise alerts in between. */
  const views = async (hits: readonly Hit[]): Promise<HitView[]> => {
    const made: HitView[] = [];
    for (const [index, hit] of hits.entries()) {
      if (index % slice === slice - 1) await setImmediate();
      made.push(view(hit));
    }
    return made;
  };

  const stepOf = (body: StepBody, by: Author, atMs: number, id = uuidv7()): Step => ({
    ...body,
    id,
    by,
    atMs: Math.floor(atMs),
    recordedAtMs: Math.floor(clock()),
  });

  /** Stores the steps of an action, and queues its message to dispatch in the same transaction. */
  const record = (hit: Hit, { steps, atMs, update }: Transition, by: Person): void => {
    for (const body of steps) rows.addStep(hit.id, stepOf(body, by, atMs));
    if (update === null) return;
    const { state } = standingOf(hit);
    const message = updateOf(hit, update, { state, by, nowMs: clock() });
    outbox.add({ id: uuidv7(), lane: 'hit', topic: 'alert', json: JSON.stringify(message) });
  };

  /** Runs a change of a hit in one transaction, and reports the hit's new state. */
  const change = (hitId: string, work: (hit: Hit, standing: HitState) => void): HitView => {
    const changed = db
      .transaction((): HitView => {
        const hit = hitOf(hitId);
        work(hit, standingOf(hit));
        return view(hit);
      })
      .immediate();
    events.emit('changed', hitId, changed.state);
    return changed;
  };
  const act = (
    hitId: string,
    by: Person,
    transition: (hit: Hit, standing: HitState) => Transition,
  ): HitView => change(hitId, (hit, standing) => record(hit, transition(hit, standing), by));

  /** Closes one hit: its steps, its outcome for the figures, and the mute that the outcome requires. */
  const closeOne = (
    hit: Hit,
    standing: HitState,
    { disposition, closedWith, by }: Closing,
  ): Mute | null => {
    const nowMs = Math.floor(clock());
    record(hit, close(disposition, closedWith, nowMs), by);
    const { outcome } = disposition;
    rows.saveOutcome(hit, nowMs, outcome, judgeOutcome(outcome, standing));
    return mutes.apply(hit, outcome, nameOf(by));
  };

  return {
    events,
    mutes,
    elsewhere,
    precision,

    open: (hitId) => view(hitOf(hitId)),
    list: (range) => views(rows.between(range)),
    undisposed: (limit) => views(rows.undisposed(limit)),
    undisposedCount: () => rows.undisposedCount(),
    isOpen: (detectionId) => rows.isOpen(detectionId),
    isMuted: mutes.isMuted,
    errors: (sinceMs, untilMs) =>
      rows.errors(sinceMs, untilMs).map(({ hitId, atMs, step }) => ({
        hitId,
        at: isoTime(atMs),
        head: rows.hit(hitId)?.head ?? null,
        outcome: step.outcome,
        correction: step.correction,
      })),

    confirmVisual: (hitId, answers, by) =>
      act(hitId, by, (hit, standing) => confirmVisual(hit, standing, answers, clock())),

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

    dispose(hitId, input, by) {
      const also: string[] = [];
      let muted: Disposed['muted'] = null;
      const closed = change(hitId, (hit, standing) => {
        const disposition = disposalOf(hit, standing, input, policy);
        const mute = closeOne(hit, standing, { disposition, closedWith: null, by });
        if (mute !== null) {
          muted = { scope: mute.plate === null ? 'entry' : 'plate', until: mute.until };
        }
        if (entryOutcomes.has(input.outcome)) return;
        for (const sibling of rows.siblingsOf(hit)) {
          const its = standingOf(sibling);
          if (!isClosedWithOthers(sibling, its)) continue;
          closeOne(sibling, its, { disposition, closedWith: hit.id, by });
          also.push(sibling.id);
        }
      });
      for (const id of also) events.emit('changed', id, 'disposed');
      return { view: closed, also, muted, prompt: promptOf(closed, input.outcome) };
    },

    onAlertStatus(status) {
      if (status.unit !== unit.id) {
        if (elsewhere.take(status)) events.emit('elsewhere', status);
        return;
      }
      const hit = rows.hit(status.hitId);
      // The hit can only be missing because it was purged: hits are stored before they are sent to headquarters.
      if (hit === null || rows.hasStep(status.id)) return;
      // Dispatch may have been asked about a reading that was corrected since.
      const body = dispatchStep(status, aboutHit(hit, status.alert?.plate));
      if (body === null) return;
      audit.append({
        category: 'Disposition',
        operation: 'hits.dispatch-status',
        outcome: 'done',
        who: {
          account: null,
          username: 'headquarters',
          name: status.by,
          role: null,
          organisation: unit.agency,
        },
        from: 'headquarters',
        session: null,
        object: `hit ${hit.id}`,
        query: { state: status.state, at: status.at },
        results: null,
        inquiry: null,
        note: null,
      });
      const before = standingOf(hit);
      const step = stepOf(body, { dispatch: status.by }, Date.parse(status.at), status.id);
      rows.addStep(hit.id, step);
      const after = standingOf(hit);
      events.emit('changed', hit.id, after.state);
      const answer = answerOf(before, after, step.id);
      if (answer !== null) events.emit('answered', hit, answer, status.by);
    },
  };
}
