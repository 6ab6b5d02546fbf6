import { z } from 'zod';

/** Where one field of an entry stands in a list file: a header, a column number or character positions. */
const column = z.union([
  z.string().min(1).describe('Header of the column'),
  z.strictObject({ index: z.int().min(0).describe('Column number, from 0') }),
  z.strictObject({
    start: z.int().min(0).describe('First character, from 0'),
    length: z.int().min(1),
  }),
]);

/** How a list file is laid out: one mapping covers the layouts of domain.md 3.3. */
export const layoutSchema = z.strictObject({
  kind: z.enum(['delimited', 'fixed-width']).default('delimited'),
  delimiter: z.enum([',', ';', ':', '\t', '|']).default(','),
  header: z.boolean().default(true),
  encoding: z.enum(['utf-8', 'utf-16le', 'windows-1252', 'iso-8859-1']).default('utf-8'),
  dateFormats: z
    .array(z.enum(['yyyy-MM-dd', 'MM/dd/yyyy', 'dd/MM/yyyy', 'yyyyMMdd', 'MMddyyyy', 'iso']))
    .min(1)
    .default(['yyyy-MM-dd', 'iso']),
  columns: z
    .strictObject({
      plate: column,
      state: column.optional(),
      plateType: column.optional(),
      category: column.optional(),
      reason: column.optional(),
      make: column.optional(),
      model: column.optional(),
      colour: column.optional(),
      year: column.optional(),
      caseNumber: column.optional(),
      entryId: column.optional(),
      entryDate: column.optional(),
      expires: column.optional(),
      enteredBy: column.optional(),
      approvedBy: column.optional(),
    })
    .default({
      plate: 'plate',
      state: 'state',
      category: 'category',
      reason: 'reason',
      make: 'make',
      model: 'model',
      colour: 'colour',
      caseNumber: 'case_number',
      entryId: 'entry_id',
      entryDate: 'entry_date',
      expires: 'expires',
    }),
  categories: z
    .record(z.string(), z.string())
    .default({})
    .describe("The list's own codes to our categories; codes are data (domain.md 3.4)"),
  defaultCategory: z.string().default('other'),
});

/** One hot list (domain.md HOT-1). */
export const listSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use 1 to 32 of a-z, 0-9 and -'),
  name: z.string().min(1),
  type: z
    .enum(['general', 'specific'])
    .default('general')
    .describe('specific lists are informational (domain.md ALT-6)'),
  priority: z.int().min(0).max(100).default(50).describe('0 is the highest'),
  enabled: z.boolean().default(true),
  maxAgeH: z.number().min(1).default(72).describe('Older lists no longer alert (domain.md HOT-4)'),
  warnAgeH: z.number().min(1).default(24).describe('Older lists are marked (domain.md HOT-2)'),
  maxShrink: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('A new file with a larger share of entries missing is refused'),
  near: z.boolean().default(true).describe('Match one confusable character, marked ≈'),
  layout: layoutSchema.prefault({}),
});

/** `hotlist`: the lists and how reads are matched. */
export const hotlistSection = z.strictObject({
  lists: z
    .array(listSchema)
    .max(64)
    .default([])
    .refine((lists) => new Set(lists.map((list) => list.id)).size === lists.length, {
      message: 'two lists have the same id',
    }),
  nearMinP: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe("The reader's own probability for the listed character that a near match needs"),
  stateCertainAt: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe(
      'From this confidence a differing state marks the hit "state differs" (domain.md 4.3)',
    ),
  rearmAfterS: z.number().min(0).default(600).describe('The same vehicle alerts again after this'),
  rearmAfterM: z.number().min(0).default(300).describe('… or this far away'),
});

export type ListConfig = z.infer<typeof listSchema>;
export type LayoutConfig = z.infer<typeof layoutSchema>;
export type HotlistConfig = z.infer<typeof hotlistSection>;
