import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Policy } from '../policy/policy.ts';
import type { HotPlate } from './hot-plate.ts';
import { isRefreshNear, refreshByMs } from './refresh.ts';
import { asOfNow } from './transitions.ts';

/** An entry that needs attention. */
export interface Reminder {
  id: string;
  category: string;
  caseNumber: string | null;
  enteredBy: string;
  /** Account of the member who entered it. */
  owner: string;
  /** Since when the entry stands or, ended, stood. */
  since: string;
  /**
   * old: remove it if the investigation is over (HOT-10); no-outcome: it ended without a recorded outcome (HOT-16);
   * refresh: it must be confirmed soon; lapsed: it was not, and does not alert (B 466.11).
   */
  why: 'old' | 'no-outcome' | 'refresh' | 'lapsed';
  /** Until when it alerts unless it is confirmed; null where that is not asked. */
  refreshBy: string | null;
  ageDays: number;
  expires: string | null;
}

/**
 * A reminder that an entry has been on the list for long or ended without an outcome; null if there is nothing to do.
 */
export function reminderOf(
  stored: HotPlate,
  policy: Pick<Policy, 'hotplates'>,
  nowMs: number,
): Reminder | null {
  const entry = asOfNow(stored, nowMs);
  const sinceMs = Date.parse(entry.standingSince ?? entry.enteredAt);
  const ageDays = (nowMs - sinceMs) / dayMs;
  const refreshMs = refreshByMs(entry, policy);
  const why = whyOf();
  if (why === null) return null;
  const { id, content, enteredBy } = entry;
  return {
    id,
    category: content?.category ?? 'other',
    caseNumber: content?.caseNumber ?? null,
    enteredBy: enteredBy.name,
    owner: enteredBy.account,
    since: isoTime(sinceMs),
    why,
    refreshBy: Number.isFinite(refreshMs) ? isoTime(refreshMs) : null,
    ageDays: Math.floor(ageDays),
    expires: content?.expires ?? null,
  };

  function whyOf(): Reminder['why'] | null {
    if (entry.state === 'expired') return 'no-outcome';
    if (refreshMs <= nowMs) return 'lapsed';
    if (isRefreshNear(entry, policy, nowMs)) return 'refresh';
    return ageDays >= policy.hotplates.remindAfterDays ? 'old' : null;
  }
}
