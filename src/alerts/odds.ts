import { wildcardPattern } from '../hotlist/judge-match.ts';
import { isWildcard } from '../hotlist/plate-text.ts';
import type { Hit } from '../records/detection.ts';
import { possibleTexts } from '../records/possible-texts.ts';
import { withOAs0 } from '../vision/reading/plate-read.ts';

/** Of a hit, what was read and what matched. */
type Matched = Pick<Hit, 'read' | 'unread' | 'match'>;

/** Texts that are told of those that are listed, and of the others. */
const mostTold = 2;

/**
 * What the reader gives the text that was read, the listed one and the likeliest others, O and 0 as one: "62 % 7ABC123,
 * 31 % 2ABC123 (listed)". Null where the text that was read is the listed one, and where the reader gives that nothing.
 */
export function oddsOf(hit: Matched): string | null {
  if (isListedAsRead(hit)) return null;
  const { read, match } = hit;
  const isListed = patternOf(match.entry.plate);
  const texts = new Map<string, { plate: string; p: number }>();
  for (const { plate, p } of possibleTexts(read)) {
    const key = withOAs0(plate);
    const known = texts.get(key);
    texts.set(key, { plate: known?.plate ?? plate, p: Math.min(1, (known?.p ?? 0) + p) });
  }
  const ranked = [...texts.values()].filter(({ p }) => p > 0).sort((a, b) => b.p - a.p);
  const listed = ranked.filter(({ plate }) => isListed(plate)).slice(0, mostTold);
  const own = listed[0];
  // O and 0 are all that differs.
  const isSame =
    hit.unread !== true && own !== undefined && withOAs0(own.plate) === withOAs0(read.plate);
  if (own === undefined || isSame) return null;
  const others = ranked.filter(({ plate }) => !isListed(plate)).slice(0, mostTold);
  return [...others, ...listed]
    .sort((a, b) => b.p - a.p)
    .map((each) =>
      isListed(each.plate)
        ? `${percent(each.p)} ${isWildcard(match.entry.plate) ? each.plate : match.entry.plate} (listed)`
        : `${percent(each.p)} ${each.plate}`,
    )
    .join(', ');
}

/** Whether a text is the listed one, or covered by it; O and 0 are one in whole plates. */
function patternOf(listed: string): (text: string) => boolean {
  if (!isWildcard(listed)) return (text) => withOAs0(text) === withOAs0(listed);
  const pattern = wildcardPattern(listed);
  return (text) => pattern.test(text);
}

/** A share above nothing is never told as nothing. */
const percent = (p: number) => (p < 0.01 ? 'under 1 %' : `${Math.round(100 * p)} %`);

/** Whether a text counts as read and is the listed one, or is covered by the listed part; else it is only possible. */
export function isListedAsRead({ read, unread, match: { tier, entry } }: Matched): boolean {
  if (unread === true || tier === 'near') return false;
  return tier === 'exact' || !isWildcard(entry.plate) || patternOf(entry.plate)(read.plate);
}

/** The plate that a hit is named by: as read, or as listed where nothing counts as read. */
export const namedPlate = ({ read, unread, match }: Matched): string =>
  unread === true ? match.entry.plate : read.plate;

/** The same in a line, where a plate that nobody read is marked as such. */
export const namedInLine = (hit: Matched): string =>
  `${hit.unread === true ? '≈ ' : ''}${namedPlate(hit)}`;
