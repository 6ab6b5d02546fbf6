import { z } from 'zod';
import { dayMs } from '../../platform/clock.ts';
import { periodMs } from '../gate/input-fields.ts';
import { type ListSources, listRights } from '../gate/list-rights.ts';
import type { Actor, Operation } from '../gate/operation.ts';
import { personOf } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import { numberForm, type Policy } from '../policy/policy.ts';
import { refusePersonal } from './check-text.ts';
import type { HitView } from './hit-view.ts';
import {
  checkOccupant,
  confirmStatus,
  confirmVisual,
  declareExigent,
  disposalSchema,
  disposeHit,
  liftMute,
  listHits,
  listMutes,
  listOpenHits,
  listOtherUnitsAlerts,
  listWrongAlerts,
  measurePrecision,
  openHit,
  recordEnforcement,
  reopenHit,
  startConfirmation,
} from './operations.ts';
import type { Verification } from './verification.ts';

/** What people do with hits, on this unit. */
export function hitOperations(deps: {
  verification: Verification;
  policy: Policy;
  lists: ListSources;
}): Operation[] {
  const { verification } = deps;
  const { lint } = deps.policy.hotplates;
  const browsable = (hits: readonly HitView[], actor: Actor): HitView[] => {
    const mayBrowse = listRights(actor, deps.lists);
    return hits.filter(({ match }) => mayBrowse(match.list.id));
  };
  const number = z
    .string()
    .trim()
    .regex(
      numberForm(deps.policy.inquiry.caseNumberPattern),
      'does not match the format of this agency',
    );

  return [
    listHits.does(async ({ list, state, limit, ...period }, { nowMs, actor }) => {
      const hits = await verification.list({ ...periodMs(period, nowMs, dayMs), list, limit });
      const shown = browsable(hits, actor);
      return state === undefined ? shown : shown.filter((hit) => hit.state === state);
    }),
    listOpenHits.does(({ limit }) => verification.undisposed(limit)),
    listOtherUnitsAlerts.does(() => verification.elsewhere.list()),
    measurePrecision.does(({ by, ...period }, { nowMs }) => {
      const { sinceMs, untilMs } = periodMs(period, nowMs, 90 * dayMs);
      const undisposed = verification.undisposedCount();
      return { ...verification.precision(by, sinceMs, untilMs), undisposed };
    }),
    listWrongAlerts.does((period, { nowMs }) => {
      const { sinceMs, untilMs } = periodMs(period, nowMs);
      return verification.errors(sinceMs, untilMs);
    }),
    listMutes.does(() => verification.mutes.list()),
    liftMute.does(({ id }) => {
      if (!verification.mutes.lift(id)) {
        throw new Refusal(404, 'no-such-mute', `There is no mute ${id}.`);
      }
      return { lifted: id };
    }),
    openHit.does(({ id }, { actor }) => {
      const hit = verification.open(id);
      if (browsable([hit], actor).length === 0) {
        throw new Refusal(
          403,
          'source-not-permitted',
          `You are not authorised to browse hits of ${hit.match.list.name}. Ask an administrator.`,
        );
      }
      return hit;
    }),

    confirmVisual.does(({ id, ...seen }, { actor }) =>
      verification.confirmVisual(id, seen, personOf(actor)),
    ),
    startConfirmation.does(({ id }, { actor }) =>
      verification.startConfirmation(id, personOf(actor)),
    ),
    confirmStatus.does(({ id, at, ...status }, { actor }) => {
      const atMs = at === undefined ? undefined : Date.parse(at);
      return verification.confirmStatus(id, { ...status, atMs }, personOf(actor));
    }),
    checkOccupant.does(({ id, ...checked }, { actor }) => {
      refusePersonal({ basis: checked.basis }, lint);
      return verification.checkOccupant(id, checked, personOf(actor));
    }),
    // Never refused for its words, because it cannot wait; personal or CLETS text in them gets a remark.
    declareExigent.does(({ id, text }, { actor }) =>
      verification.declareExigent(id, text, personOf(actor)),
    ),
    recordEnforcement.does(({ id, ...taken }, { actor }) => {
      refusePersonal({ note: taken.note }, lint);
      return verification.enforce(id, taken, personOf(actor));
    }),
    disposeHit.does(
      ({ id, ...closed }, { actor }) => {
        refusePersonal({ 'text of the notes': closed.notes }, lint);
        return verification.dispose(id, closed, personOf(actor));
      },
      {
        input: disposalSchema.extend({
          cadNumber: number.optional(),
          reportNumber: number.optional(),
        }),
      },
    ),
    reopenHit.does(({ id, why }, { actor }) => {
      refusePersonal({ reason: why }, lint);
      return verification.reopen(id, why, personOf(actor));
    }),
  ];
}
