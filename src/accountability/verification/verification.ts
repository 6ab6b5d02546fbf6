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
import { type DisposeInput, entryOutcomes, promptOf } from './disposition.ts';
import { aboutHit } from './entry-hash.ts';
import { type HitView, nameOf, viewHit } from './hit-view.ts';
import { type HitState, judge, judgeOutcome } from './judge.ts';
import { createMutes, type Mute } from './mutes.ts';
import { createOtherUnitsAlerts } from './other-units-alerts.ts';
import { createPrecision } from './precision.ts';
import type {
  Answer,
  Aspect,
  Author,
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
  startConfirmation,
  type ToldStatus,
  type Transition,
  updateOf,
} from './transitions.ts';

/** What happens to hits without a person at this unit; the daemon shows and sounds it (DSP-4). */
export interface VerificationEvents {
  /** Dispatch has confirmed an alert of this unit, or found that it does not stand. */
  answered: [hit: Hit, result: 'verified' | 'not_verified', by: string];
  /** A hit of this unit came to another state. */
  changed: [hitId: string, state: HitState['state']];
  /** Dispatch speaks of another unit's alert. */
  elsewhere: [status: AlertStatus];
}

/** An alert that a disposition found to be wrong. */
export type DispositionError = ReturnType<Verification['errors']>[number];

/** What follows from closing an alert. */
export interface Disposed {
  view: HitView;
  /** Other hits of the same vehicle that were closed with it. */
  also: string[];
  muted: { scope: 'entry' | 'plate'; until: string | null } | null;
  /** What is left to do, such as taking the entry off its list (HOT-11). */
  prompt: string | null;
}

/** How hits of one vehicle are closed. */
interface Closing {
  disposition: Omit<Disposition, 'with'>;
  closedWith: string | null;
  by: Person;
}

/** Hits that are put together without a break: some ms. */
const slice = 20;

/** What happens after a hit, up to its disposition (VER-1 to VER-11, DSP-1 to DSP-4). */
export type Verification = ReturnType<typeof createVerification>;

