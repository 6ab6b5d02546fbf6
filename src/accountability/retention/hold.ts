import { z } from 'zod';
import { canonicalKey, normalisePlate } from '../../hotlist/plate-text.ts';
import { contains } from '../search/area.ts';
import { areaSchema } from '../search/area-schema.ts';

const longestList = 10_000;
const fewestCharacters = 3;

/** What a hold keeps (RET-10): it covers existing and later data. */
export const holdScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('plate'),
    plate: z
      .string()
      .max(32)
      .transform((text) => text.toUpperCase().replace(/[^A-Z0-9?*]/g, ''))
      .refine(
        (text) => text.replace(/[?*]/g, '').length >= fewestCharacters,
        `needs at least ${fewestCharacters} known characters besides ? and *`,
      )
      .describe('? matches one character, * a run; look-alikes (0 O D Q, 8 B …) match too'),
  }),
  z.strictObject({ kind: z.literal('case'), caseNumber: z.string().min(1).max(64) }),
  z
    .strictObject({
      kind: z.literal('area'),
      area: areaSchema,
      from: z.iso.datetime(),
      to: z.iso.datetime().nullable().describe('null: until the hold is lifted'),
    })
    .refine(({ from, to }) => to === null || from <= to, {
      path: ['to'],
      message: 'is before from',
    }),
  z.strictObject({
    kind: z.literal('detections'),
    detectionIds: z.array(z.uuid()).min(1).max(longestList),
  }),
]);
export type HoldScope = z.infer<typeof holdScopeSchema>;

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

function platePattern(plate: string): RegExp {
  const source = canonicalKey(plate).replaceAll('?', '.').replaceAll(/\*+/g, '.*');
  return new RegExp(`^${source}$`);
}
