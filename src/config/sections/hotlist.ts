import { z } from 'zod';
import { hotCategories } from '../hot-categories.ts';

const category = z.enum(hotCategories);

/** The place of an entry's field in a list file: a header, a column number or character positions. */
const column = z.union([
  z.string().min(1).describe('Header of the column'),
  z.strictObject({
    index: z.int().min(0).describe('Column number, from 0'),
    start: z.int().min(0).optional().describe('First character within the cell, from 0'),
    length: z.int().min(1).optional(),
  }),
  z.strictObject({
    start: z
      .int()
      .min(-1000)
      .describe('First character, from 0; below 0 counted from the end of the line'),
    length: z.int().min(1),
  }),
  z.strictObject({
    start: z.int().min(0).describe('First character, from 0'),
    end: z
      .int()
      .max(-1)
      .describe('First character behind the field, counted from the end of the line'),
  }),
  z.strictObject({ group: z.string().min(1).describe('Named group of the expression record') }),
]);

const dateFormat = z.enum([
  'yyyy-MM-dd',
  'MM/dd/yyyy',
  'dd/MM/yyyy',
  'dd-MMM-yyyy',
  'yyyyMMdd',
  'MMddyyyy',
  'iso',
  'serial',
]);

/** Layouts of the field that need no mapping; hotlist/list-presets.ts says what each is. */
export const listPresets = [
  'ncic',
  'al',
  'ca-doj-svs',
  'ca-doj-sfr',
  'ca-doj-slr',
  'co',
  'ct',
  'ga',
  'ia',
  'il',
  'mi',
  'mn',
  'nj',
  'ny',
  'oh',
  'tx-ncic',
  'tx-tcic',
  'wa',
] as const;

const encoding = z.enum(['utf-8', 'utf-16le', 'windows-1252', 'iso-8859-1']);
const categories = z.record(z.string(), category);
const defaults = z.strictObject({
  state: z.string().min(1).optional(),
  plateType: z.string().min(1).optional(),
  reason: z.string().min(1).optional(),
  caseNumber: z.string().min(1).optional(),
  enteredBy: z.string().min(1).optional(),
  approvedBy: z.string().min(1).optional(),
});

const presetLayoutSchema = z.strictObject({
  preset: z.enum(listPresets).describe('A layout of the field; only these keys may be added'),
  encoding: encoding.optional(),
  categories: categories.optional().describe("Added to the preset's codes, or in place of them"),
  defaultCategory: category.optional(),
  defaults: defaults.optional(),
});

export const fullLayoutSchema = z
  .strictObject({
    preset: z.literal('none').optional(),
    kind: z.enum(['delimited', 'fixed-width']).default('delimited'),
    delimiter: z.enum([',', ';', ':', '\t', '|']).default(','),
    header: z
      .boolean()
      .optional()
      .describe('The first line names the columns; default: true for delimited files'),
    encoding: encoding.default('utf-8'),
    dateFormats: z
      .array(dateFormat)
      .min(1)
      .default(['yyyy-MM-dd', 'iso', 'MM/dd/yyyy', 'yyyyMMdd', 'dd-MMM-yyyy', 'serial'])
      .describe(
        "Tried in this order; a date without a time is a day in this unit's time zone. Each may be followed by a " +
          "time of day, years may have two digits, serial is a spreadsheet's count of days",
      ),
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
      .optional()
      .describe(
        'Every column named here must be in the file. If left out: plate, and those of state, plate_type, category, ' +
          'reason, make, model, colour, year, case_number, entry_id, entry_date, expires, entered_by and ' +
          'approved_by that the header has',
      ),
    categories: categories
      .default({})
      .describe("Category for each of the list's own codes (FMT-2)"),
    reasons: z
      .record(z.string(), z.string().min(1))
      .default({})
      .describe('Words for the codes that the column of the reason has'),
    unknownCodes: z
      .enum(['default', 'refuse'])
      .default('default')
      .describe(
        'Rows with a code that categories does not name: of the default category, or refused',
      ),
    stateCodes: z
      .enum(['postal', 'ncic', 'both'])
      .default('both')
      .describe('Whose codes the list has: NB is Nebraska in NCIC and New Brunswick in the post'),
    letterO: z
      .enum(['distinct', 'zero'])
      .default('distinct')
      .describe('zero: the list writes the letter O as zero, as NCIC does; O and 0 are then one'),
    blankPlates: z
      .enum(['refuse', 'leave-out'])
      .default('refuse')
      .describe('leave-out: rows without a plate, such as those of persons, belong to the list'),
    placeholders: z
      .enum(['refuse', 'keep'])
      .default('refuse')
      .describe('Words in place of a plate, such as NONE or UNKNOWN'),
    skipLines: z
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe('Lines before the header or the first row'),
    record: z
      .string()
      .min(1)
      .refine(isPattern, 'is not a regular expression')
      .optional()
      .describe(
        'Regular expression for the lines of vehicles; a first line that does not fit is a header, others are refused',
      ),
    recordLength: z
      .int()
      .min(1)
      .optional()
      .describe(
        'Characters of a line of fixed width; one that lacks or has more is refused, but blanks at its end',
      ),
    leader: z
      .strictObject({
        startsWith: z.string().min(1),
        asOf: z
          .strictObject({ start: z.int().min(0), length: z.int().min(1), format: dateFormat })
          .optional()
          .describe('Where the line says when the list was made'),
      })
      .optional()
      .describe('A first line that is not a vehicle'),
    trailer: z
      .strictObject({
        startsWith: z.string().min(1),
        count: z
          .strictObject({ start: z.int().min(0), length: z.int().min(1) })
          .optional()
          .describe(
            'Where the line says how many rows the file has; a file with other rows is refused',
          ),
      })
      .optional()
      .describe('A last line that is not a vehicle'),
    defaultCategory: category.default('other').describe('For an empty or unknown code'),
    defaults: defaults.prefault({}).describe('Values for fields that a row leaves empty'),
  })
  .superRefine((layout, context) => {
    const fixed = layout.kind === 'fixed-width';
    const hasHeader = layout.header ?? !fixed;
    if (layout.columns === undefined) {
      if (fixed || !hasHeader) {
        context.addIssue({
          code: 'custom',
          path: ['columns'],
          message: `give the position of each field: ${fixed ? 'a fixed-width file' : 'a file without a header'} names none`,
        });
      }
      return;
    }
    for (const [field, place] of Object.entries(layout.columns)) {
      if (place === undefined) continue;
      const byHeader = typeof place === 'string';
      const byPosition = !byHeader && !('index' in place);
      const group = byPosition && 'group' in place ? place.group : null;
      const message =
        group !== null && !(layout.record ?? '').includes(`(?<${group}>`)
          ? `record has no group (?<${group}> … )`
          : fixed && !byPosition
            ? 'use { start, length }: fixed-width files have no columns'
            : !fixed && byPosition
              ? 'use a header or { index }: { start, length } is for fixed-width files'
              : byHeader && !hasHeader
                ? 'use { index }: the file has no header'
                : undefined;
      if (message !== undefined) {
        context.addIssue({ code: 'custom', path: ['columns', field], message });
      }
    }
  });

