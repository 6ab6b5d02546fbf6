import { type Caution, cautionsIn } from '../../alerts/caution-words.ts';
import { isListedAsRead, namedInLine, oddsOf } from '../../alerts/odds.ts';
import { titleOf } from '../../alerts/wording.ts';
import { isoTime } from '../../platform/clock.ts';
import type { Hit, ImageRef } from '../../records/detection.ts';
import type { EntryEnd } from '../hotplates/hot-plates.ts';
import type { Policy } from '../policy/policy.ts';
import type { AlertStatus } from './alert-status.ts';
import { remarksOn, type WrittenText, writtenTexts } from './check-text.ts';
import { describesVehicle, type HitState, inOrder, noVehicleDescribed } from './judge.ts';
import { type Aspect, aspects, nameOf, type Step } from './step.ts';

/** Who recorded a step, and when. */
interface Recorded {
  at: string;
  by: string;
}

/** Who sees to an alert at dispatch, and until when. */
interface Claim extends Recorded {
  until: string;
  /** Why it was taken over. */
  why: string | null;
}

/** A hit as officers see it. */
export interface HitView {
  id: string;
  /** The end of the id, which tells the hits of a unit apart as a rule; every operation on a hit takes it. */
  shortId: string;
  detectionId: string;
  unit: string;
  head: string;
  title: string;
  raisedAt: string;
  /** As read; null if no text counts as read. */
  plate: string | null;
  /** How it is named in a line: by the plate as read, else by the listed one with ≈. */
  named: string;
  /** What the reader gives most, whether or not it counts as read, and how much. */
  likeliest: string;
  confidence: number;
  /** That what was read is the listed plate, or covered by the listed part; else it is only possible. */
  isListedAsRead: boolean;
  /** What the reader gives the listed text and the likeliest others; null if there is nothing to tell (`alerts/odds.ts`). */
  odds: string | null;
  withdrawn: boolean;
  repeatOf: string | null;
  match: Hit['match'];
  /** What the reason of the entry warns of. */
  caution: Caution[];
  /** How old the list was when it matched, and how old that list is now, s (ALT-7). */
  listAgeS: { atAlert: number; now: number };
  fix: Hit['fix'];
  direction: Hit['direction'];
  state: HitState['state'];
  /**
   * The three visual comparisons with the listed vehicle; `shows`: the plate or the state as the person made it out,
   * null if they only answered.
   */
  visual: Record<Aspect, (Recorded & { answer: string; shows: string | null }) | null>;
  /** Why no answer on the vehicle is asked for; null if one is. */
  vehicleUnasked: string | null;
  status: (Recorded & { channel: string; source: string; result: string }) | null;
  /** That dispatch or an officer is asking for the status; null if no one is, or the answer is there. */
  asked: Recorded | null;
  /** Who has taken the alert at dispatch; null if nobody has it now. */
  claim: Claim | null;
  /** Null if the reason is not about a person. */
  occupant: { answer: string | null; basis: string | null } | null;
  exigent: (Recorded & { text: string }) | null;
  act: HitState['act'];
  /** Where it was seen again, by the unit or by people, the latest first (DSP-5); the last ten. */
  sightings: SightingView[];
  /** Stops and other actions recorded, oldest first. */
  actions: (Recorded & { action: string; note: string | null })[];
  /** Kinds of personal or CLETS text found in the notes, for a person to check; the text itself is never quoted. */
  remarks: string[];
  /** What people wrote about it and was not struck, oldest first. */
  texts: WrittenText[];
  /** The agency's policy on pursuits and stops; shown once officers may act on the alert (VER-10). */
  pursuitText: string | null;
  /** That its entry is on its list no more: the alert may be closed as `entry_removed`. */
  entryEnd: EntryEnd | null;
  disposition:
    | (Recorded & {
        outcome: string;
        cadNumber: string | null;
        reportNumber: string | null;
        notes: string | null;
        correction: unknown;
      })
    | null;
  /** Every step, oldest first; steps are never removed. `struck`: who struck its text, and when. */
  steps: (Recorded & { kind: string; struck: Recorded | null })[];
  images: ImageRef[];
  /** Dispatch's status of other units' alerts for this plate (DSP-2). */
  elsewhere: AlertStatus[];
}

/** Another sighting of the vehicle of a hit. */
export interface SightingView {
  at: string;
  /** The camera that read it, or the person who told it. */
  by: string;
  /** Degrees from true north; null if it is not known. */
  headingDeg: number | null;
  latitude: number | null;
  longitude: number | null;
  /** In words, where a person told it. */
  place: string | null;
}

/** Hits, and how many were left out because they are of lists that the person may not see (USR-9). */
export interface HitList {
  hits: HitView[];
  /** How many more of those that were asked for the person may see: beyond the limit, not looked at. */
  more: number;
  withheld: {
    /** Of those that were asked for. */
    hits: number;
    /** All that wait for their disposition now. */
    open: number;
  };
}

/** How far a hit is, for its card: no plate, no vehicle. */
export interface HitStanding {
  state: HitState['state'];
  /** That dispatch or an officer is asking for the status; null if no one is. */
  asked: Recorded | null;
  status: (Recorded & { result: string }) | null;
  /** Who has taken the alert at dispatch; null if nobody has it now. */
  claim: Claim | null;
  /** The agency's policy on pursuits and stops; once officers may act on the alert (VER-10). */
  pursuitText: string | null;
  /** That its entry is on its list no more. */
  entryEnd: EntryEnd | null;
  /** The last direction of travel that a person told; null if none did. */
  told: SightingView | null;
  /** How many steps people and dispatch have recorded, and texts they have struck: it grows with each. */
  steps: number;
}

