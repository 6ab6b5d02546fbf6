import { isoTime } from '../../platform/clock.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Hit } from '../../records/detection.ts';
import { Refusal } from '../gate/refusal.ts';
import { localListId } from '../hotplates/hot-plate.ts';
import type { Policy } from '../policy/policy.ts';
import type { HitState } from './judge.ts';
import { compareWithEntry, type Likeness, type SeenVehicle } from './seen-vehicle.ts';
import { type Correction, type Disposition, nameOf, type Outcome } from './step.ts';

/** How an alert is closed. */
export interface DisposeInput {
  outcome: Outcome;
  cadNumber?: string | undefined;
  reportNumber?: string | undefined;
  notes?: string | undefined;
  correctedPlate?: string | undefined;
  correctedState?: string | undefined;
}

/** Outcomes about one entry; the vehicle's hits on other lists stay open. */
export const entryOutcomes: ReadonlySet<Outcome> = new Set<Outcome>([
  'stale_entry',
  'bad_entry',
  'not_wanted',
  'misread_state',
  'entry_removed',
]);

export function isMisread(outcome: Outcome): boolean {
  return outcome === 'misread_characters' || outcome === 'misread_state';
}

/** Outcomes that mute a vehicle on confirmation by CLETS or dispatch, which must be recorded. */
const unwantedOutcomes: ReadonlySet<Outcome> = new Set<Outcome>(['stale_entry', 'not_wanted']);

/** The complete disposition that an officer stated; throws a Refusal that says what is missing. */
export function dispositionOf(
  hit: Hit,
  input: DisposeInput,
  standing: HitState,
  policy: Policy['verification'],
): Omit<Disposition, 'with'> {
  const { outcome, cadNumber = null, reportNumber = null, notes = null } = input;
  if (unwantedOutcomes.has(outcome) && standing.status?.result !== 'not_wanted') {
    throw new Refusal(
      409,
      'status-missing',
      'First record who confirmed that it is no longer wanted: a status of "not_wanted" with its source.',
    );
  }
  const isEnded = outcome === 'entry_removed';
  if (isEnded && standing.entryEnd === null) {
    throw new Refusal(
      409,
      'entry-stands',
      'The entry is on its list, as far as this unit can tell. Close it as stale_entry or not_wanted, with who confirmed that.',
    );
  }
  // The log of the hot plate says it, or the version of the list, unless something was done about the vehicle.
  const isOnRecord = isEnded && standing.enforcement.length === 0;
  if (
    policy.documentedIn &&
    !isOnRecord &&
    cadNumber === null &&
    reportNumber === null &&
    notes === null
  ) {
    throw new Refusal(
      400,
      'undocumented',
      `${closedWords(standing)}Say where this is documented: a CAD or incident number, a report number, or CAD notes.`,
    );
  }
  const correction = correctionOf(hit, withSeen(hit, input, standing));
  return { outcome, cadNumber, reportNumber, notes, correction };
}

/** That the alert is closed already, so that nobody corrects what another has just recorded without knowing. */
function closedWords({ disposition }: HitState): string {
  if (disposition === null) return '';
  const at = localTime(isoTime(disposition.atMs));
  return `This alert is closed: ${disposition.outcome}, ${at}, by ${nameOf(disposition.by)}. Another disposition corrects that. `;
}

/**
 * The input with the plate and the state that an officer has made out before, where it names none. A plate that did not
 * count as read is no error of the reader unless the alert is closed as one.
 */
function withSeen({ unread }: Hit, input: DisposeInput, { visual }: HitState): DisposeInput {
  const shows = unread && !isMisread(input.outcome) ? undefined : visual.characters?.shows;
  const { correctedPlate = shows, correctedState = visual.state?.shows } = input;
  return { ...input, correctedPlate, correctedState };
}

