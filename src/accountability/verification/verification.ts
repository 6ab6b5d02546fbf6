import { EventEmitter } from 'node:events';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { HitRange } from '../../records/record-reader.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import type { Person } from '../gate/person.ts';
import type { Policy } from '../policy/policy.ts';
import type { AlertStatus } from './alert-status.ts';
import type { AlertUpdate } from './alert-update.ts';
import { createClosingDesk, type Disposed, type RestoreHotPlate } from './closing-desk.ts';
import { createDispatchStatuses } from './dispatch-statuses.ts';
import type { DisposeInput } from './disposition.ts';
import { type EntryEnds, noEntryEnds } from './entry-ends.ts';
import { createFoundErrors, type FoundErrors } from './found-errors.ts';
import { type HitList, type HitStanding, type HitView, viewStanding } from './hit-view.ts';
import { createKnownHits, type HitsAsked } from './known-hits.ts';
import { createLeavings } from './leavings.ts';
import { createMutes, type Mutes } from './mutes.ts';
import { createOfficerSteps, type OfficerSteps } from './officer-steps.ts';
import { createOtherUnitsAlerts, type OtherUnitsAlerts } from './other-units-alerts.ts';
import { createPrecision, type PrecisionGroup, type PrecisionReport } from './precision.ts';
import { createSeenAlerts, type SeenAlerts } from './seen-alerts.ts';
import type { Place } from './step.ts';
import { createStepRecord, type VerificationEvents } from './step-record.ts';
import { createStepRows, type OpenVehicle } from './step-rows.ts';
import { createTakenUpdates, type Taken } from './taken-updates.ts';
import { createTextStriking, type TextStriking } from './text-striking.ts';

/** Most hits that share the characters of an id which someone typed. */
const mostLike = 10;

/** The verification of hits up to their disposition (VER-1 to VER-11, DSP-1 to DSP-4). */
export interface Verification extends OfficerSteps, TextStriking {
  readonly events: EventEmitter<VerificationEvents>;
  readonly mutes: Mutes;
  readonly elsewhere: OtherUnitsAlerts;
  /** Which alerts people have seen. */
  readonly seen: SeenAlerts;
  precision(group: PrecisionGroup, sinceMs: number, untilMs: number): PrecisionReport;

  /** A hit with what is recorded of it; of a repeat, with what is recorded of the hit that it is another sighting of. */
  open(hitId: string): HitView;
  /** The id of the hit that what people do about this one belongs to: of a repeat, the hit that it repeats. */
  firstOf(hitId: string): string;
  /** The ids of hits that begin or end with this text, the newest first, and the list of each. */
  hitsLike(part: string): { id: string; list: string }[];
  /** The hits that were raised in this range, the latest first. */
  list(asked: HitsAsked & Omit<HitRange, 'limit'>): Promise<HitList>;
  /** Alerts without a disposition, the one that was raised last first. */
  undisposed(asked: HitsAsked): Promise<HitList>;
  undisposedCount(): number;
  /** The hits that wait for their disposition, the newest first, with their vehicles. */
  openVehicles(): OpenVehicle[];
  /**
   * The hits with a step after the one of this number, by whichever process; and the number of the newest, which is less
   * than before when steps went with their hits.
   */
  steppedAfter(step: number): { newest: number; hitIds: string[] };
  /** Another text once entries may have ended, of which `standing` tells. */
  entriesVersion(): string;
  /** Whether a hit waits for its disposition: one index look-up, for the moment before an alert. */
  isOpenHit(hitId: string): boolean;
  /** A hit as its card shows it; null if there is no such hit. */
  standing(hitId: string): HitStanding | null;
  /** Whether a hit of this detection has no disposition yet. */
  isOpen(detectionId: string): boolean;
  /**
   * When this detection may leave a unit that keeps nothing, ms since the epoch, as far as its hits go: Infinity while
   * one is open or is evidence that nobody has packed. 0: it has none that is needed.
   */
  leavesAtMs(detectionId: string): number;
  /** Whether this read of this entry raises no alert, because a disposition muted it. */
  isMuted: Mutes['isMuted'];
  /** Errors of reading and lists that dispositions found (VER-11, AUD-8). */
  readonly errors: FoundErrors;

