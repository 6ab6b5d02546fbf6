import { areaWords } from '../../config/area.ts';
import { localTime, namedSpan } from '../../platform/local-time.ts';
import type { Detection } from '../../records/detection.ts';
import { Refusal } from '../gate/refusal.ts';
import { contains } from '../search/area.ts';
import { type Cover, coverWords } from './cover.ts';
import { coveredPlateWords, isCovered, readPlateWords } from './covered-plate.ts';

/** A detection as a package holds it. */
export type Released = Pick<Detection, 'id' | 'read' | 'firstSeen' | 'lastSeen' | 'fix'>;

/** So many of those that lie outside are named; the others are counted. */
const mostNamed = 5;
/** Bounds of more plates or spans than these are counted, and stand in words where all that is covered does. */
const mostBounds = 3;

/** Whether a request covers the plate, the place and the time of a detection. */
export function isInside(detection: Released, cover: Cover): boolean {
  return boundsOutside(detection, cover).length === 0;
}

/**
 * Throws a Refusal unless a request covers each of these detections. It names those that lie outside, each with the bound
 * that it lies outside of; plate and place only to who may see them (`mayRead`).
 */
export function refuseOutside(
  { number, granted }: { number: string; granted: Cover },
  detections: readonly Released[],
  mayRead: boolean,
): void {
  const outside = detections
    .map((detection) => ({ detection, bounds: boundsOutside(detection, granted) }))
    .filter(({ bounds }) => bounds.length > 0);
  if (outside.length === 0) return;
  const inside = detections.length - outside.length;
  const named = outside
    .slice(0, mostNamed)
    .map(({ detection, bounds }) => `${nameOf(detection, mayRead)}: ${bounds.join(', ')}`);
  const more = outside.length - named.length;
  const lines = [
    `Not covered by request ${number}: ${outside.length} of ${detections.length} detections.`,
    ...named.map((line) => `${line}.`),
    ...(more === 0 ? [] : [`And ${more} more.`]),
    `The request covers ${coverWords(granted)}.`,
    inside === 0
      ? 'Enter another request for what lies outside it (lookout release request).'
      : `Leave out what lies outside it, which packs ${inside} (--covered-only), or enter another request for it (lookout release request).`,
  ];
  throw new Refusal(
    403,
    inside === 0 ? 'release-covers-none' : 'release-not-covered',
    lines.join('\n'),
  );
}

/** The bounds of a cover that a detection lies outside of, in words; empty: it is covered. */
function boundsOutside(
  { read, firstSeen, lastSeen, fix }: Released,
  { plates, area, spans }: Cover,
): string[] {
  const isPlate =
    plates.length === 0 || (read !== null && plates.some((plate) => isCovered(read, plate)));
  const { latitude, longitude } = fix;
  const isPlaced = latitude !== null && longitude !== null;
  const isPlace = area === null || (isPlaced && contains(area, latitude, longitude));
  const isTime = spans.some(({ from, to }) => from <= firstSeen && lastSeen < to);
  const placeWords = () =>
    isPlaced
      ? `outside ${area?.kind === 'polygon' ? 'the polygon of the request' : areaWords(area as NonNullable<Cover['area']>)}`
      : 'of no known place, and the request names an area';
  return [
    ...(isPlate ? [] : [`not ${eitherOf(plates.map(coveredPlateWords), 'plates')}`]),
    ...(isPlace ? [] : [placeWords()]),
    ...(isTime
      ? []
      : [
          `not seen ${eitherOf(
            spans.map(({ from, to }) => namedSpan(from, to).text),
            'spans of time',
          )}`,
        ]),
  ];
}

function eitherOf(bounds: readonly string[], what: string): string {
  return bounds.length <= mostBounds
    ? bounds.join(' or ')
    : `one of the ${bounds.length} ${what} of the request`;
}

/** `6MZR274 of California, seen 2026-11-20 14:03:05 -08:00 at 38.10000, -122.25000`; else by its id. */
function nameOf({ id, read, lastSeen, fix }: Released, mayRead: boolean): string {
  const { latitude, longitude } = fix;
  const seen = `seen ${localTime(lastSeen)}`;
  if (!mayRead) return `${id}, ${seen}`;
  const plate = read === null ? 'Unread plate' : readPlateWords(read);
  if (latitude === null || longitude === null) return `${plate}, ${seen}`;
  return `${plate}, ${seen} at ${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}