/** The vehicle that a disposition speaks of, as it is on the road. */
export function vehicleOf(
  { visual }: HitState,
  { correction }: Pick<Disposition, 'correction'>,
): SeenVehicle {
  const { original = null, corrected = null } = correction ?? {};
  const isPlateSaid = corrected !== null && corrected.plate !== original?.plate;
  const isStateSaid = corrected !== null && corrected.state !== original?.state;
  return {
    plate: isPlateSaid ? corrected.plate : (visual.characters?.shows ?? null),
    state: isStateSaid ? corrected.state : (visual.state?.shows ?? null),
  };
}

/** The plate read and the correct plate; a misread cannot be closed without them (VER-11). */
function correctionOf(hit: Hit, input: DisposeInput): Correction | null {
  const { outcome, correctedPlate, correctedState } = input;
  const plate = hit.unread === true ? null : hit.read.plate;
  const original = { plate, state: hit.read.state?.code ?? null };
  const corrected = {
    plate: correctedPlate ?? original.plate,
    state: correctedState ?? original.state,
  };
  if (outcome === 'misread_characters' && corrected.plate === original.plate) {
    throw new Refusal(
      400,
      'correction-missing',
      'Give the plate as it is on the vehicle, and ? for a character that cannot be made out.',
    );
  }
  if (outcome === 'misread_state' && correctedState === undefined) {
    throw new Refusal(400, 'correction-missing', 'Give the state of issue as it is on the plate.');
  }
  const isSame = corrected.plate === original.plate && corrected.state === original.state;
  return isSame ? null : { original, corrected };
}

/** What the officer should do after closing the alert, or null. */
export function promptOf(
  { match }: Pick<Hit, 'match'>,
  outcome: Outcome,
  likeness: Likeness,
): string | null {
  const { list, entry } = match;
  if (isMisread(outcome) && likeness !== 'other') {
    return likeness === 'listed'
      ? 'The vehicle is the listed one: the alert was right and is not silenced; the error of the reader is counted.'
      : 'The vehicle may be the listed one, so it is not silenced.';
  }
  if (outcome === 'recovered') {
    if (list.id === localListId) {
      return `The officer who finds the vehicle must have it removed from the list: type lookout hotplate recovered ${entry.id}.`;
    }
    return list.type === 'specific'
      ? `The officer who finds the vehicle must have it removed from the list: remove ${entry.id} from ${list.name}.`
      : `Ask the entering agency to clear the entry in ${list.name}.`;
  }
  if (outcome === 'stale_entry' || outcome === 'bad_entry') {
    return `The member who entered it is notified; the vehicle does not alert here until the entry in ${list.name} changes.`;
  }
  return null;
}

/** What became of another hit of the vehicle that was closed with the first, where it is silenced. */
export function silencedWords({ match: { list, entry } }: Pick<Hit, 'match'>): string {
  return `The hit of ${entry.id} in ${list.name} was closed with it and is silenced, because its plate is not the one that you gave. Is that plate right? "lookout hit mutes" shows it, "lookout hit lift-mute" ends it.`;
}

/** What was taken back with an earlier disposition, and what only people can take back; null if nothing. */
export function takenBackOf(
  { match: { list, entry } }: Pick<Hit, 'match'>,
  before: Disposition | null,
  now: { outcome: Outcome; restored: boolean },
): string | null {
  if (before === null || before.outcome === now.outcome) return null;
  const parts = [
    `The earlier disposition (${before.outcome}) no longer counts, nor what it silenced.`,
  ];
  if (now.restored) parts.push(`The hot plate ${entry.id} is on the list again.`);
  else if (before.outcome === 'recovered' && list.id !== localListId) {
    parts.push(`If the entry in ${list.name} was cleared, tell the entering agency.`);
  }
  return parts.join(' ');
}

/** How the vehicle of a hit, as a disposition has it, compares with the entry. `oIsZero`: of its list. */
export function likenessOf(
  hit: Hit,
  standing: HitState,
  closed: Pick<Disposition, 'correction'>,
  oIsZero: (listId: string) => boolean,
): Likeness {
  return compareWithEntry(hit, vehicleOf(standing, closed), oIsZero(hit.match.list.id));
}
