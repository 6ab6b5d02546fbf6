import { changed } from './state.ts';

/** A control does nothing for so long after what it acts on has changed, ms. */
export const guardMs = 700;

let subject = '';
let sinceMs = Number.NEGATIVE_INFINITY;

/** Says what the controls on the screen act on; a change makes them inert for a moment. */
export function actOn(what: string): void {
  if (what === subject) return;
  subject = what;
  sinceMs = performance.now();
  setTimeout(changed, guardMs);
}

/** Whether the controls do nothing now, as what they act on has just changed. */
export function isInert(): boolean {
  return performance.now() - sinceMs < guardMs;
}
