import type { Hit } from '../records/detection.ts';
import { withOAs0 } from '../vision/reading/plate-read.ts';

/** Texts that are told besides the listed one. */
const mostTold = 2;

/**
 * What the reader gives the text that was read, the listed one and the likeliest others, O and 0 as one: "62 % 7ABC123,
 * 31 % 2ABC123 (listed)". Null for a match that is not near, and where the reader gives the listed text nothing.
 */
export function oddsOf({ read, match }: Pick<Hit, 'read' | 'match'>): string | null {
  if (match.tier !== 'near') return null;
  const listed = match.entry.plate;
  const texts = new Map<string, { plate: string; p: number }>();
  for (const { plate, p } of [{ plate: read.plate, p: read.confidence }, ...read.alternatives]) {
    const key = withOAs0(plate);
    const known = texts.get(key);
    texts.set(key, { plate: known?.plate ?? plate, p: Math.min(1, (known?.p ?? 0) + p) });
  }
  const own = texts.get(withOAs0(listed));
  if (own === undefined || own.p === 0) return null;
  const others = [...texts.values()]
    .filter((each) => each !== own)
    .sort((a, b) => b.p - a.p)
    .slice(0, mostTold);
  return [...others, { plate: listed, p: own.p }]
    .sort((a, b) => b.p - a.p)
    .map(({ plate, p }) => `${percent(p)} ${plate}${plate === listed ? ' (listed)' : ''}`)
    .join(', ');
}

/** A share above nothing is never told as nothing. */
const percent = (p: number) => (p < 0.01 ? 'under 1 %' : `${Math.round(100 * p)} %`);

/** The plate that a hit is named by: as read, or as listed where nothing counts as read. */
export const namedPlate = ({ read, unread, match }: Pick<Hit, 'read' | 'unread' | 'match'>) =>
  unread === true ? match.entry.plate : read.plate;
