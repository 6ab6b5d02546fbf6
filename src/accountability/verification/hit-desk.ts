import type { RoomRules } from '../gate/definition.ts';
import { type HitRights, hitNotPermitted } from '../gate/list-rights.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Verification } from './verification.ts';

const wholeId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The hits that a person may look at and deal with: the same for every operation. */
export interface HitDesk {
  /** Of a person, the lists whose hits they may deal with. */
  mayDeal: HitRights;
  /** The hit that someone refers to; throws a Refusal that shows nothing of one that they may not look at. */
  hitOf(reference: string, actor: Actor): string;
  /** The hit that a deed on what someone refers to belongs to: of a repeat, the hit that it is another sighting of. */
  dealtWith(reference: string, actor: Actor): string;
  /** As `hitOf`, or the whole id of a hit that is not on this unit: it may be purged by now. */
  hitOrGone(reference: string, actor: Actor): string;
  /** The rules of an operation on one hit. */
  ofHit<Input extends { id: string }>(): Required<Pick<RoomRules<Input>, 'permits' | 'object'>>;
}

export function createHitDesk({
  verification,
  hitRights: mayDeal,
}: {
  verification: Pick<Verification, 'hitsLike' | 'firstOf'>;
  hitRights: HitRights;
}): HitDesk {
  const hitOf = (reference: string, actor: Actor): string => {
    const like = verification.hitsLike(reference);
    if (like.length === 0) {
      throw new Refusal(404, 'no-such-hit', `There is no hit ${reference} on this unit.`);
    }
    const may = mayDeal(actor);
    const own = like.filter(({ list }) => may(list));
    const [first, ...others] = own;
    if (first === undefined) throw hitNotPermitted();
    if (others.length === 0) return first.id;
    throw new Refusal(
      409,
      'ambiguous-hit',
      `${own.length} hits have ${reference} in their id; give more of it: ${own.map(({ id }) => id).join(', ')}.`,
    );
  };

  const ofHit = <Input extends { id: string }>() => ({
    permits: ({ id }: Input, actor: Actor): void => void hitOf(id, actor),
    object({ id }: Input): string {
      const [only, other] = verification.hitsLike(id);
      return `hit ${other === undefined && only !== undefined ? verification.firstOf(only.id) : id}`;
    },
  });

  return {
    mayDeal,
    hitOf,
    dealtWith: (reference, actor) => verification.firstOf(hitOf(reference, actor)),
    hitOrGone: (reference, actor) =>
      wholeId.test(reference) && verification.hitsLike(reference).length === 0
        ? reference
        : hitOf(reference, actor),
    ofHit,
  };
}
