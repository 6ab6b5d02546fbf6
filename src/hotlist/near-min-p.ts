import { type HotCategory, urgencyOf } from '../config/hot-categories.ts';
import type { HotlistConfig } from '../config/sections/hotlist.ts';

/** From which probability on what the reader holds possible alerts. */
export type NearMinP = Pick<HotlistConfig, 'nearMinP' | 'nearMinPOf'>;

/** That of an entry: of its list, where that has its own, else by its category. */
export function nearMinPFor(
  { nearMinP, nearMinPOf }: NearMinP,
  category: HotCategory,
  list: { nearMinP?: number | undefined } = {},
): number {
  const urgency = urgencyOf(category);
  return list.nearMinP ?? (urgency === 'standard' ? nearMinP : nearMinPOf[urgency]);
}

/** The least that any entry may have. */
export function leastNearMinP(
  { nearMinP, nearMinPOf }: NearMinP,
  lists: readonly { nearMinP?: number | undefined }[],
): number {
  const own = lists.flatMap((list) => list.nearMinP ?? []);
  return Math.min(nearMinP, nearMinPOf.urgent, nearMinPOf.informational, ...own);
}
