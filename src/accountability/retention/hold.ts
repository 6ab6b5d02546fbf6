import { z } from 'zod';
import { areaSchema, askedAreaSchema } from '../../config/area.ts';
import { canonicalKey, hasPlateSignsOnly, normalisePlate } from '../../hotlist/plate-text.ts';
import { isoTime } from '../../platform/clock.ts';
import { boundsOfDay } from '../../platform/local-time.ts';
import { timeZoneName } from '../../platform/time-zone.ts';
import { fromTime, throughTime } from '../gate/input-fields.ts';
import { contains } from '../search/area.ts';

const longestList = 10_000;
const fewestCharacters = 3;

const plateScope = z.strictObject({
  kind: z.literal('plate'),
  plate: z
    .string()
    .max(32)
    .refine(
      hasPlateSignsOnly,
      'has a sign that no plate has; ? stands for one character, * for several',
    )
    .transform((text) => text.toUpperCase().replace(/[^A-Z0-9?*]/g, ''))
    .refine(
      (text) => text.replace(/[?*]/g, '').length >= fewestCharacters,
      `needs at least ${fewestCharacters} known characters besides ? and *`,
    )
    .describe('? matches one character, * a run; look-alikes (0 O D Q, 8 B …) match too'),
});
const caseScope = z.strictObject({
  kind: z.literal('case'),
  caseNumber: z.string().min(1).max(64),
});
const areaScopeOf = (area: typeof areaSchema) =>
  z
    .strictObject({
      kind: z.literal('area'),
      area,
      from: fromTime,
      to: throughTime
        .nullable()
        .describe('A day: to its last moment; null: until the hold is lifted'),
    })
    .refine(({ from, to }) => to === null || from <= to, {
      path: ['to'],
      message: 'is before from',
    });
const detectionsScope = z.strictObject({
  kind: z.literal('detections'),
  detectionIds: z.array(z.uuid()).min(1).max(longestList),
});

/** What a person asks to keep (RET-10). */
export const holdScopeSchema = z.discriminatedUnion('kind', [
  plateScope,
  caseScope,
  areaScopeOf(askedAreaSchema).transform((scope) => ({ ...scope, zone: timeZoneName() })),
  detectionsScope,
]);
export type AskedHoldScope = z.input<typeof holdScopeSchema>;

/** A scope as it is stored. `zone` is the one in which its days were read; a hold of an earlier version has none. */
const storedScopeSchema = z.discriminatedUnion('kind', [
  plateScope,
  caseScope,
  areaScopeOf(areaSchema).extend({ zone: z.string().optional() }),
  detectionsScope,
]);

/** What a hold keeps: it covers existing and later data. */
export type HoldScope = z.output<typeof storedScopeSchema>;

/**
 * The scope of a stored hold. Earlier versions took a day as one in UTC. A time of theirs at UTC's midnight may have
 * been meant as a day of the unit's zone, so the hold keeps both.
 */
export function storedScope(text: string): HoldScope {
  const scope = storedScopeSchema.parse(JSON.parse(text));
  if (scope.kind !== 'area') return scope;
  const { zone, ...rest } = scope;
  if (zone !== undefined) return { ...rest, zone };
  const [from, to] = [localDayOf(rest.from), rest.to === null ? null : localDayOf(rest.to)];
  return {
    ...rest,
    from: isoTime(Math.min(from.startMs, Date.parse(rest.from))),
    to: to && isoTime(Math.max(to.endMs - 1, to.startMs, Date.parse(rest.to ?? ''))),
    zone: timeZoneName(),
  };
}

/** The facts of a detection that decide whether a hold covers it. */
export interface HoldSubject {
  id: string;
  firstSeenMs: number;
  lastSeenMs: number;
  latitude: number | null;
  longitude: number | null;
  /** As read, with the reader's alternatives, and as matched at each hit. */
  plates: readonly string[];
  /** Cases that it was attached to, and those of the entries that it matched. */
  caseNumbers: readonly string[];
}

/** A function that returns whether the scope covers a detection. In doubt it does. */
export function keeps(scope: HoldScope): (subject: HoldSubject) => boolean {
  switch (scope.kind) {
    case 'plate': {
      const fits = platePattern(scope.plate);
      return ({ plates }) => plates.some((plate) => fits.test(canonicalKey(normalisePlate(plate))));
    }
    case 'case': {
      const wanted = caseKey(scope.caseNumber);
      return ({ caseNumbers }) => caseNumbers.some((number) => caseKey(number) === wanted);
    }
    case 'area': {
      const fromMs = Date.parse(scope.from);
      const toMs = scope.to === null ? Number.POSITIVE_INFINITY : Date.parse(scope.to);
      const { area } = scope;
      return (subject) =>
        subject.lastSeenMs >= fromMs &&
        subject.firstSeenMs <= toMs &&
        // A detection without a position may have been in the area.
        (subject.latitude === null ||
          subject.longitude === null ||
          contains(area, subject.latitude, subject.longitude));
    }
    case 'detections': {
      const ids = new Set(scope.detectionIds);
      return ({ id }) => ids.has(id);
    }
  }
}

/** Normalises a case number, since people type them: "26-0042" and "26-0042 " are the same. */
export function caseKey(caseNumber: string): string {
  return caseNumber.trim().toUpperCase();
}

/** The local day of a time at UTC's midnight; of another time, that moment. */
function localDayOf(time: string): { startMs: number; endMs: number } {
  const [day, rest] = time.split('T');
  const atMs = Date.parse(time);
  return rest === '00:00:00.000Z' && day ? boundsOfDay(day) : { startMs: atMs, endMs: atMs };
}

function platePattern(plate: string): RegExp {
  const source = canonicalKey(plate).replaceAll('?', '.').replaceAll(/\*+/g, '.*');
  return new RegExp(`^${source}$`);
}
