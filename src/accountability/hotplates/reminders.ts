import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Policy } from '../policy/policy.ts';
import type { HotPlate } from './hot-plate.ts';
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
  /** old: remove it if the investigation is over (HOT-10); no-outcome: it ended without a recorded outcome (HOT-16). */
  why: 'old' | 'no-outcome';
  ageDays: number;
  expires: string | null;
}

/**
 * A reminder that an entry has been on the list for long or ended without an outcome; null if there is nothing to do.
 */
export function reminderOf(
  stored: HotPlate,
  { hotplates }: Pick<Policy, 'hotplates'>,
  nowMs: number,
): Reminder | null {
  const entry = asOfNow(stored, nowMs);
  const sinceMs = Date.parse(entry.standingSince ?? entry.enteredAt);
  const ageDays = (nowMs - sinceMs) / dayMs;
  const why = entry.state === 'expired' ? 'no-outcome' : 'old';
  if (why === 'old' && ageDays < hotplates.remindAfterDays) return null;
  const { id, content, enteredBy } = entry;
  return {
    id,
    category: content?.category ?? 'other',
    caseNumber: content?.caseNumber ?? null,
    enteredBy: enteredBy.name,
    owner: enteredBy.account,
    since: isoTime(sinceMs),
    why,
    ageDays: Math.floor(ageDays),
    expires: content?.expires ?? null,
  };
}
