import { setImmediate } from 'node:timers/promises';
import { namedPlate } from '../../alerts/odds.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Hit } from '../../records/detection.ts';
import type { BriefHit } from '../../records/record-reader.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { EntryEnds } from './entry-ends.ts';
import { type HitList, type HitView, viewHit } from './hit-view.ts';
import { type HitState, judge } from './judge.ts';
import type { OtherUnitsAlerts } from './other-units-alerts.ts';
import type { Step } from './step.ts';
import type { StepRows } from './step-rows.ts';

/** Which hits a person asks for. */
export interface HitsAsked {
  limit: number;
  /** The lists whose hits they may look at (USR-9). */
  may: (listId: string) => boolean;
  state?: HitState['state'] | undefined;
}

/** Hits shown per turn of the event loop: some ms of work. */
const slice = 20;

/** The hits of the unit, their repeats and siblings, and how far the verification of each is. */
export interface KnownHits {
  /** Throws a Refusal if there is no such hit. */
  of(id: string): Hit;
  /** The hit that a repeat is another sighting of, or the hit itself: to it belongs what is recorded of either. */
  firstOf(hit: Hit): Hit;
  /** The other hits of the vehicle, in every sighting of it, each once. */
  siblingsOf(hit: Hit): Hit[];
  standingOf(hit: Hit): HitState;
  /** As `standingOf`, by steps that are read already. */
  judged(hit: Hit, steps: readonly Step[]): HitState;
  view(hit: Hit): HitView;
  /**
   * The first `limit` of these hits that the person may see and that are in this state, in slices, so that the daemon
   * can raise alerts in between.
   */
  listed(found: readonly BriefHit[], asked: HitsAsked): Promise<HitList>;
}

export function createKnownHits(deps: {
  rows: StepRows;
  elsewhere: OtherUnitsAlerts;
  entryEnds: EntryEnds;
  policy: Policy['verification'];
  clock: Clock;
}): KnownHits {
  const { rows, elsewhere, entryEnds, policy, clock } = deps;

  const firstOf = (hit: Hit): Hit => {
    let first = hit;
    // The first may be purged by now; a repeat that was withdrawn is another vehicle.
    for (let at: Hit | null = hit; at !== null && at.state !== 'withdrawn'; ) {
      first = at;
      at = at.repeatOf === undefined ? null : rows.hit(at.repeatOf);
    }
    return first;
  };

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
    const others = elsewhere.ofPlate(namedPlate(hit));
    const repeats = rows.repeatsOf(first);
    const seen = { images, repeats, elsewhere: others };
    return viewHit({ hit, standing, steps, ...seen, policy, nowMs: clock() });
  };

  return {
    of(id) {
      const hit = rows.hit(id);
      if (hit !== null) return hit;
      throw new Refusal(404, 'no-such-hit', `There is no hit ${id} on this unit.`);
    },
    firstOf,
    siblingsOf,
    standingOf,
    judged,
    view,
    async listed(found, { limit, may, state }) {
      const hits: HitView[] = [];
      const permitted = found.filter(({ list }) => may(list));
      let more = 0;
      for (const [index, { id }] of permitted.entries()) {
        if (hits.length >= limit) {
          more = permitted.length - index;
          break;
        }
        if (index % slice === slice - 1) await setImmediate();
        const hit = rows.hit(id);
        const seen = hit && view(hit);
        if (seen !== null && (state === undefined || seen.state === state)) hits.push(seen);
      }
      const unseen = (all: readonly { list: string }[]) =>
        all.filter(({ list }) => !may(list)).length;
      return {
        hits,
        more,
        withheld: { hits: unseen(found), open: unseen(rows.everyUndisposed()) },
      };
    },
  };
}
