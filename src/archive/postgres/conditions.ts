import type { DetectionFilter, Route } from '../../records/detection-index.ts';
import { vehicleTraits } from '../../records/told-traits.ts';
import { regexOf } from './glob.ts';
import { storable } from './storable.ts';

/** The values of a statement, `$1` and on. */
export class Values {
  readonly all: unknown[] = [];

  /** The place of a value in the statement. */
  add(value: unknown): string {
    this.all.push(typeof value === 'string' ? storable(value) : value);
    return `$${this.all.length}`;
  }
}

/** The terms of a WHERE clause on the archived detections, as `records/detection-index.ts` has them for SQLite. */
export function conditionsOf(filter: DetectionFilter, route: Route, values: Values): string[] {
  const terms: string[] = [];
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) terms.push(`${column} = ${values.add(value)}`);
  };
  if (route.by === 'plates') terms.push(`plate = ANY (${values.add([...route.plates])}::text[])`);
  if (filter.read === true) terms.push('plate IS NOT NULL');
  if (filter.read === false) terms.push('plate IS NULL');
  if (filter.plateGlob !== undefined)
    terms.push(`plate ~ ${values.add(regexOf(filter.plateGlob))}`);
  if (filter.mayBe !== undefined) terms.push(mayBeTerm(filter.mayBe, values));
  equal('state', filter.state);
  if (filter.bounds !== undefined) terms.push(...placeTerms(filter.bounds, values));
  equal('unit', filter.unit);
  equal('head', filter.head);
  if (filter.hits) terms.push('hit');
  if (filter.list !== undefined) {
    terms.push(
      `EXISTS (SELECT 1 FROM archived_hit AS one WHERE one.list_id = ${values.add(filter.list)}
         AND one.detection_id = archived_detection.id AND one.last_seen_ms = archived_detection.last_seen_ms)`,
    );
  }
  equal('canvass', filter.canvass);
  for (const trait of vehicleTraits) {
    const value = filter[trait];
    if (value === undefined) continue;
    // As SQLite's NOCASE: the letters of ASCII alone.
    const place = values.add(['vehicle', trait, 'value']);
    terms.push(
      `lower((body #>> ${place}::text[]) COLLATE "C") = lower(${values.add(value)}::text COLLATE "C")`,
    );
  }
  return terms;
}

/** Read as such a plate, or held possible by its reader. */
function mayBeTerm(mayBe: NonNullable<DetectionFilter['mayBe']>, values: Values): string {
  const fits =
    'glob' in mayBe
      ? `~ ${values.add(regexOf(mayBe.glob))}`
      : `= ANY (${values.add([...mayBe.plates])}::text[])`;
  const has = (path: string) =>
    `EXISTS (SELECT 1 FROM json_array_elements(body #> '${path}') AS one WHERE one ->> 'plate' ${fits})`;
  return `(plate ${fits} OR ${has('{read,alternatives}')} OR ${has('{possible}')})`;
}

/** The index knows places to some metres only, and finds a few more; the second term is exact. */
function placeTerms(bounds: NonNullable<DetectionFilter['bounds']>, values: Values): string[] {
  const [south, west, north, east] = [bounds.south, bounds.west, bounds.north, bounds.east].map(
    (degrees) => `${values.add(degrees)}::float8`,
  );
  const within = (from: string | undefined, to: string | undefined) =>
    `place && ST_MakeEnvelope(${from}, ${south}, ${to}, ${north}, 4326)`;
  const latitude = `latitude BETWEEN ${south} AND ${north}`;
  return bounds.west <= bounds.east
    ? [within(west, east), latitude, `longitude BETWEEN ${west} AND ${east}`]
    : [
        `(${within(west, '180')} OR ${within('-180', east)})`,
        latitude,
        `(longitude >= ${west} OR longitude <= ${east})`,
      ];
}
