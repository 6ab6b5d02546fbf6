import type { UnitMode } from '../../config/sections/unit.ts';
import type { Source } from './keep-times.ts';

/** The words for a source: "front" on a unit, "front of cars" at headquarters. */
export function sourceWords({ head, mode }: Source, here: UnitMode): string {
  if (here !== 'headquarters') return head;
  if (mode === null) return `${head} of units that have not said what they are`;
  return `${head} of ${mode === 'fixed' ? 'poles' : 'cars'}`;
}
