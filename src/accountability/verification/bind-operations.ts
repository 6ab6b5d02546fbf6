import { z } from 'zod';
import { dayMs } from '../../platform/clock.ts';
import { localTime } from '../../platform/local-time.ts';
import { periodMs } from '../gate/input-fields.ts';
import type { HitRights } from '../gate/list-rights.ts';
import type { Actor, Operation } from '../gate/operation.ts';
import { personOf } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import { numberRule } from '../policy/number-rule.ts';
import type { Policy } from '../policy/policy.ts';
import { placeName, refusePersonal } from './check-text.ts';
import { createHitDesk } from './hit-desk.ts';
import type { HitView } from './hit-view.ts';
import { enforcementOutcomes } from './judge.ts';
import {
  checkOccupant,
  claimHit,
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
  releaseHit,
  reopenHit,
  startConfirmation,
  strikeText,
  tellSighting,
} from './operations.ts';
import type { Outcome } from './step.ts';
import type { Verification } from './verification.ts';

/** An arrest or the like is stated by who may enforce, or about an action that such a person recorded (B 466.10). */
function refuseUnacted({ actions }: HitView, outcome: Outcome, actor: Actor): void {
  if (!enforcementOutcomes.has(outcome) || actions.length > 0) return;
  if (actor.permissions.has('alerts.enforce')) return;
  throw new Refusal(
    403,
    'not-permitted',
    `Your role (${actor.role}) may close an alert as ${outcome} once an officer has recorded the action; recording one needs alerts.enforce.`,
  );
}

/** The input for the audit record, without the free text of these fields, which could not be struck there. */
function withoutText<Input extends object>(input: Input, ...fields: (keyof Input)[]) {
  const told = Object.entries(input).map(([name, value]) => {
    const isText = typeof value === 'string' && fields.includes(name as keyof Input);
    return [name, isText ? `(text of ${value.length} characters)` : value];
  });
  return Object.fromEntries(told) as Record<string, unknown>;
}

/** Who may strike what others wrote. */
const strikersOfAny = ['hotplates.delete-any', 'hotplates.approve'] as const;

