import type { PreviewPlate } from '../../../../vision/head/preview-frame.ts';
import type { UnreadReason } from '../../../../vision/reading/plate-read.ts';

/** How a figure is: by mark and word besides its colour. */
export interface Verdict {
  mark: string;
  word: string;
  className: 'good' | 'doubt' | 'bad';
}

export const good = (word = 'good'): Verdict => ({ mark: '✓', word, className: 'good' });
export const doubtful = (word: string): Verdict => ({ mark: '▲', word, className: 'doubt' });
export const bad = (word: string): Verdict => ({ mark: '✕', word, className: 'bad' });

/** Plates from this width on are read well; below the lower one hardly, px. */
export const goodWidthPx = 90;
export const poorWidthPx = 60;

export function widthVerdict(widthPx: number): Verdict {
  if (widthPx < poorWidthPx) return bad('too small');
  return widthPx < goodWidthPx ? doubtful('small') : good();
}

/** Why plates are not read. */
export const unreadNames: Record<UnreadReason, string> = {
  too_small: 'too small',
  low_confidence: 'unsure',
  no_contrast: 'no contrast',
};

/** Whether a plate is read, or why not. */
export function readWords(unread: PreviewPlate['unread']): string {
  if (unread === null) return 'read';
  if (unread === 'passed_over') return 'passed over: this computer is too slow for all';
  return `not read: ${unreadNames[unread]}`;
}

/** The middle one; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** A number with as many digits as say something. */
export const figure = (value: number): string =>
  Math.abs(value) >= 10 ? Math.round(value).toString() : value.toFixed(1);

export const percent = (share: number): string =>
  `${share > 0 && share < 0.01 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
