import { isoTime } from '../../platform/clock.ts';
import type { Actor } from '../gate/operation.ts';
import { personOf } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { HotPlate } from './hot-plate.ts';
import { asOfNow, refuseStranger, type Transition } from './transitions.ts';

type Rules = Pick<Policy, 'hotplates'>;

const hourMs = 3_600_000;
/** The member is told this long before an entry stops alerting, or a third of a shorter time. */
const noticeH = 24;

/**
 * Until when an active entry alerts without being confirmed again, ms; infinite where the policy asks for no refreshing
 * (B 466.11: not stored for more than 72 hours without refreshing it). Its approval, a change, a renewal and a
 * confirmation each refresh it.
 */
export function refreshByMs(
  { standingSince, approvedAt, confirmedAt, enteredAt }: HotPlate,
  { hotplates }: Rules,
): number {
  const { refreshHours } = hotplates;
  if (refreshHours === null) return Number.POSITIVE_INFINITY;
  const times = [standingSince ?? enteredAt, approvedAt, confirmedAt].flatMap((at) => at ?? []);
  return Math.max(...times.map((at) => Date.parse(at))) + refreshHours * hourMs;
}

/** Whether the member who entered it should confirm it soon. */
export function isRefreshNear(entry: HotPlate, policy: Rules, nowMs: number): boolean {
  const { refreshHours } = policy.hotplates;
  if (refreshHours === null) return false;
  return refreshByMs(entry, policy) - nowMs <= Math.min(noticeH, refreshHours / 3) * hourMs;
}

/** The entry, confirmed as still good by the member who entered it; one that had stopped alerting alerts again. */
export function refreshEntry(
  entry: HotPlate,
  actor: Actor,
  { hotplates }: Rules,
  nowMs: number,
): Transition {
  if (hotplates.refreshHours === null) {
    throw new Refusal(
      409,
      'no-refresh',
      'The policy in force asks for no refreshing; an entry stands until it expires or is removed.',
    );
  }
  const now = asOfNow(entry, nowMs);
  if (now.state !== 'active') {
    throw new Refusal(
      409,
      'wrong-state',
      `Hot plate ${entry.id} is ${now.state}; it must be active for this.`,
    );
  }
  refuseStranger(entry, actor);
  const next = { ...entry, revision: entry.revision + 1, confirmedAt: isoTime(nowMs) };
  return { next, kind: 'confirmed', by: personOf(actor), before: entry.content, note: null };
}