/** `standing` follows from these steps. */
export function viewStanding(
  standing: HitState,
  steps: readonly Step[],
  policy: Policy['verification'],
  nowMs: number,
): HitStanding {
  const { state, status, inProgress, act } = standing;
  const recorded = (step: Step): Recorded => ({ at: isoTime(step.atMs), by: nameOf(step.by) });
  return {
    state,
    asked: inProgress && recorded(inProgress),
    status: status && { result: status.result, ...recorded(status) },
    claim: claimOf(standing, nowMs),
    pursuitText: act.allowed ? policy.pursuitText : null,
    entryEnd: standing.entryEnd,
    told: sightingsOf([], steps)[0] ?? null,
    steps: steps.length + steps.filter(({ struck }) => struck !== undefined).length,
  };
}

function claimOf({ claim }: HitState, nowMs: number): Claim | null {
  if (claim === null || claim.untilMs <= nowMs) return null;
  const { atMs, untilMs, by, why } = claim;
  return { at: isoTime(atMs), until: isoTime(untilMs), by: nameOf(by), why };
}

/** The end of a hit's id: its random part, as the start is nearly the same for all hits of an hour. */
export function shortIdOf(hitId: string): string {
  return hitId.slice(-6);
}

/** Sightings that are shown of a hit. */
const mostSightings = 10;

/** Sightings of the unit and those that people told, the latest first. */
function sightingsOf(repeats: readonly Hit[], steps: readonly Step[]): SightingView[] {
  const seen = repeats
    .filter(({ state }) => state !== 'withdrawn')
    .map(
      ({ raisedAt, head, direction, fix }): SightingView => ({
        ...{ at: raisedAt, by: `camera ${head}`, headingDeg: direction.headingDeg, place: null },
        ...{ latitude: fix.latitude, longitude: fix.longitude },
      }),
    );
  const told = steps.flatMap((step): SightingView[] => {
    if (step.kind !== 'sighting') return [];
    const { atMs, by, headingDeg, place } = step;
    const where = { headingDeg, place, latitude: null, longitude: null };
    return [{ at: isoTime(atMs), by: nameOf(by), ...where }];
  });
  return [...seen, ...told].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** A hit and its steps in the form that the page and the command line show. */
export function viewHit(input: {
  hit: Hit;
  standing: HitState;
  steps: readonly Step[];
  images: ImageRef[];
  /** Other sightings of the vehicle by this unit. */
  repeats: readonly Hit[];
  elsewhere: AlertStatus[];
  policy: Policy['verification'];
  nowMs: number;
}): HitView {
  const { hit, standing, steps, images, repeats, elsewhere, policy, nowMs } = input;
  const { list } = hit.match;
  const texts = writtenTexts(steps);
  const recorded = (step: Step): Recorded => ({ at: isoTime(step.atMs), by: nameOf(step.by) });
  const { status, exigent, disposition, occupant, inProgress, act } = standing;
  const visual = Object.fromEntries(
    aspects.map((aspect) => {
      const step = standing.visual[aspect];
      return [
        aspect,
        step && { answer: step.answer, shows: step.shows ?? null, ...recorded(step) },
      ];
    }),
  ) as HitView['visual'];
  return {
    id: hit.id,
    shortId: shortIdOf(hit.id),
    detectionId: hit.detectionId,
    unit: hit.unit,
    head: hit.head,
    title: titleOf(hit.match.entry.category),
    raisedAt: hit.raisedAt,
    plate: hit.unread === true ? null : hit.read.plate,
    named: namedInLine(hit),
    likeliest: hit.read.plate,
    confidence: hit.read.confidence,
    isListedAsRead: isListedAsRead(hit),
    odds: oddsOf(hit),
    withdrawn: hit.state === 'withdrawn',
    repeatOf: hit.repeatOf ?? null,
    match: hit.match,
    caution: cautionsIn(hit.match.entry.reason),
    listAgeS: { atAlert: list.ageS, now: Math.max(0, (nowMs - Date.parse(list.asOf)) / 1000) },
    fix: hit.fix,
    direction: hit.direction,
    state: standing.state,
    visual,
    vehicleUnasked: describesVehicle(hit.match) ? null : noVehicleDescribed,
    status: status && {
      channel: status.channel,
      source: status.source,
      result: status.result,
      ...recorded(status),
    },
    asked: inProgress && recorded(inProgress),
    claim: claimOf(standing, nowMs),
    occupant: occupant && {
      answer: occupant.step?.answer ?? null,
      basis: occupant.step?.basis ?? null,
    },
    exigent: exigent && { text: exigent.text, ...recorded(exigent) },
    act,
    sightings: sightingsOf(repeats, steps).slice(0, mostSightings),
    actions: standing.enforcement.map((step) => ({
      action: step.action,
      note: step.note,
      ...recorded(step),
    })),
    remarks: remarksOn(texts),
    texts,
    pursuitText: act.allowed ? policy.pursuitText : null,
    entryEnd: standing.entryEnd,
    disposition: disposition && {
      outcome: disposition.outcome,
      cadNumber: disposition.cadNumber,
      reportNumber: disposition.reportNumber,
      notes: disposition.notes,
      correction: disposition.correction,
      ...recorded(disposition),
    },
    steps: inOrder(steps).map((step) => ({
      kind: step.kind,
      ...recorded(step),
      struck: step.struck ? { at: isoTime(step.struck.atMs), by: nameOf(step.struck.by) } : null,
    })),
    images,
    elsewhere,
  };
}
