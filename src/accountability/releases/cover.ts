import { z } from 'zod';
import { type Area, areaSchema, areaWords, askedAreaSchema } from '../../config/area.ts';
import { localTime, namedSpan } from '../../platform/local-time.ts';
import { beforeTime, fromTime, throughTime } from '../gate/input-fields.ts';
import { isAreaWithin } from './area-within.ts';
import { coveredPlate, coveredPlateWords, isWithinPlate } from './covered-plate.ts';

/** What an approved request covers (REL-2); its plates as in `covered-plate.ts`, its times ISO in UTC. */
export const coverSchema = z.strictObject({
  plates: z.array(z.string()),
  area: areaSchema.nullable(),
  /** From the first moment that counts to the first that no longer does. */
  spans: z.array(z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })),
  packages: z.int().min(1),
  /** The last moment at which a package may be made and fetched. */
  until: z.iso.datetime(),
});
export type Cover = z.infer<typeof coverSchema>;

const wholePlate = z
  .string()
  .max(40)
  .transform((text, context) => {
    const covered = coveredPlate(text);
    if ('plate' in covered) return covered.plate;
    context.addIssue({ code: 'custom', message: covered.fault });
    return z.NEVER;
  });

const span = z
  .strictObject({ from: fromTime, to: beforeTime })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'is not after from' });

const fields = {
  plates: z.array(wholePlate).max(100),
  area: askedAreaSchema.nullable(),
  spans: z.array(span).min(1, 'name the time that is asked for: --from and --to').max(20),
  packages: z.int().min(1).max(100),
  until: throughTime,
};

/** What a request names, as it is typed: plates or an area, when, how many packages, until when. */
export const coverInput = z
  .strictObject({
    plates: fields.plates
      .default([])
      .describe('Whole plates, each with its state (CA:7ABC123) or of any state (7ABC123)'),
    area: fields.area.default(null).describe('Place of a stakeout; with plates both must fit'),
    spans: fields.spans.describe('When the vehicles were seen'),
    packages: fields.packages.default(1),
    until: fields.until.optional().describe('Last day of the approval; by default the policy says'),
  })
  .refine(({ plates, area }) => plates.length > 0 || area !== null, {
    path: ['plates'],
    message: 'name the plates, or an area',
  });

/** What an approver changes: each field that is given takes the place of the one that was asked. */
export const narrowInput = z.strictObject({
  plates: fields.plates.optional(),
  area: fields.area.optional(),
  spans: fields.spans.optional(),
  packages: fields.packages.optional(),
  until: fields.until.optional(),
});
export type NarrowInput = z.output<typeof narrowInput>;

/** Whether anything was changed at all. */
export function isNarrowed(narrow: NarrowInput): boolean {
  return Object.values(narrow).some((value) => value !== undefined);
}

/** In which fields one cover goes beyond another; empty: it lies within. */
export function beyond(narrow: Cover, asked: Cover): string[] {
  const spansWithin = narrow.spans.every(({ from, to }) =>
    asked.spans.some((each) => each.from <= from && to <= each.to),
  );
  const platesWithin =
    asked.plates.length === 0 ||
    (narrow.plates.length > 0 &&
      narrow.plates.every((plate) => asked.plates.some((each) => isWithinPlate(plate, each))));
  return [
    ...(platesWithin ? [] : ['plates']),
    ...(isPlaceWithin(narrow.area, asked.area) ? [] : ['area']),
    ...(spansWithin ? [] : ['spans']),
    ...(narrow.packages <= asked.packages ? [] : ['packages']),
    ...(narrow.until <= asked.until ? [] : ['until']),
  ];
}

/** An area within another; anywhere is within anywhere alone. */
function isPlaceWithin(narrow: Area | null, asked: Area | null): boolean {
  if (asked === null) return true;
  return narrow !== null && isAreaWithin(narrow, asked);
}

/** What is covered, in words. */
export function coverWords({ plates, area, spans, packages, until }: Cover): string {
  const what = [
    ...(plates.length === 0 ? [] : [plates.map(coveredPlateWords).join(', ')]),
    ...(area === null ? [] : [areaWords(area)]),
  ];
  const when = spans.map(({ from, to }) => namedSpan(from, to).text);
  const count = packages === 1 ? '1 package' : `${packages} packages`;
  return `${what.join(' within ')}, seen ${when.join(' and ')}; ${count}, until ${localTime(until)}`;
}
