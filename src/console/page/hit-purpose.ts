import type { StatedPurpose } from './api.ts';
import { isHeadquarters, page } from './state.ts';

/** The CAD or incident number that somebody gave for an alert on this screen, by its hit. */
const numbers = new Map<string, string>();

export const numberOfHit = (id: string): string => numbers.get(id) ?? '';

/** A number is never taken over from another alert: the record would name an incident that it has nothing to do with. */
export function giveNumber(id: string, number: string): void {
  if (number.trim() === '') numbers.delete(id);
  else numbers.set(id, number.trim());
}

/** Whether the policy asks for a number before this alert is dealt with, and nobody has given one. */
export const lacksNumber = (id: string): boolean =>
  page.session?.inquiryAsks === 'case_and_reason' && !numbers.has(id);

/** Why an officer deals with an alert of their own unit: said once for the hit. */
export function purposeOfHit(id: string): StatedPurpose {
  const [purpose = 'investigation'] = page.session?.purposes ?? [];
  const number = numberOfHit(id);
  const where = isHeadquarters() ? 'of a unit, at headquarters' : 'of this unit, on its screen';
  const reason = `Alert ${id.slice(-6)} ${where}`;
  return { purpose, reason, ...(number === '' ? {} : { incidentNumber: number }) };
}
