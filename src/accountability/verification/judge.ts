import type { Category, HitMatch } from '../../hotlist/hit-match.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Hit } from '../../records/detection.ts';
import { localListId, marksIntro } from '../hotplates/hot-plate.ts';
import type { EntryEnd } from '../hotplates/hot-plates.ts';
import type { Policy } from '../policy/policy.ts';
import type { VerificationState } from './alert-update.ts';
import { aboutHit } from './entry-hash.ts';
import type { Likeness } from './seen-vehicle.ts';
import { type Aspect, aspects, type Outcome, orderOf, type Step } from './step.ts';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** In words that an entry is on its list no more: "the entry was removed at 2026-11-28 14:03:05 -08:00 (recovered)". */
export function entryEndWords({ at, how, outcome }: EntryEnd): string {
  const why = outcome === null ? '' : ` (${outcome.replaceAll('_', ' ')})`;
  return how === 'expired'
    ? `the entry expired at ${localTime(at)}`
    : `the entry was removed at ${localTime(at)}${why}`;
}

/** The state of a hit's verification, and whether an officer may act on it. */
export interface HitState {
  state: VerificationState;
  visual: Record<Aspect, StepOf<'visual'> | null>;
  /** Whether it is verified by eye in every aspect that there is something to compare in. */
  isSeen: boolean;
  /** The answer that counts; null if there is none yet. */
  status: StepOf<'status'> | null;
  /** That someone is asking CLETS or dispatch; null if no one is. */
  inProgress: StepOf<'confirmation-started'> | null;
  /** Null if the reason is not about a person. */
  occupant: { asked: true; step: StepOf<'occupant'> | null } | null;
  exigent: StepOf<'exigent'> | null;
  enforcement: StepOf<'enforcement'>[];
  disposition: StepOf<'disposition'> | null;
  /** Who has taken the alert last, until its time; null if nobody has, or gave it back, or it is closed. */
  claim: StepOf<'claimed'> | null;
  /** That its hot plate is on the list no more; null if it is, and for every other list. */
  entryEnd: EntryEnd | null;
  act: {
    allowed: boolean;
    /** What is missing before an action, in words. */
    missing: string[];
    /** Warnings to record with an action that is taken anyway. */
    warnings: string[];
    /** Whether to declare exigent would make up for a status that is missing (VER-3). */
    exigentHelps: boolean;
  };
}

/** Reasons about a person, who may not be in the vehicle (V 426.4(f)(2)). */
const personLinked: ReadonlySet<Category> = new Set<Category>([
  'wanted_person',
  'warrant',
  'missing_person',
  'protection_order',
  'extreme_risk_protection_order',
  'gang',
  'threat_screening',
  'supervised_release',
  'sex_offender_registry',
  'immigration_violator',
  'protective_interest',
  'violent_person',
  'amber',
]);

export function isPersonLinked({ entry }: HitMatch): boolean {
  return personLinked.has(entry.category);
}

/** Said in place of the answer where the list describes no vehicle. */
export const noVehicleDescribed = 'the list describes no vehicle';

/**
 * Whether the list says anything of the vehicle that an officer can compare. What a hot plate says of its body and its
 * marks stands in its reason.
 */
export function describesVehicle({ list, entry }: HitMatch): boolean {
  const { make, model, colour, year, reason } = entry;
  if ([make, model, colour, year].some((trait) => trait !== null && trait !== '')) return true;
  return list.id === localListId && reason.includes(marksIntro);
}

/** Outcomes that restrict a person's freedom or take the vehicle: only after validation (VER-6). */
export const enforcementOutcomes: ReadonlySet<Outcome> = new Set<Outcome>([
  'arrest',
  'citation',
  'recovered',
  'other_enforcement',
]);

const visualWords: Record<Aspect, string> = {
  characters: 'the characters on the vehicle are those of the listed plate',
  state: 'the state of issue agrees',
  vehicle: 'the vehicle fits its description',
};

/** The steps of a hit in the order in which they count: the same at every place that has the same steps. */
export function inOrder(steps: readonly Step[]): Step[] {
  return steps.toSorted(
    (a, b) => orderOf(a) - orderOf(b) || a.recordedAtMs - b.recordedAtMs || (a.id < b.id ? -1 : 1),
  );
}

/**
 * Derives the state of a hit from its steps, in the order in which they count, whatever the order in which they arrived,
 * from people here or from another place.
 */
