import { namedPlate } from '../../alerts/odds.ts';
import { isoTime } from '../../platform/clock.ts';
import type { Hit } from '../../records/detection.ts';
import type { AlertStatus } from './alert-status.ts';
import type { AlertUpdate } from './alert-update.ts';
import type { Step } from './step.ts';

/**
 * What every unit is told by an alert-status of something that was done about an alert at headquarters; null if that is
 * nothing to them. It has the id of the step, so that the unit that raised the alert, which gets the step itself, counts
 * it once.
 */
export function statusOf({ steps = [], by }: AlertUpdate, hit: Hit): AlertStatus | null {
  const step = steps.findLast((each) => stateOf(each) !== null);
  const state = step === undefined ? null : stateOf(step);
  if (step === undefined || state === null) return null;
  const { read, match, fix, direction } = hit;
  const { entry } = match;
  return {
    id: step.id,
    hitId: hit.id,
    unit: hit.unit,
    state,
    at: isoTime(step.atMs),
    by: ('dispatch' in by ? by.dispatch : by.name).slice(0, 100),
    alert: {
      plate: namedPlate(hit),
      state: read.state?.code ?? entry.state,
      category: entry.category,
      make: entry.make,
      model: entry.model,
      colour: entry.colour,
      seenAt: hit.changedAt,
      latitude: fix.latitude,
      longitude: fix.longitude,
      headingDeg: direction.headingDeg,
    },
  };
}

function stateOf(step: Step): Exclude<AlertStatus['state'], 'raised'> | null {
  if (step.kind === 'confirmation-started') return 'confirmation_in_progress';
  if (step.kind !== 'status' || step.result === 'no_response') return null;
  return step.result === 'confirmed' ? 'verified' : 'not_verified';
}
