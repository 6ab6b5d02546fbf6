import type { EventEmitter } from 'node:events';
import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Hit } from '../../records/detection.ts';
import type { Person } from '../gate/person.ts';
import type { AlertStatus } from './alert-status.ts';
import { type AlertUpdate, alertUpdateSchema } from './alert-update.ts';
import type { HitView } from './hit-view.ts';
import type { HitState } from './judge.ts';
import type { KnownHits } from './known-hits.ts';
import { type Author, orderOf, type Step, type StepBody } from './step.ts';
import type { StepRows } from './step-rows.ts';
import { withoutTexts } from './strike-update.ts';
import { type Transition, type Update, updateOf } from './transitions.ts';

/** Changes of hits that did not come from a person at this unit; the daemon shows and sounds them (DSP-4). */
export interface VerificationEvents {
  /** Dispatch confirmed an alert of this unit, or found it invalid. */
  answered: [hit: Hit, result: 'verified' | 'not_verified', by: string];
  /** The state of a hit of this unit changed. */
  changed: [hitId: string, state: HitState['state']];
  /** Dispatch sent the status of another unit's alert. */
  elsewhere: [status: AlertStatus];
}

/** Records what is done about hits: each deed in one transaction with its message to the other place. */
export interface StepRecord {
  stepOf(body: StepBody, by: Author, atMs: number, id?: string): Step;
  /** Stores the steps of an action, and queues its message in the same transaction. */
  record(hit: Hit, transition: Transition, by: Person): void;
  /** Queues the message about steps that are stored. */
  send(hit: Hit, update: Update, by: AlertUpdate['by'], steps: readonly Step[]): void;
  /** Strikes the texts of these steps from the messages that still wait. */
  strikeWaiting(hit: Hit, struck: readonly Step[]): void;
  /** Runs a change of a hit in one transaction, and reports the hit's new state. */
  change(hitId: string, work: (hit: Hit, standing: HitState) => void): HitView;
  /** Records one action in a transaction of its own. */
  act(hitId: string, by: Person, transition: (hit: Hit, standing: HitState) => Transition): HitView;
  /** Reports the states of hits that were changed together with another. */
  tell(hitIds: readonly string[]): void;
}

export function createStepRecord(deps: {
  db: Database;
  rows: StepRows;
  hits: KnownHits;
  outbox: OutboxWriter;
  events: EventEmitter<VerificationEvents>;
  clock: Clock;
}): StepRecord {
  const { db, rows, hits, outbox, events, clock } = deps;

  const stepOf = (body: StepBody, by: Author, atMs: number, id = uuidv7()): Step => ({
    ...body,
    id,
    by,
    atMs: Math.floor(atMs),
    recordedAtMs: Math.floor(clock()),
  });

  const send: StepRecord['send'] = (hit, update, by, steps) => {
    const { state } = hits.standingOf(hit);
    const message = updateOf(hit, update, { state, by, nowMs: clock(), steps });
    outbox.add({ id: uuidv7(), lane: 'hit', topic: 'alert', json: JSON.stringify(message) });
  };

  const record: StepRecord['record'] = (hit, { steps, atMs, isTimeStated, update }, by) => {
    // What is done now counts after all that is known here, also where a clock ahead of this one has dated it.
    const lastMs = Math.max(...rows.stepsOf(hit.id).map(orderOf));
    const order =
      isTimeStated === true || lastMs < Math.floor(atMs) || !Number.isFinite(lastMs)
        ? {}
        : { orderMs: lastMs + 1 };
    const made = steps.map((body): Step => ({ ...stepOf(body, by, atMs), ...order }));
    for (const step of made) rows.addStep(hit.id, step);
    send(hit, update, by, made);
  };

  const change = (hitId: string, work: (hit: Hit, standing: HitState) => void): HitView => {
    const changed = db
      .transaction((): HitView => {
        const hit = hits.firstOf(hits.of(hitId));
        work(hit, hits.standingOf(hit));
        return hits.view(hit);
      })
      .immediate();
    events.emit('changed', changed.id, changed.state);
    return changed;
  };

  return {
    stepOf,
    record,
    send,
    strikeWaiting(hit, struck) {
      for (const id of outbox.waitingAbout(hit.detectionId)) {
        const waiting = outbox.find(id);
        if (waiting?.topic !== 'alert') continue;
        const update = alertUpdateSchema.safeParse(JSON.parse(waiting.json));
        const told = update.success ? withoutTexts(update.data, struck) : null;
        if (told === null) continue;
        outbox.remove(id);
        outbox.add({ id, lane: waiting.lane, topic: 'alert', json: JSON.stringify(told) });
      }
    },
    change,
    act: (hitId, by, transition) =>
      change(hitId, (hit, standing) => record(hit, transition(hit, standing), by)),
    tell(hitIds) {
      for (const id of hitIds) events.emit('changed', id, hits.standingOf(hits.of(id)).state);
    },
  };
}