/** What people do with hits, on this unit. */
export function hitOperations(deps: {
  verification: Verification;
  policy: Policy;
  hitRights: HitRights;
}): Operation[] {
  const { verification, policy, hitRights } = deps;
  const { lint } = policy.hotplates;
  const { mayDeal, hitOf, dealtWith, ofHit } = createHitDesk({ verification, hitRights });
  const rule = numberRule(policy.inquiry);
  const number = z
    .string()
    .trim()
    .refine(rule.test, `does not match this agency's format: ${rule.words}`);

  return [
    listHits.does(({ since, until, ...asked }, { nowMs, actor }) => {
      const range = periodMs({ since, until }, nowMs, dayMs);
      return verification.list({ ...asked, ...range, may: mayDeal(actor) });
    }),
    listOpenHits.does(({ limit }, { actor }) =>
      verification.undisposed({ limit, may: mayDeal(actor) }),
    ),
    listOtherUnitsAlerts.does(() => verification.elsewhere.list()),
    measurePrecision.does(({ by, ...period }, { nowMs }) => {
      const { sinceMs, untilMs } = periodMs(period, nowMs, 90 * dayMs);
      const undisposed = verification.undisposedCount();
      return { ...verification.precision(by, sinceMs, untilMs), undisposed };
    }),
    listWrongAlerts.does((period, { nowMs }) => {
      const { sinceMs, untilMs } = periodMs(period, nowMs);
      return verification.errors
        .between(sinceMs, untilMs)
        .map(({ hitId, at, head, outcome, correction }) => ({
          hitId,
          at,
          head,
          outcome,
          correction,
        }));
    }),
    listMutes.does((_, { actor }) => {
      const may = mayDeal(actor);
      return verification.mutes.list().filter(({ list }) => may(list));
    }),
    liftMute.does(({ id }, { actor }) => {
      const may = mayDeal(actor);
      const mute = verification.mutes.list().find((each) => each.id === id);
      if (mute === undefined || !may(mute.list) || !verification.mutes.lift(id)) {
        throw new Refusal(404, 'no-such-mute', `There is no mute ${id}.`);
      }
      return { lifted: id };
    }),
    openHit.does(({ id }, { actor }) => verification.open(hitOf(id, actor)), ofHit()),

    confirmVisual.does(
      ({ id, ...seen }, { actor }) =>
        verification.confirmVisual(dealtWith(id, actor), seen, personOf(actor)),
      ofHit(),
    ),
    tellSighting.does(
      ({ id, textLookedThrough, ...seen }, { actor }) => {
        refusePersonal({ [placeName]: seen.place }, lint, textLookedThrough);
        return verification.tellSighting(dealtWith(id, actor), seen, personOf(actor));
      },
      { ...ofHit(), query: (input) => withoutText(input, 'place') },
    ),
    startConfirmation.does(
      ({ id }, { actor }) => verification.startConfirmation(dealtWith(id, actor), personOf(actor)),
      ofHit(),
    ),
    confirmStatus.does(({ id, at, ...status }, { actor }) => {
      const atMs = at === undefined ? undefined : Date.parse(at);
      return verification.confirmStatus(dealtWith(id, actor), { ...status, atMs }, personOf(actor));
    }, ofHit()),
    checkOccupant.does(
      ({ id, textLookedThrough, ...checked }, { actor }) => {
        refusePersonal({ basis: checked.basis }, lint, textLookedThrough);
        return verification.checkOccupant(dealtWith(id, actor), checked, personOf(actor));
      },
      { ...ofHit(), query: (input) => withoutText(input, 'basis') },
    ),
    // Never refused for its words, because it cannot wait; personal or CLETS text in them gets a remark.
    declareExigent.does(
      ({ id, text }, { actor }) =>
        verification.declareExigent(dealtWith(id, actor), text, personOf(actor)),
      { ...ofHit(), query: (input) => withoutText(input, 'text') },
    ),
    recordEnforcement.does(
      ({ id, textLookedThrough, ...taken }, { actor }) => {
        refusePersonal({ note: taken.note }, lint, textLookedThrough);
        return verification.enforce(dealtWith(id, actor), taken, personOf(actor));
      },
      { ...ofHit(), query: (input) => withoutText(input, 'note') },
    ),
    disposeHit.does(
      ({ id, textLookedThrough, takenForOpen, ...closed }, { actor }) => {
        const hitId = dealtWith(id, actor);
        if (takenForOpen === true) refuseClosedMeanwhile(verification.open(hitId));
        refusePersonal({ 'text of the notes': closed.notes }, lint, textLookedThrough);
        refuseUnacted(verification.open(hitId), closed.outcome, actor);
        return verification.dispose(hitId, closed, personOf(actor), mayDeal(actor));
      },
      {
        ...ofHit(),
        query: (input) => withoutText(input, 'notes'),
        input: disposalSchema.extend({
          cadNumber: number.optional(),
          reportNumber: number.optional(),
        }),
      },
    ),
    reopenHit.does(
      ({ id, why, textLookedThrough }, { actor }) => {
        refusePersonal({ reason: why }, lint, textLookedThrough);
        return verification.reopen(dealtWith(id, actor), why, personOf(actor));
      },
      { ...ofHit(), query: (input) => withoutText(input, 'why') },
    ),
    claimHit.does(
      ({ id, why, textLookedThrough }, { actor }) => {
        refusePersonal({ reason: why }, lint, textLookedThrough);
        return verification.claim(dealtWith(id, actor), why, personOf(actor));
      },
      { ...ofHit(), query: (input) => withoutText(input, 'why') },
    ),
    releaseHit.does(
      ({ id }, { actor }) => verification.release(dealtWith(id, actor), personOf(actor)),
      ofHit(),
    ),
    strikeText.does(({ id, what }, { actor }) => {
      // Who looks through such texts in entries may take them out of alerts (V 426.4(f)(5): the supervisor).
      const mayStrikeAny = strikersOfAny.some((permission) => actor.permissions.has(permission));
      return verification.strike(dealtWith(id, actor), what, personOf(actor), mayStrikeAny);
    }, ofHit()),
  ];
}

/** Throws a Refusal where somebody has closed the alert: who takes it for open does not mean to correct that. */
function refuseClosedMeanwhile({ disposition }: HitView): void {
  if (disposition === null) return;
  const { outcome, at, by } = disposition;
  throw new Refusal(
    409,
    'closed-meanwhile',
    `This alert is closed: ${outcome.replaceAll('_', ' ')}, ${localTime(at)}, by ${by}. Another disposition corrects that.`,
  );
}
