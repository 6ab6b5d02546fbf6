import { isHeadquarters } from './state.ts';
import { codeWords, timeOfDay, when } from './words.ts';

const unreadNames: Record<string, string> = {
  too_small: 'too small',
  low_confidence: 'too unsure',
  no_contrast: 'no contrast',
};

/** "8LVN362", or why there is no plate: "unread (too small)" */
export function readPlateWords({
  plate,
  unread,
}: {
  plate: string | null;
  unread: string | null;
}): string {
  if (plate !== null) return plate;
  const why = unread === null ? '' : ` (${unreadNames[unread] ?? codeWords(unread)})`;
  return `unread${why}`;
}

/** "2026-11-29 14:03:05" in the unit's zone. */
export function seenWords(iso: string): string {
  const ms = Date.parse(iso);
  return `${when(ms).slice(0, 10)} ${timeOfDay(ms).slice(0, 8)}`;
}

/** "97 %"; null where nothing was read. */
export const sureWords = (confidence: number | null): string | null =>
  confidence === null ? null : `${Math.round(confidence * 100)}\u00a0%`;

/** Which camera saw it: at headquarters, of which unit. */
export const cameraWords = ({ unit, head }: { unit: string; head: string }): string =>
  isHeadquarters() ? `${head} of ${unit}` : head;