  /**
   * Closes an alert (VER-8, VER-9, VER-11), or corrects its disposition: what followed from the earlier one is taken
   * back (mute, removal of a hot plate, other hits closed with it), and headquarters is told that it is replaced. Both
   * stay recorded. `mayDeal`: whether the person may deal with the hits of a list; the vehicle's others stay open.
   */
  dispose(
    hitId: string,
    input: DisposeInput,
    by: Person,
    mayDeal?: (listId: string) => boolean,
  ): Disposed;
  /** Opens a closed alert again; what followed from its disposition is taken back. */
  reopen(hitId: string, why: string, by: Person): HitView;
  /**
   * Takes a status of an alert from dispatch, of this unit or another. A repeated status changes nothing; of several,
   * the latest one counts, in whatever order they arrive. Throws if it cannot be written to the audit log.
   */
  onAlertStatus(status: AlertStatus): void;
  /**
   * Takes what the other place has recorded about a hit: at headquarters the unit that raised it, at that unit
   * headquarters. See `createTakenUpdates`.
   */
  takeUpdate(update: AlertUpdate, from: Place): Taken;
}

/** Needs a database with `verificationMigrations`; every change is one transaction with its message. */
export function createVerification(deps: {
  db: Database;
  policy: Policy;
  outbox: OutboxWriter;
  audit: AuditWriter;
  unit: { agency: string; id: string };
  /** Where this is. Default: a unit, which raises alerts. */
  place?: Place['place'];
  clock?: Clock;
  /** The time, as far as it is believed, for what is deleted for its age. Default: `clock`. */
  believedClock?: Clock;
  /** Whether a list writes the letter O as zero. Default: none does. */
  oIsZero?: (listId: string) => boolean;
  /** Default: no entry has ended. */
  entryEnds?: EntryEnds;
  restoreHotPlate?: RestoreHotPlate;
  /** When a detection was last packed as evidence, ms; null if it was not. Default: none was. */
  packedAtMs?: (detectionId: string) => number | null;
  /** Takes what was overwritten out of the database's write-ahead log; not awaited. Default: nothing does. */
  emptyLog?: () => void;
}): Verification {
  const { db, outbox, audit, unit, clock = systemClock, believedClock = clock } = deps;
  const { oIsZero = () => false, restoreHotPlate = () => false, packedAtMs = () => null } = deps;
  const { entryEnds = noEntryEnds, place = 'unit', emptyLog = () => undefined } = deps;
  const { verification: policy, retention } = deps.policy;
  const rows = createStepRows(db);
  const mutes = createMutes({ db, clock, believedClock, raisesAlerts: place === 'unit' });
  const elsewhere = createOtherUnitsAlerts({ db, clock: believedClock });
  const seen = createSeenAlerts(db);
  const precision = createPrecision(db);
  const events = new EventEmitter<VerificationEvents>();
  const hits = createKnownHits({ rows, elsewhere, entryEnds, policy, clock });
  const steps = createStepRecord({ db, rows, hits, outbox, events, clock });
  const leavings = createLeavings({ rows, hits, retention, oIsZero, packedAtMs });
  const closing = createClosingDesk({
    ...{ rows, hits, steps, mutes, leavings, policy, oIsZero, restoreHotPlate, clock },
  });
  const onAlertStatus = createDispatchStatuses({
    ...{ db, rows, hits, steps, closing, elsewhere, seen, audit, unit, events, clock },
  });
  const takeUpdate = createTakenUpdates({
    ...{ db, rows, hits, steps, closing, seen, audit, unit, events, emptyLog, clock },
  });

  return {
    events,
    mutes,
    elsewhere,
    seen,
    precision,

    open: (hitId) => hits.view(hits.of(hitId)),
    firstOf: (hitId) => hits.firstOf(hits.of(hitId)).id,
    hitsLike: (part) =>
      rows.idsLike(part, mostLike).flatMap((id) => {
        const hit = rows.hit(id);
        return hit === null ? [] : [{ id, list: hit.match.list.id }];
      }),
    list: (asked) => hits.listed(rows.raised(asked), asked),
    undisposed: (asked) => hits.listed(rows.everyUndisposed(), asked),
    undisposedCount: () => rows.undisposedCount(),
    openVehicles: rows.openVehicles,
    steppedAfter: rows.steppedAfter,
    entriesVersion: entryEnds.version,
    isOpenHit: (hitId) => rows.isUndisposed(hitId),
    standing(hitId) {
      const hit = rows.hit(hitId);
      if (hit === null) return null;
      const first = hits.firstOf(hit);
      const recorded = rows.stepsOf(first.id);
      return viewStanding(hits.judged(first, recorded), recorded, policy, clock());
    },
    isOpen: (detectionId) => rows.isOpen(detectionId),
    leavesAtMs: leavings.atMs,
    isMuted: mutes.isMuted,
    errors: createFoundErrors(db),

    ...createOfficerSteps({ rows, hits, steps, policy, oIsZero, clock }),
    ...createTextStriking({ rows, hits, steps, emptyLog, clock }),
    dispose: closing.dispose,
    reopen: closing.reopen,

    onAlertStatus,
    takeUpdate,
  };
}
