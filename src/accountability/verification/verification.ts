import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { type Clock, isoTime, systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Hit } from '../../records/detection.ts';
import type { BriefHit, HitRange } from '../../records/record-reader.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import { headquartersEntry } from '../audit/unattended-entry.ts';
import type { Person } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import { localListId } from '../hotplates/hot-plate.ts';
import type { Policy } from '../policy/policy.ts';
import type { AlertStatus } from './alert-status.ts';
import { isEvidence, leavesAtMs } from './closed-hits.ts';
import {
  type DisposeInput,
  entryOutcomes,
  promptOf,
  silencedWords,
  takenBackOf,
  vehicleOf,
} from './disposition.ts';
import { type EntryEnds, noEntryEnds } from './entry-ends.ts';
import { aboutHit } from './entry-hash.ts';
import { createFoundErrors, type FoundErrors } from './found-errors.ts';
import {
  type HitList,
  type HitStanding,
  type HitView,
  nameOf,
  viewHit,
  viewStanding,
} from './hit-view.ts';
import { type HitState, judge, judgeOutcome } from './judge.ts';
import { createMutes, type Mute, type Mutes } from './mutes.ts';
import { createOtherUnitsAlerts, type OtherUnitsAlerts } from './other-units-alerts.ts';
import { createPrecision, type PrecisionGroup, type PrecisionReport } from './precision.ts';
import { createSeenAlerts, type SeenAlerts } from './seen-alerts.ts';
import { compareWithEntry } from './seen-vehicle.ts';
import type {
  Answer,
  Author,
  Disposition,
  enforcementActions,
  FreeText,
  Step,
  StepBody,
} from './step.ts';
import { createStepRows, type OpenVehicle } from './step-rows.ts';
import {
  answerOf,
  checkOccupant,
  clockDifferenceMs,
  close,
  confirmStatus,
  confirmVisual,
  declareExigent,
  dispatchStep,
  disposalOf,
  enforce,
  isClosedWith,
  reopen,
  type StatusInput,
  startConfirmation,
  strikeTexts,
  type Transition,
  type Update,
  updateOf,
  type VisualInput,
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

/** Which hits a person asks for. */
export interface HitsAsked {
  limit: number;
  /** The lists whose hits they may look at (USR-9). */
  may: (listId: string) => boolean;
  state?: HitState['state'] | undefined;
}

/** The result of closing an alert. */
export interface Disposed {
  view: HitView;
  /** Other hits of the same vehicle that were closed with it. */
  also: string[];
  /** Other hits that the corrected disposition had closed and that are open again. */
  reopened: string[];
  muted: { scope: 'entry' | 'plate'; until: string | null } | null;
  /** What the officer should do next, such as take the entry off its list (HOT-11). */
  prompt: string | null;
  /**
   * When it leaves a unit that keeps nothing, ISO time; null there: a day after it was packed, as it is evidence. Either way
   * not before headquarters has it. Left out where data stays for its time.
   */
  leaves?: { at: string | null; atMostDays: number | null };
}

/** Input for closing the hits of one vehicle. */
interface Closing {
  disposition: Omit<Disposition, 'with'>;
  closedWith: string | null;
  by: Person;
}

/** Takes back what followed from a recovery: the hot plate that was removed for it is on the list again. */
export type RestoreHotPlate = (entry: {
  id: string;
  /** Only a removal from then on, ms since the epoch. */
  sinceMs: number;
  by: Person;
}) => boolean;

/** Most hits that share the characters of an id which someone typed. */
const mostLike = 10;

/** Hits shown per turn of the event loop: some ms of work. */
const slice = 20;

/** The verification of hits up to their disposition (VER-1 to VER-11, DSP-1 to DSP-4). */
export interface Verification {
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
   * Strikes the texts of one sort from the steps of a hit: the steps stay, marked, and the text is gone. Headquarters is
   * told to strike it too.
   *
   * @param mayStrikeAny also what others wrote.
   */
  strike(hitId: string, what: FreeText, by: Person, mayStrikeAny: boolean): HitView;

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
  /** Whether a list writes the letter O as zero. Default: none does. */
  oIsZero?: (listId: string) => boolean;
  /** Default: no entry has ended. */
  entryEnds?: EntryEnds;
  restoreHotPlate?: RestoreHotPlate;
  /** When a detection was last packed as evidence, ms; null if it was not. Default: none was. */
  packedAtMs?: (detectionId: string) => number | null;
}): Verification {
  const { db, outbox, audit, unit, clock = systemClock, believedClock = clock } = deps;
  const { oIsZero = () => false, restoreHotPlate = () => false, packedAtMs = () => null } = deps;
  const { entryEnds = noEntryEnds } = deps;
  const policy = deps.policy.verification;
  const { edgeStore, hits: ofHits } = deps.policy.retention;
  const rows = createStepRows(db);
  const mutes = createMutes({ db, clock, believedClock });
  const elsewhere = createOtherUnitsAlerts({ db, clock: believedClock });
  const seen = createSeenAlerts(db);
  const precision = createPrecision(db);
  const events = new EventEmitter<VerificationEvents>();

  const hitOf = (id: string): Hit => {
    const hit = rows.hit(id);
    if (hit === null) throw new Refusal(404, 'no-such-hit', `There is no hit ${id} on this unit.`);
    return hit;
  };
  /** The hit that a repeat is another sighting of, or the hit itself: to it belongs what is recorded of either. */
  const firstOf = (hit: Hit): Hit => {
    let first = hit;
    // The first may be purged by now; a repeat that was withdrawn is another vehicle.
    for (let at: Hit | null = hit; at !== null && at.state !== 'withdrawn'; ) {
      first = at;
      at = at.repeatOf === undefined ? null : rows.hit(at.repeatOf);
    }
    return first;
  };
  /** The other hits of the vehicle, in every sighting of it, each once. */
  const siblingsOf = (hit: Hit): Hit[] => {
    const sightings = [hit, ...rows.repeatsOf(hit)].filter(({ state }) => state !== 'withdrawn');
    const seenWith = sightings
      .flatMap(({ detectionId }) => rows.hitsOf(detectionId))
      .filter(({ state }) => state !== 'withdrawn')
      .map(firstOf);
    const others = new Map(seenWith.map((other) => [other.id, other]));
    others.delete(hit.id);
    return [...others.values()];
  };
  const judged = (hit: Hit, steps: readonly Step[]): HitState =>
    judge(hit, steps, policy, entryEnds.of(hit.match));
  const standingOf = (hit: Hit): HitState => judged(hit, rows.stepsOf(hit.id));
  const view = (hit: Hit): HitView => {
    const first = firstOf(hit);
    const steps = rows.stepsOf(first.id);
    const standing = judged(first, steps);
    const images = rows.imagesOf(hit.detectionId);
    const others = elsewhere.ofPlate(hit.read.plate);
    return viewHit({ hit, standing, steps, images, elsewhere: others, policy, nowMs: clock() });
  };

  /**
   * The first `limit` of these hits that the person may see and that are in this state, in slices, so that the daemon
   * can raise alerts in between.
   */
  const listed = async (
    found: readonly BriefHit[],
    { limit, may, state }: HitsAsked,
  ): Promise<HitList> => {
    const hits: HitView[] = [];
    for (const [index, { id }] of found.filter(({ list }) => may(list)).entries()) {
      if (hits.length >= limit) break;
      if (index % slice === slice - 1) await setImmediate();
      const hit = rows.hit(id);
      const seen = hit && view(hit);
      if (seen !== null && (state === undefined || seen.state === state)) hits.push(seen);
    }
    const unseen = (all: readonly { list: string }[]) =>
      all.filter(({ list }) => !may(list)).length;
    return { hits, withheld: { hits: unseen(found), open: unseen(rows.everyUndisposed()) } };
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
        const hit = firstOf(hitOf(hitId));
        work(hit, standingOf(hit));
        return view(hit);
      })
      .immediate();
    events.emit('changed', changed.id, changed.state);
    return changed;
  };
  const act = (
    hitId: string,
    by: Person,
    transition: (hit: Hit, standing: HitState) => Transition,
  ): HitView => change(hitId, (hit, standing) => record(hit, transition(hit, standing), by));

  /** How the vehicle of a hit, as a disposition has it, compares with the entry. */
  const likenessOf = (hit: Hit, standing: HitState, closed: Pick<Disposition, 'correction'>) =>
    compareWithEntry(hit, vehicleOf(standing, closed), oIsZero(hit.match.list.id));

  /**
   * Takes back what followed from the disposition that counts: the mute, the figure, and the removal of a hot plate whose
   * vehicle was said to be recovered. Returns whether a hot plate is on its list again.
   */
  const takeBack = (
    { id, match, raisedAt }: Hit,
    { disposition }: HitState,
    by: Person,
  ): boolean => {
    if (disposition === null) return false;
    mutes.takeBack(id);
    rows.forgetOutcome(id);
    if (disposition.outcome !== 'recovered' || match.list.id !== localListId) return false;
    return restoreHotPlate({ id: match.entry.id, sinceMs: Date.parse(raisedAt), by });
  };

  /** Closes one hit: its steps, its outcome for the figures, and the mute that the outcome requires. */
  const closeOne = (
    hit: Hit,
    standing: HitState,
    { disposition, closedWith, by }: Closing,
  ): { mute: Mute | null; restored: boolean } => {
    const nowMs = Math.floor(clock());
    const restored = takeBack(hit, standing, by);
    record(hit, close(disposition, { closedWith, replaces: standing.disposition }, nowMs), by);
    const { outcome, correction } = disposition;
    const likeness = likenessOf(hit, standing, disposition);
    rows.saveOutcome(hit, {
      atMs: nowMs,
      outcome,
      judged: judgeOutcome(outcome, standing, likeness),
      isMisread: correction !== null,
    });
    return { mute: mutes.apply(hit, { outcome, likeness }, nameOf(by)), restored };
  };

  /** Opens one hit again, as it was before its disposition. */
  const openAgain = (
    hit: Hit,
    standing: HitState,
    said: { why: string; reopenedWith: string | null; by: Person },
  ): void => {
    takeBack(hit, standing, said.by);
    record(hit, reopen(standing, said, Math.floor(clock())), said.by);
  };

  const leavesAt = (detectionId: string): number =>
    Math.max(
      0,
      ...rows.hitsOf(detectionId).map((hit) => {
        if (rows.isUndisposed(hit.id)) return Number.POSITIVE_INFINITY;
        const standing = standingOf(hit);
        const { disposition } = standing;
        // Withdrawn, or another sighting of an open alert: nobody closes it.
        if (disposition === null) return 0;
        const evidence = isEvidence(hit, standing, likenessOf(hit, standing, disposition));
        return leavesAtMs(standing, { evidence, packedAtMs: packedAtMs(detectionId) });
      }),
    );

  const leavesOf = (detectionId: string): Disposed['leaves'] => {
    if (edgeStore !== 'transient') return undefined;
    const atMs = leavesAt(detectionId);
    return { at: Number.isFinite(atMs) ? isoTime(atMs) : null, atMostDays: ofHits.maxDays };
  };

  return {
    events,
    mutes,
    elsewhere,
    seen,
    precision,

    open: (hitId) => view(hitOf(hitId)),
    firstOf: (hitId) => firstOf(hitOf(hitId)).id,
    hitsLike: (part) =>
      rows.idsLike(part, mostLike).flatMap((id) => {
        const hit = rows.hit(id);
        return hit === null ? [] : [{ id, list: hit.match.list.id }];
      }),
    list: (asked) => listed(rows.raised(asked), asked),
    undisposed: (asked) => listed(rows.everyUndisposed(), asked),
    undisposedCount: () => rows.undisposedCount(),
    openVehicles: rows.openVehicles,
    steppedAfter: rows.steppedAfter,
    entriesVersion: entryEnds.version,
    isOpenHit: (hitId) => rows.isUndisposed(hitId),
    standing(hitId) {
      const hit = rows.hit(hitId);
      if (hit === null) return null;
      const first = firstOf(hit);
      const steps = rows.stepsOf(first.id);
      return viewStanding(judged(first, steps), steps, policy);
    },
    isOpen: (detectionId) => rows.isOpen(detectionId),
    leavesAtMs: leavesAt,
    isMuted: mutes.isMuted,
    errors: createFoundErrors(db),

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

    dispose(hitId, input, by, mayDeal = () => true) {
      const also: string[] = [];
      const reopened: string[] = [];
      let prompts: (string | null)[] = [];
      let muted: Disposed['muted'] = null;
      const closed = change(hitId, (hit, standing) => {
        const disposition = disposalOf(hit, standing, input, policy);
        const { mute, restored } = closeOne(hit, standing, { disposition, closedWith: null, by });
        if (mute !== null) {
          muted = { scope: mute.plate === null ? 'entry' : 'plate', until: mute.until };
        }
        prompts = [
          promptOf(hit, input.outcome, likenessOf(hit, standing, disposition)),
          takenBackOf(hit, standing.disposition, { outcome: input.outcome, restored }),
        ];
        const isOfEntry = entryOutcomes.has(input.outcome);
        for (const sibling of siblingsOf(hit)) {
          const its = standingOf(sibling);
          if (!mayDeal(sibling.match.list.id) || !isClosedWith(sibling, its, hit.id)) continue;
          if (!isOfEntry) {
            const closedToo = closeOne(sibling, its, { disposition, closedWith: hit.id, by });
            if (closedToo.mute !== null && mute === null) prompts.push(silencedWords(sibling));
            also.push(sibling.id);
          } else if (its.disposition !== null) {
            const why = 'The disposition that closed it too was corrected.';
            openAgain(sibling, its, { why, reopenedWith: hit.id, by });
            reopened.push(sibling.id);
          }
        }
      });
      for (const id of [...also, ...reopened]) {
        events.emit('changed', id, standingOf(hitOf(id)).state);
      }
      const prompt = prompts.filter((each) => each !== null).join(' ') || null;
      const leaves = leavesOf(closed.detectionId);
      return { view: closed, also, reopened, muted, prompt, ...(leaves && { leaves }) };
    },

    strike: (hitId, what, by, mayStrikeAny) =>
      change(hitId, (hit) => {
        const nowMs = Math.floor(clock());
        const struck = strikeTexts(rows.stepsOf(hit.id), what, { by, mayStrikeAny, nowMs });
        for (const step of struck) rows.strike(step);
        const update: Update = {
          event: 'alert.text-struck',
          to: ['dispatch', 'entering_member', 'supervisor'],
          note: what,
        };
        record(hit, { steps: [], atMs: nowMs, update }, by);
      }),

    reopen: (hitId, why, by) => {
      const opened: string[] = [];
      const view = change(hitId, (hit, standing) => {
        openAgain(hit, standing, { why, reopenedWith: null, by });
        for (const sibling of siblingsOf(hit)) {
          const its = standingOf(sibling);
          if (its.disposition?.with !== hit.id) continue;
          openAgain(sibling, its, { why, reopenedWith: hit.id, by });
          opened.push(sibling.id);
        }
      });
      for (const id of opened) events.emit('changed', id, standingOf(hitOf(id)).state);
      return view;
    },

    onAlertStatus(status) {
      if (status.unit !== unit.id) {
        if (elsewhere.take(status)) events.emit('elsewhere', status);
        return;
      }
      const named = rows.hit(status.hitId);
      const hit = named && firstOf(named);
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
      const before = standingOf(hit);
      // An answer of a clock that is ahead would count more than every later one.
      const saidMs = Date.parse(status.at);
      const atMs = saidMs > clock() + clockDifferenceMs ? clock() : saidMs;
      const step = stepOf(body, { dispatch: status.by }, atMs, status.id);
      const { after, answer } = db
        .transaction(() => {
          rows.addStep(hit.id, step);
          const now = standingOf(hit);
          const given = answerOf(before, now, step.id);
          // With the answer, so that no power cut leaves it behind a card that was seen before.
          if (given !== null) seen.renew(hit, clock());
          return { after: now, answer: given };
        })
        .immediate();
      events.emit('changed', hit.id, after.state);
      if (answer !== null) events.emit('answered', hit, answer, status.by);
    },
  };
}
