import type { Category, HitMatch } from '../hotlist/hit-match.ts';
import type { AlertClass } from './alert.ts';

/** Officer safety and life at risk: the most insistent sound. */
const urgentCategories: ReadonlySet<Category> = new Set([
  'amber',
  'violent_person',
  'felony_vehicle',
  'threat_screening',
]);

/** Registers of people who are not wanted: useful to know, never urgent. */
const informationalCategories: ReadonlySet<Category> = new Set([
  'gang',
  'supervised_release',
  'sex_offender_registry',
  'immigration_violator',
  'protective_interest',
]);

/**
 * The class of an alert. Specific lists are always informational (ALT-6), and so are wildcard entries (4.2). A near
 * read, or a state that certainly differs, is one class softer than its category (4.2, 4.3), and both together are
 * informational.
 */
export function classify(match: HitMatch): AlertClass {
  const { category } = match.entry;
  if (
    match.list.type === 'specific' ||
    match.tier === 'partial' ||
    informationalCategories.has(category)
  ) {
    return 'informational';
  }
  const near = match.tier === 'near';
  const differs = match.stateAgreement === 'differs';
  if (near && differs) return 'informational';
  if (near || differs) return 'near';
  return urgentCategories.has(category) ? 'urgent' : 'standard';
}

/** How urgent a class is; larger is more urgent. */
export function rankOf(alertClass: AlertClass): number {
  return { informational: 0, near: 1, standard: 2, urgent: 3 }[alertClass];
}
