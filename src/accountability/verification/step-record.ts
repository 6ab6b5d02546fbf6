import type { EventEmitter } from 'node:events';
import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Hit } from '../../records/detection.ts';
import type { Person } from '../gate/person.ts';
import type { AlertStatus } from './alert-status.ts';
import type { HitView } from './hit-view.ts';
import type { HitState } from './judge.ts';
import type { KnownHits } from './known-hits.ts';
import type { Author, Step, StepBody } from './step.ts';
import type { StepRows } from './step-rows.ts';
import { type Transition, updateOf } from './transitions.ts';

/** Changes of hits that did not come from a person at this unit; the daemon shows and sounds them (DSP-4). */
export interface VerificationEvents {
  /** Dispatch confirmed an alert of this unit, or found it invalid. */
  answered: [hit: Hit, result: 'verified' | 'not_verified', by: string];
  /** The state of a hit of this unit changed. */
  changed: [hitId: string, state: HitState['state']];
  /** Dispatch sent the status of another unit's alert. */
  elsewhere: [status: AlertStatus];
}

/** Records what is done about hits: each deed in one transaction with its message to dispatch. */
export interface StepRecord {
  stepOf(body: StepBody, by: Author, atMs: number, id?: string): Step;
  /** Stores the steps of an action, and queues its message to dispatch in the same transaction. */
  record(hit: Hit, transition: Transition, by: Person): void;
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

  const record = (hit: Hit, { steps, atMs, update }: Transition, by: Person): void => {
    for (const body of steps) rows.addStep(hit.id, stepOf(body, by, atMs));
    if (update === null) return;
    const { state } = hits.standingOf(hit);
    const message = updateOf(hit, update, { state, by, nowMs: clock() });
    outbox.add({ id: uuidv7(), lane: 'hit', topic: 'alert', json: JSON.stringify(message) });
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
    change,
    act: (hitId, by, transition) =>
      change(hitId, (hit, standing) => record(hit, transition(hit, standing), by)),
    tell(hitIds) {
      for (const id of hitIds) events.emit('changed', id, hits.standingOf(hits.of(id)).state);
    },
  };
}
