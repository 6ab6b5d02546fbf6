import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { type Clock, isoTime, systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Hit } from '../../records/detection.ts';
import type { HitRange } from '../../records/record-reader.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { AlertStatus } from './alert-status.ts';
import type { AlertUpdate } from './alert-update.ts';
import { type DisposeInput, dispositionOf, entryOutcomes, promptOf } from './disposition.ts';
import { aboutHit } from './entry-hash.ts';
import { type HitView, nameOf, viewHit } from './hit-view.ts';
import { enforcementOutcomes, type HitState, judge, judgeOutcome } from './judge.ts';
import { createMutes } from './mutes.ts';
import { createOtherUnitsAlerts } from './other-units-alerts.ts';
import { createPrecision } from './precision.ts';
import {
  type Answer,
  type Aspect,
  type Author,
  aspects,
  type Channel,
  type enforcementActions,
  type StatusResult,
  type Step,
  type StepBody,
} from './step.ts';
import { createStepRows } from './step-rows.ts';

/** The person that a step is recorded for. */
export type Person = Exclude<Author, { dispatch: string }>;

/** What happens to hits without a person at this unit; the daemon shows and sounds it (DSP-4). */
export interface VerificationEvents {
  /** Dispatch has confirmed an alert of this unit, or found that it does not stand. */
  answered: [hit: Hit, result: 'verified' | 'not_verified', by: string];
  /** A hit of this unit came to another state. */
  changed: [hitId: string, state: HitState['state']];
  /** Dispatch speaks of another unit's alert. */
  elsewhere: [status: AlertStatus];
}

/** What follows from closing an alert. */
export interface Disposed {
  view: HitView;
  /** Other hits of the same vehicle that were closed with it. */
  also: string[];
  muted: { scope: 'entry' | 'plate'; until: string | null } | null;
  /** What is left to do, such as taking the entry off its list (HOT-11). */
  prompt: string | null;
}

