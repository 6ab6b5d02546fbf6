import { boundsOf } from './area.ts';
import type { PlatePattern } from './plate-pattern.ts';
import type { DetectionQuery } from './query.ts';

/** Part of a WHERE clause with its named values. */
export interface Conditions {
  terms: string[];
  values: Record<string, string | number>;
}

const traits = ['make', 'model', 'colour', 'body'] as const;

/** What a query asks of a row, all but its time; exact but for the shape of a circle or polygon. */
export function conditionsOf(query: DetectionQuery, pattern: PlatePattern | null): Conditions {
  const terms: string[] = [];
  const values: Conditions['values'] = {};
  // A plate of nothing but wildcards is any plate that was read.
  if (query.read === 'read' || query.plate !== undefined) terms.push('detection.plate IS NOT NULL');
  if (query.read === 'unread') terms.push('detection.plate IS NULL');
  if (pattern?.kind === 'partial') {
    terms.push('detection.plate GLOB @glob');
    values.glob = pattern.glob;
  }
  if (query.state !== undefined) {
    terms.push('state = @state');
    values.state = query.state;
  }
  if (query.area !== undefined) {
    const bounds = boundsOf(query.area);
    terms.push(
      'latitude BETWEEN @south AND @north',
      bounds.west <= bounds.east
        ? 'longitude BETWEEN @west AND @east'
        : '(longitude >= @west OR longitude <= @east)',
    );
    Object.assign(values, bounds);
  }
  if (query.head !== undefined) {
    terms.push('head = @head');
    values.head = query.head;
  }
  if (isOfHits(query)) terms.push('hit = 1');
  if (query.list !== undefined) {
    terms.push('EXISTS (SELECT 1 FROM hit WHERE listId = @list AND detectionId = detection.id)');
    values.list = query.list;
  }
  for (const trait of traits) {
    const value = query[trait];
    if (value === undefined) continue;
    terms.push(`json_extract(body, '$.vehicle.${trait}.value') = @${trait} COLLATE NOCASE`);
    values[trait] = value;
  }
  return { terms, values };
}

/** Whether only hits are asked for. */
export function isOfHits({ hits, list }: DetectionQuery): boolean {
  return hits || list !== undefined;
}