/** How a list file is laid out: a preset, or one mapping for all layouts of FMT-1. */
export const layoutSchema = z.discriminatedUnion('preset', [presetLayoutSchema, fullLayoutSchema]);

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** One hot list (HOT-1). */
export const listSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use 1 to 32 of a-z, 0-9 and -')
    .refine((id) => id !== 'hot-plates', "is the unit's own hot plates; choose another id"),
  name: z.string().min(1),
  source: z
    .enum(['department', 'state', 'federal'])
    .default('state')
    .describe(
      'Source of the data; people may browse only the sources that they are authorised for (USR-9)',
    ),
  type: z
    .enum(['general', 'specific'])
    .default('general')
    .describe('specific: alerts of this list are informational (ALT-6)'),
  priority: z.int().min(0).max(100).default(50).describe('0 is the highest'),
  enabled: z.boolean().default(true),
  maxAgeH: z
    .number()
    .min(1)
    .optional()
    .describe(
      "An older list no longer alerts and is deleted (HOT-4); if left out, the profile's limit, or none if the " +
        'profile only flags stale lists',
    ),
  warnAgeH: z
    .number()
    .min(1)
    .default(24)
    .describe("An older list is marked (HOT-2); the profile's age applies if it is lower"),
  maxShrink: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('A new file that lacks a larger share of the entries is refused'),
  maxShrinkEntries: z
    .int()
    .min(0)
    .default(20)
    .describe('… but only when it lacks more entries than this'),
  maxRejects: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('A file with a larger share of unusable rows is refused'),
  maxWildcards: z
    .int()
    .min(0)
    .max(1000)
    .default(100)
    .describe('Entries with ? or * beyond this number are rejected (PRA-2)'),
  near: z
    .boolean()
    .default(true)
    .describe('Also match other texts that the reader holds possible; marked ≈'),
  nearMinP: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('In place of nearMinP and nearMinPOf below, for this list'),
  layout: layoutSchema.prefault({}),
});

/** `hotlist`: the lists and how reads are matched. */
export const hotlistSection = z.strictObject({
  lists: z
    .array(listSchema)
    .max(64)
    .default([])
    .superRefine((lists, context) => {
      const twice = lists.find(({ id }, at) => lists.findIndex((other) => other.id === id) !== at);
      if (twice === undefined) return;
      context.addIssue({
        code: 'custom',
        message: `two lists have the id "${twice.id}"; give each its own`,
      });
    }),
  nearMinP: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe(
      'Least probability that the reader gives a listed plate, or its character, for a near match (≈); ' +
        'models/README.md has what each value brings and costs',
    ),
  nearMinPOf: z
    .strictObject({
      urgent: z
        .number()
        .min(0)
        .max(1)
        .default(0.02)
        .describe('amber, violent_person, felony_vehicle, threat_screening'),
      informational: z
        .number()
        .min(0)
        .max(1)
        .default(0.1)
        .describe(
          'gang, supervised_release, sex_offender_registry, immigration_violator, protective_interest',
        ),
    })
    .prefault({})
    .describe('In place of nearMinP, for entries of these categories'),
  stateCertainAt: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe('At this confidence or more, another state marks the hit "state differs" (PRA-3)'),
  rearmAfterS: z
    .number()
    .min(0)
    .default(600)
    .describe('The same vehicle alerts again after this time'),
  rearmAfterM: z.number().min(0).default(300).describe('… or at this distance'),
});

export type ListConfig = z.infer<typeof listSchema>;
export type LayoutConfig = z.infer<typeof layoutSchema>;
/** A layout that names no preset, as written and as filled up with what is not written. */
export type FullLayoutInput = z.input<typeof fullLayoutSchema>;
export type Layout = z.infer<typeof fullLayoutSchema>;
export type HotlistConfig = z.infer<typeof hotlistSection>;
