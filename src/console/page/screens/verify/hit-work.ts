import type { TemplateResult } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type { StatedPurpose } from '../../api.ts';

/** A hit that is being verified. */
export interface HitWork {
  readonly id: string;
  /** As it is now: its number may be given after the screen was opened. */
  purpose(): StatedPurpose;
  /**
   * Does one thing about it at the unit, whose answer is the hit as it is then; whether it was done. `textLookedThrough`:
   * the person says that words which look personal are not, and must stand.
   */
  take(deed: (textLookedThrough: boolean) => Promise<HitView>): Promise<boolean>;
}

/** One step of the verification. */
export interface Step {
  name: string;
  title: string;
  /** What was said at it; null if it is not done. */
  done: string | null;
  body: () => TemplateResult;
}

/** What an officer answers about the vehicle and the person in it. */
export type Answer = 'yes' | 'no' | 'unknown';

export const answers = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
  { value: 'unknown', label: 'Cannot tell' },
] as const satisfies readonly { value: Answer; label: string }[];
