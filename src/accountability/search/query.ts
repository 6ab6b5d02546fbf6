import { z } from 'zod';
import { askedAreaSchema } from '../../config/area.ts';
import { hasPlateSignsOnly } from '../../hotlist/plate-text.ts';
import { tableForms } from '../../platform/table-file.ts';
import { flag, fromTime, throughTime } from '../gate/input-fields.ts';
import type { Cursor } from './results.ts';

const from = fromTime.transform((at) => Date.parse(at));
const to = throughTime.transform((at) => Date.parse(at));
const word = z.string().trim().min(1).max(40);

const strangeSign =
  'has a sign that no plate has; ? stands for one character, * for several, and blanks, hyphens and dots do not matter';

/** Conditions of a search; all that are set must match. Times refer to the last moment that the vehicle was seen. */
const searchFields = {
  plate: z
    .string()
    .trim()
    .min(1)
    .max(24)
    .regex(/[A-Za-z0-9?*]/, 'is not a part of a plate; leave it out to search without one')
    .refine(hasPlateSignsOnly, strangeSign)
    .optional()
    .describe('Full, or with ? for one character and * for a run'),
  alike: z
    .boolean()
    .default(false)
    .describe('Also find plates where O was read as 0, B as 8 and the like'),
  possible: z
    .boolean()
    .default(false)
    .describe(
      'With a plate: also find reads that may be of it, by the texts that their reader held possible',
    ),
  state: z
    .string()
    .regex(/^[A-Z]{2}$/, 'use a two-letter state code such as CA')
    .optional(),
  from: from.optional(),
  to: to.optional(),
  area: askedAreaSchema.optional(),
  unit: z.string().max(63).optional().describe('At headquarters: only those of this unit'),
  head: z.string().max(63).optional(),
  hits: z.boolean().default(false).describe('Only those that were hits'),
  list: z.string().max(63).optional().describe('Only hits of this hot list'),
  canvass: z.uuid().optional().describe('Only those of this canvass'),
  read: z.enum(['any', 'read', 'unread']).default('any').describe('unread: no plate could be read'),
  make: word.optional(),
  model: word.optional(),
  colour: word.optional(),
  body: word.optional(),
} as const;

const ordered = ({ from, to }: { from?: number | undefined; to?: number | undefined }): boolean =>
  from === undefined || to === undefined || from <= to;
const orderedFault = { path: ['to'], message: 'is before from' };

export const detectionQuerySchema = z.strictObject(searchFields).refine(ordered, orderedFault);
export type DetectionQuery = z.output<typeof detectionQuerySchema>;

const cursorSchema = z.strictObject({ t: z.int(), id: z.uuid().nullable() });

const cursorText = z
  .string()
  .max(200)
  .transform((text, context): Cursor => {
    try {
      return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    } catch {
      context.addIssue({ code: 'custom', message: 'is not the "next" of an earlier page' });
      return z.NEVER;
    }
  });

export const searchSchema = z
  .strictObject({
    ...searchFields,
    limit: z.int().min(1).max(500).default(50),
    after: cursorText.optional().describe('"next" of the page before'),
  })
  .refine(ordered, orderedFault);

export const exportSchema = z
  .strictObject({
    ...searchFields,
    format: z.enum([...tableForms, 'geojson', 'kml']),
    utc: flag.default(false).describe("Times in UTC in place of the unit's zone"),
  })
  .refine(ordered, orderedFault);

const fullPlate = z
  .string()
  .trim()
  .max(24)
  .regex(/[A-Za-z0-9]/, 'is not a plate')
  .regex(/^[^?*]*$/, 'one vehicle needs its full plate')
  .refine(hasPlateSignsOnly, strangeSign);

export const pathSchema = z
  .strictObject({ plate: fullPlate, from: from.optional(), to: to.optional() })
  .refine(ordered, orderedFault);

export const companySchema = z
  .strictObject({
    plate: fullPlate,
    withinS: z.coerce
      .number<number | string>()
      .int()
      .min(1)
      .max(600)
      .default(30)
      .describe('Seen by the same unit within this many seconds'),
    times: z.coerce
      .number<number | string>()
      .int()
      .min(2)
      .max(50)
      .default(2)
      .describe('At this many times or more'),
    from: from.optional(),
    to: to.optional(),
  })
  .refine(ordered, orderedFault);
export type CompanyQuery = z.output<typeof companySchema>;

export const stakeoutSchema = z
  .strictObject({ area: askedAreaSchema, from, to })
  .refine(ordered, orderedFault)
  .refine(({ from, to }) => to - from <= 31 * 86_400_000, {
    path: ['to'],
    message: 'is more than 31 days after from',
  });
export type Stakeout = z.output<typeof stakeoutSchema>;
