import type { Fix } from '../position/fix.ts';

/** What the unit of a record was when it came to headquarters; null: not known, or it is a record of the unit itself. */
export type SourceMode = 'mobile' | 'fixed' | null;

/** What the place of a record says of its unit: a surveyed point is that of a pole, a receiver's fix that of a car. */
export function modeByFix({ source }: Pick<Fix, 'source'>): SourceMode {
  if (source === 'none') return null;
  return source === 'fixed' ? 'fixed' : 'mobile';
}
