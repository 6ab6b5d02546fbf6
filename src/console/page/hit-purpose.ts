import type { StatedPurpose } from './api.ts';
import { recentWords } from './recent-words.ts';
import { page } from './state.ts';

/**
 * Why an officer deals with an alert of their own unit: said once for the hit, with the number used last where one is asked.
 */
export function purposeOfHit(id: string): StatedPurpose {
  const [purpose = 'investigation'] = page.session?.purposes ?? [];
  const [number] = recentWords('numbers');
  const reason = `Alert ${id.slice(-6)} of this unit, on its screen`;
  return { purpose, reason, ...(number === undefined ? {} : { incidentNumber: number }) };
}