/** Works on a database with `verificationMigrations`; every change is one transaction with its message. */
export function createVerification(deps: {
  db: Database;
  policy: Policy;
  outbox: OutboxWriter;
  audit: AuditWriter;
  unit: { agency: string; id: string };
  clock?: Clock;
}) {
  const { db, outbox, audit, unit, clock = systemClock } = deps;
  const policy = deps.policy.verification;
  const rows = createStepRows(db);
  const mutes = createMutes({ db, clock });
  const elsewhere = createOtherUnitsAlerts({ db, clock });
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

  /** In slices, for the daemon raises alerts meanwhile. */
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

  /** Records the steps of an act, and queues its message to dispatch in the same transaction. */
  const record = (hit: Hit, { steps, atMs, update }: Transition, by: Person): void => {
    for (const body of steps) rows.addStep(hit.id, stepOf(body, by, atMs));
    if (update === null) return;
    const { state } = standingOf(hit);
    const message = updateOf(hit, update, { state, by, nowMs: clock() });
    outbox.add({ id: uuidv7(), lane: 'hit', topic: 'alert', json: JSON.stringify(message) });
  };

  /** Runs a change of a hit in one transaction, and says what state it came to. */
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

  /** Closes one hit: its steps, its outcome for the figures, and the mute that the outcome asks for. */
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

    open: (hitId: string): HitView => view(hitOf(hitId)),
    list: (range: HitRange): Promise<HitView[]> => views(rows.between(range)),
    undisposed: (limit: number): Promise<HitView[]> => views(rows.undisposed(limit)),
    undisposedCount: (): number => rows.undisposedCount(),
    /** Whether a hit of this detection waits for its disposition: then the record stays where it is. */
    isOpen: (detectionId: string): boolean => rows.isOpen(detectionId),
    /** Whether this read of this entry raises nothing, because a disposition has silenced it. */
    isMuted: mutes.isMuted,
    /** Errors of reading and lists that dispositions name, with the camera head (VER-11, AUD-8). */
    errors: (sinceMs: number, untilMs: number) =>
      rows.errors(sinceMs, untilMs).map(({ hitId, atMs, step }) => ({
        hitId,
        at: isoTime(atMs),
        head: rows.hit(hitId)?.head ?? null,
        outcome: step.outcome,
        correction: step.correction,
      })),

    /** What an officer sees of the vehicle, each aspect separately (VER-1, VER-2). */
    confirmVisual: (
      hitId: string,
      told: { [Each in Aspect]?: Answer | undefined },
      by: Person,
    ): HitView => act(hitId, by, (hit, standing) => confirmVisual(hit, standing, told, clock())),

    /** Somebody asks CLETS or dispatch now. */
    startConfirmation: (hitId: string, by: Person): HitView =>
      act(hitId, by, (_, standing) => startConfirmation(standing, clock())),

    /** That it was confirmed, where, by whom and when; not what the answer said (VER-3, VER-4). */
    confirmStatus: (hitId: string, told: ToldStatus, by: Person): HitView =>
      act(hitId, by, (hit, standing) => confirmStatus(hit, standing, told, clock())),

    /** Whether the wanted person is in the vehicle, or what else the stop rests on (VER-7). */
    checkOccupant: (
      hitId: string,
      told: { answer: Answer; basis?: string | undefined },
      by: Person,
    ): HitView => act(hitId, by, (_, standing) => checkOccupant(standing, told, clock())),

    /** Acting before the status is confirmed, with the reason; where the policy knows such an exit (VER-3). */
    declareExigent: (hitId: string, text: string, by: Person): HitView =>
      act(hitId, by, (_, standing) => declareExigent(standing, text, policy, clock())),

    /** A stop or more: refused until validated or exigent (VER-6). */
    enforce: (
      hitId: string,
      told: { action: (typeof enforcementActions)[number]; note?: string | undefined },
      by: Person,
    ): HitView => act(hitId, by, (_, standing) => enforce(standing, told, clock())),

    /** Closes an alert (VER-8, VER-9, VER-11), or corrects how it was closed; both stay on record. */
    dispose(hitId: string, told: DisposeInput, by: Person): Disposed {
      const also: string[] = [];
      let muted: Disposed['muted'] = null;
      const closed = change(hitId, (hit, standing) => {
        const disposition = disposalOf(hit, standing, told, policy);
        const mute = closeOne(hit, standing, { disposition, closedWith: null, by });
        if (mute !== null) {
          muted = { scope: mute.plate === null ? 'entry' : 'plate', until: mute.until };
        }
        if (entryOutcomes.has(told.outcome)) return;
        for (const sibling of rows.siblingsOf(hit)) {
          const its = standingOf(sibling);
          if (!isClosedWithOthers(sibling, its)) continue;
          closeOne(sibling, its, { disposition, closedWith: hit.id, by });
          also.push(sibling.id);
        }
      });
      for (const id of also) events.emit('changed', id, 'disposed');
      return { view: closed, also, muted, prompt: promptOf(closed, told.outcome) };
    },

    /**
     * Takes in what dispatch says of an alert, of this unit or another. A repeat changes nothing, and the latest
     * word counts whenever it arrives. Throws when it cannot be written to the audit log.
     */
    onAlertStatus(status: AlertStatus): void {
      if (status.unit !== unit.id) {
        if (elsewhere.take(status)) events.emit('elsewhere', status);
        return;
      }
      const hit = rows.hit(status.hitId);
      // Only a purged one: a hit is stored before headquarters can have heard of it.
      if (hit === null || rows.hasStep(status.id)) return;
      // Dispatch may have asked about a reading that was amended since.
      const body = dispatchStep(status, aboutHit(hit, status.alert?.plate));
      if (body === null) return;
      audit.append({
        category: 'Disposition',
        operation: 'hits.dispatch-status',
        outcome: 'done',
        who: {
          ...{ account: null, username: 'headquarters', name: status.by, role: null },
          organisation: unit.agency,
        },
        from: 'headquarters',
        session: null,
        object: `hit ${hit.id}`,
        query: { state: status.state, at: status.at },
        ...{ results: null, inquiry: null, note: null },
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