export function judge(
  hit: Hit,
  steps: readonly Step[],
  policy: Policy['verification'],
  entryEnd: EntryEnd | null = null,
): HitState {
  const ordered = inOrder(steps);
  const last = <Kind extends Step['kind']>(
    kind: Kind,
    fits: (step: StepOf<Kind>) => boolean = () => true,
  ): StepOf<Kind> | null =>
    (ordered.findLast((step) => step.kind === kind && fits(step as StepOf<Kind>)) as
      | StepOf<Kind>
      | undefined) ?? null;

  const about = aboutHit(hit);
  const visualOf = (aspect: Aspect) =>
    last('visual', (step) => step.aspect === aspect && step.about === about);
  const visual = {
    characters: visualOf('characters'),
    state: visualOf('state'),
    vehicle: visualOf('vehicle'),
  };
  const status =
    last('status', (step) => step.about === about && step.result !== 'no_response') ??
    last('status', (step) => step.about === about);
  const started = last('confirmation-started');
  const isDecided = status !== null && status.result !== 'no_response';
  const inProgress =
    started !== null && !isDecided && (status === null || orderOf(started) >= orderOf(status))
      ? started
      : null;
  const exigent = last('exigent');
  const disposition = ordered.reduce<StepOf<'disposition'> | null>((before, step) => {
    if (step.kind === 'disposition') return step;
    return step.kind === 'reopened' ? null : before;
  }, null);
  const claim = ordered.reduce<StepOf<'claimed'> | null>((before, step) => {
    if (step.kind === 'claimed') return step;
    return step.kind === 'released' || step.kind === 'disposition' ? null : before;
  }, null);
  const occupantStep = last('occupant');
  const occupant =
    policy.occupantCheck && isPersonLinked(hit.match)
      ? { asked: true as const, step: occupantStep }
      : null;

  const isAsked = (aspect: Aspect) => aspect !== 'vehicle' || describesVehicle(hit.match);
  const isVerified = (aspect: Aspect) =>
    visual[aspect]?.answer === 'yes' || (!isAsked(aspect) && visual[aspect]?.answer !== 'no');
  const isSeen = aspects.every(isVerified);
  const isMismatch = aspects.some((aspect) => visual[aspect]?.answer === 'no');
  const isConfirmed = status?.result === 'confirmed';
  const isNotWanted = status?.result === 'not_wanted';

  const blocked: string[] = [];
  if (hit.state === 'withdrawn')
    blocked.push('the alert was withdrawn: the plate no longer matches');
  if (isMismatch) blocked.push('the vehicle does not match the alert');
  if (isNotWanted) blocked.push('the vehicle is not wanted');
  const open: string[] = [];
  const warnings: string[] = [];
  for (const aspect of aspects) {
    if (isVerified(aspect)) {
      if (visual[aspect]?.answer !== 'yes')
        warnings.push(`${noVehicleDescribed}: it was not compared`);
      continue;
    }
    open.push(`not verified by eye that ${visualWords[aspect]}`);
  }
  if (entryEnd !== null) warnings.push(entryEndWords(entryEnd));
  if (!isConfirmed && !isNotWanted) {
    const words = 'the status is not confirmed by CLETS or dispatch';
    if (policy.clets === 'recommended' || (exigent !== null && policy.clets !== 'required')) {
      warnings.push(words);
    } else {
      open.push(words);
    }
  }
  if (occupant !== null && !isOccupantSettled(occupant.step)) {
    open.push('not checked whether the wanted person is in the vehicle, and no other basis given');
  }

  const act = {
    allowed: blocked.length === 0 && open.length === 0,
    missing: [...blocked, ...open],
    warnings,
    exigentHelps:
      policy.clets === 'required_unless_exigent' &&
      exigent === null &&
      !isConfirmed &&
      !isNotWanted,
  };
  const stateNow = (): VerificationState => {
    if (disposition !== null) return 'disposed';
    if (isNotWanted) return 'not_wanted';
    if (isMismatch) return 'mismatch';
    if (isSeen && isConfirmed) return 'validated';
    if (exigent !== null) return 'exigent';
    if (isSeen) return 'visually_verified';
    if (isConfirmed) return 'status_confirmed';
    return inProgress === null ? 'raised' : 'confirmation_in_progress';
  };
  return {
    state: stateNow(),
    visual,
    isSeen,
    status,
    inProgress,
    occupant,
    exigent,
    enforcement: ordered.filter((step) => step.kind === 'enforcement'),
    disposition,
    claim: disposition === null ? claim : null,
    entryEnd,
    act,
  };
}

function isOccupantSettled(step: StepOf<'occupant'> | null): boolean {
  return step !== null && (step.answer === 'yes' || step.basis !== null);
}

/** Outcomes that say that the alert was right: it led to the vehicle or the person that is wanted. */
export const rightOutcomes: ReadonlySet<Outcome> = new Set<Outcome>([
  ...enforcementOutcomes,
  'person_located',
]);

/**
 * Whether an outcome says that the alert was right, wrong, or neither (precision counts the first two). A misread of a
 * vehicle that is the listed one all the same was a right alert with a read error.
 *
 * @param likeness how the vehicle, as corrected, compares with the entry.
 */
export function judgeOutcome(
  outcome: Outcome,
  standing: HitState,
  likeness: Likeness,
): 'right' | 'wrong' | 'undetermined' {
  switch (outcome) {
    case 'misread_characters':
    case 'misread_state':
      if (likeness === 'other') return 'wrong';
      return likeness === 'listed' ? 'right' : 'undetermined';
    case 'stale_entry':
    case 'bad_entry':
    case 'not_wanted':
      return 'wrong';
    case 'not_located':
    case 'entry_removed':
      return 'undetermined';
    case 'no_action':
      return standing.isSeen ? 'right' : 'undetermined';
    default:
      return standing.status?.result === 'not_wanted' ? 'wrong' : 'right';
  }
}