const futureMs = 60_000;
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
    ...{ id, by, atMs: Math.floor(atMs), recordedAtMs: Math.floor(clock()) },
  });

  /** Tells dispatch, in the same transaction as the step. */
  const tell = (
    hit: Hit,
    event: AlertUpdate['event'],
    by: Person,
    more: Partial<Pick<AlertUpdate, 'status' | 'disposition' | 'note' | 'to'>> = {},
  ): void => {
    const { entry, list } = hit.match;
    const update: AlertUpdate = {
      event,
      hitId: hit.id,
      detectionId: hit.detectionId,
      plate: hit.read.plate,
      list: list.id,
      entry: entry.id,
      state: standingOf(hit).state,
      at: isoTime(clock()),
      by,
      to: ['dispatch'],
      enteringMember: entry.enteredBy,
      ...{ status: null, disposition: null, note: null },
      ...more,
    };
    outbox.add({ id: uuidv7(), lane: 'hit', topic: 'alert', json: JSON.stringify(update) });
  };

  /** Runs a change on an open hit in one transaction, and says what state it came to. */
  const change = (hitId: string, work: (hit: Hit, standing: HitState) => void): HitView => {
    const changed = db
      .transaction((): HitView => {
        const hit = hitOf(hitId);
        const standing = standingOf(hit);
        work(hit, standing);
        return view(hit);
      })
      .immediate();
    events.emit('changed', hitId, changed.state);
    return changed;
  };
  const mustBeOpen = (standing: HitState): void => {
    if (standing.disposition === null) return;
    throw new Refusal(
      409,
      'disposed',
      'This alert is closed; to correct that, dispose of it again.',
    );
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

    /** What an officer sees of the vehicle, each thing for itself (VER-1, VER-2). */
    confirmVisual(
      hitId: string,
      told: { [Each in Aspect]?: Answer | undefined },
      by: Person,
    ): HitView {
      return change(hitId, (hit, standing) => {
        mustBeOpen(standing);
        const about = aboutHit(hit);
        for (const aspect of aspects) {
          const answer = told[aspect];
          if (answer === undefined) continue;
          rows.addStep(hitId, stepOf({ kind: 'visual', aspect, answer, about }, by, clock()));
        }
        tell(hit, 'alert.visual', by);
      });
    },

    /** Somebody asks CLETS or dispatch now. */
    startConfirmation(hitId: string, by: Person): HitView {
      return change(hitId, (hit, standing) => {
        mustBeOpen(standing);
        rows.addStep(hitId, stepOf({ kind: 'confirmation-started' }, by, clock()));
        tell(hit, 'alert.confirmation-started', by);
      });
    },

    /** That it was confirmed, where, by whom and when; not what the answer said (VER-3, VER-4). */
    confirmStatus(
      hitId: string,
      told: { channel: Channel; source: string; result: StatusResult; atMs?: number | undefined },
      by: Person,
    ): HitView {
      const { channel, source, result, atMs = clock() } = told;
      return change(hitId, (hit, standing) => {
        mustBeOpen(standing);
        if (atMs > clock() + futureMs) {
          throw new Refusal(400, 'bad-time', 'The time of the confirmation is in the future.');
        }
        if (atMs < Date.parse(hit.raisedAt) - futureMs) {
          throw new Refusal(
            400,
            'bad-time',
            `The confirmation must be for this alert, raised at ${hit.raisedAt}; an earlier one does not count.`,
          );
        }
        const status = { channel, source, result };
        const about = aboutHit(hit);
        rows.addStep(hitId, stepOf({ kind: 'status', ...status, about }, by, atMs));
        tell(hit, 'alert.status', by, { status });
      });
    },

    /** Whether the wanted person is in the vehicle, or what else the stop rests on (VER-7). */
    checkOccupant(
      hitId: string,
      told: { answer: Answer; basis?: string | undefined },
      by: Person,
    ): HitView {
      return change(hitId, (_, standing) => {
        mustBeOpen(standing);
        if (standing.occupant === null) {
          throw new Refusal(
            409,
            'no-person',
            'The reason for this alert is not about a person, so there is no occupant to check.',
          );
        }
        const { answer, basis = null } = told;
        rows.addStep(hitId, stepOf({ kind: 'occupant', answer, basis }, by, clock()));
      });
    },

    /** Acting before the status is confirmed, with the reason; where the policy knows such an exit (VER-3). */
    declareExigent(hitId: string, text: string, by: Person): HitView {
      return change(hitId, (hit, standing) => {
        mustBeOpen(standing);
        if (policy.clets === 'required' && standing.status?.result !== 'confirmed') {
          throw new Refusal(
            409,
            'status-required',
            'The policy requires a confirmed status in every case; it allows no exigent exit.',
          );
        }
        rows.addStep(hitId, stepOf({ kind: 'exigent', text }, by, clock()));
        tell(hit, 'alert.exigent', by, { to: ['dispatch', 'supervisor'], note: text });
      });
    },

    /** A stop or more: refused until validated or exigent (VER-6). */
    enforce(
      hitId: string,
      told: { action: (typeof enforcementActions)[number]; note?: string | undefined },
      by: Person,
    ): HitView {
      return change(hitId, (hit, standing) => {
        mustBeOpen(standing);
        mustBeAllowed(standing);
        const { action, note = null } = told;
        const { warnings } = standing.act;
        rows.addStep(hitId, stepOf({ kind: 'enforcement', action, note, warnings }, by, clock()));
        tell(hit, 'alert.enforcement', by, { note: [action, ...warnings].join('; ') });
      });
    },

    /** Closes an alert (VER-8, VER-9, VER-11), or corrects how it was closed; both stay on record. */
    dispose(hitId: string, told: DisposeInput, by: Person): Disposed {
      const also: string[] = [];
      let muted: Disposed['muted'] = null;
      const closed = change(hitId, (hit, standing) => {
        const { outcome } = told;
        if (enforcementOutcomes.has(outcome) && standing.enforcement.length === 0) {
          mustBeAllowed(standing);
        }
        const disposition = dispositionOf(hit, told, standing, policy);
        const close = (each: Hit, its: HitState, of: string | null) => {
          const step = stepOf({ kind: 'disposition', ...disposition, with: of }, by, clock());
          rows.addStep(each.id, step);
          rows.saveOutcome(each, step.atMs, outcome, judgeOutcome(outcome, its));
          tell(each, 'alert.disposed', by, {
            to: ['dispatch', 'entering_member'],
            disposition: {
              outcome,
              cadNumber: disposition.cadNumber,
              reportNumber: disposition.reportNumber,
              notes: disposition.notes,
              correction: disposition.correction,
            },
          });
          return mutes.apply(each, outcome, nameOf(by));
        };
        const mute = close(hit, standing, null);
        if (mute !== null) {
          muted = { scope: mute.plate === null ? 'entry' : 'plate', until: mute.until };
        }
        if (entryOutcomes.has(outcome)) return;
        for (const sibling of rows.siblingsOf(hit)) {
          const its = standingOf(sibling);
          if (sibling.state === 'withdrawn' || its.disposition !== null) continue;
          close(sibling, its, hit.id);
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
      const body = stepBodyOf(status, aboutHit(hit, status.alert?.plate));
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
      const result = after.status?.result;
      if (result === before.status?.result || after.status?.id !== step.id) return;
      if (result === 'confirmed') events.emit('answered', hit, 'verified', status.by);
      if (result === 'not_wanted') events.emit('answered', hit, 'not_verified', status.by);
    },
  };
}

function mustBeAllowed({ act }: HitState): void {
  if (act.allowed) return;
  throw new Refusal(
    409,
    'not-validated',
    `No action may be taken on this alert yet: ${act.missing.join('; ')}.`,
  );
}

function stepBodyOf({ state, by }: AlertStatus, about: string): StepBody | null {
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
