import type { EventEmitter } from 'node:events';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import { headquartersEntry } from '../audit/unattended-entry.ts';
import type { AlertStatus } from './alert-status.ts';
import type { ClosingDesk } from './closing-desk.ts';
import { aboutHit } from './entry-hash.ts';
import type { KnownHits } from './known-hits.ts';
import type { OtherUnitsAlerts } from './other-units-alerts.ts';
import type { SeenAlerts } from './seen-alerts.ts';
import type { StepRecord, VerificationEvents } from './step-record.ts';
import type { StepRows } from './step-rows.ts';
import { answerOf, clockDifferenceMs, dispatchStep, dispatchUpdate } from './transitions.ts';

/**
 * Takes the statuses of alerts that dispatch sends, of this unit or another. A repeated one changes nothing; of several,
 * the latest one counts, in whatever order they arrive. Throws if it cannot be written to the audit log.
 */
export function createDispatchStatuses(deps: {
  db: Database;
  rows: StepRows;
  hits: KnownHits;
  steps: StepRecord;
  closing: Pick<ClosingDesk, 'follow'>;
  elsewhere: OtherUnitsAlerts;
  seen: SeenAlerts;
  audit: AuditWriter;
  unit: { agency: string; id: string };
  events: EventEmitter<VerificationEvents>;
  clock: Clock;
}): (status: AlertStatus) => void {
  const { db, rows, hits, steps, closing, elsewhere, seen, audit, unit, events, clock } = deps;

  return (status) => {
    if (status.unit !== unit.id) {
      if (elsewhere.take(status)) events.emit('elsewhere', status);
      return;
    }
    const named = rows.hit(status.hitId);
    const hit = named && hits.firstOf(named);
    // The hit can only be missing because it was purged: hits are stored before they are sent to headquarters.
    if (hit === null || rows.hasStep(status.id)) return;
    // Dispatch may have been asked about a reading that was corrected since.
    const body = dispatchStep(status, aboutHit(hit, status.alert?.plate));
    if (body === null) return;
    const { state, at, by } = status;
    const entry = { object: `hit ${hit.id}`, query: { state, at }, by };
    audit.append(
      headquartersEntry('hits.dispatch-status', unit.agency, {
        category: 'Disposition',
        ...entry,
      }),
    );
    const before = hits.standingOf(hit);
    // An answer of a clock that is ahead would count more than every later one.
    const saidMs = Date.parse(status.at);
    const atMs = saidMs > clock() + clockDifferenceMs ? clock() : saidMs;
    const step = steps.stepOf(body, { dispatch: status.by }, atMs, status.id);
    const { after, answer } = db
      .transaction(() => {
        rows.addStep(hit.id, step);
        steps.send(hit, dispatchUpdate(body), { dispatch: status.by }, [step]);
        const now = closing.follow(hit, before);
        const given = answerOf(before, now, step.id);
        // With the answer, so that no power cut leaves it behind a card that was seen before.
        if (given !== null) seen.renew(hit, clock());
        return { after: now, answer: given };
      })
      .immediate();
    events.emit('changed', hit.id, after.state);
    if (answer !== null) events.emit('answered', hit, answer, status.by);
  };
}
