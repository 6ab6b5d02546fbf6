import { urgencyOf } from '../config/hot-categories.ts';
import type { HitMatch } from '../hotlist/hit-match.ts';
import type { AlertClass } from './alert.ts';

/**
 * The class of an alert. Specific lists are always informational (ALT-6), and so are wildcard entries (4.2). A near
 * read, or a state that certainly differs, is one class softer than its category (4.2, 4.3), and both together are
 * informational.
 */
export function classify(match: HitMatch): AlertClass {
  const urgency = urgencyOf(match.entry.category);
  if (match.list.type === 'specific' || match.tier === 'partial' || urgency === 'informational') {
    return 'informational';
  }
  const near = match.tier === 'near';
  const differs = match.stateAgreement === 'differs';
  if (near && differs) return 'informational';
  return near || differs ? 'near' : urgency;
}

/** How urgent a class is; larger is more urgent. */
export function rankOf(alertClass: AlertClass): number {
  return { informational: 0, near: 1, standard: 2, urgent: 3 }[alertClass];
}
