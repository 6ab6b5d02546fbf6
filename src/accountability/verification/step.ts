import { z } from 'zod';
import { personSchema } from '../gate/person.ts';

/** The result of a check. */
export const answers = ['yes', 'no', 'unknown'] as const;
export type Answer = (typeof answers)[number];

/** Where a status was confirmed (VER-4). */
export const channels = ['clets_mdc', 'dispatch', 'other_device'] as const;
export type Channel = (typeof channels)[number];

/** How an alert ended. */
export const outcomes = [
  'arrest',
  'citation',
  'recovered',
  'person_located',
  'other_enforcement',
  'no_action',
  'not_located',
  'not_wanted',
  'misread_characters',
  'misread_state',
  'stale_entry',
  'bad_entry',
  'entry_removed',
] as const;
export type Outcome = (typeof outcomes)[number];

/** Aspects that an officer compares by eye, each separately (VER-1, VER-2). */
export const aspects = ['characters', 'state', 'vehicle'] as const;
export type Aspect = (typeof aspects)[number];

/** Results of asking whether the vehicle is still wanted. */
export const statusResults = ['confirmed', 'not_wanted', 'no_response'] as const;
export type StatusResult = (typeof statusResults)[number];

/** Actions that an officer may take on an alert. */
export const enforcementActions = ['stop', 'detention', 'arrest', 'citation', 'tow'] as const;

/** Where a step was made: on a unit, or at headquarters; `unit`: the id in its configuration. */
export const placeSchema = z.strictObject({
  place: z.enum(['unit', 'headquarters']),
  unit: z.string().min(1),
});
export type Place = z.infer<typeof placeSchema>;

/**
 * The author of a step: a person with an account, with the place where they made it unless it is this one; or dispatch as
 * headquarters names it.
 */
export const authorSchema = z
  .union([
    personSchema.extend({ place: placeSchema.optional() }),
    z.strictObject({ dispatch: z.string() }),
  ])
  .meta({ id: 'Author' });
export type Author = z.infer<typeof authorSchema>;

/** The author of a step, in words: "M. Diaz (mdiaz)", and of another place "M. Diaz, headquarters", "M. Diaz, unit car-12". */
export function nameOf(by: Author): string {
  if ('dispatch' in by) return `dispatch (${by.dispatch})`;
  return by.place === undefined
    ? `${by.name} (${by.username})`
    : `${by.name}, ${placeWords(by.place)}`;
}

export function placeWords({ place, unit }: Place): string {
  return place === 'headquarters' ? place : `unit ${unit}`;
}

const licence = z.strictObject({
  plate: z.string().nullable().describe('Null: no text counted as read'),
  state: z.string().nullable(),
});
/** A plate as read and as it should have been read (VER-11). */
export const correctionSchema = z.strictObject({ original: licence, corrected: licence });
export type Correction = z.infer<typeof correctionSchema>;

const about = z
  .string()
  .describe('Hash of the read and the entry; after a correction of either it counts no more');

const visual = z.strictObject({
  kind: z.literal('visual'),
  aspect: z.enum(aspects),
  answer: z.enum(answers),
  about,
  shows: z
    .string()
    .optional()
    .describe('The plate or the state as the picture or the vehicle shows it, if they said it'),
});
const confirmationStarted = z.strictObject({ kind: z.literal('confirmation-started') });
const status = z.strictObject({
  kind: z.literal('status'),
  channel: z.enum(channels),
  source: z.string(),
  result: z.enum(statusResults),
  about,
});
const occupant = z.strictObject({
  kind: z.literal('occupant'),
  answer: z.enum(answers),
  basis: z.string().nullable(),
});
const exigent = z.strictObject({ kind: z.literal('exigent'), text: z.string() });
const enforcement = z.strictObject({
  kind: z.literal('enforcement'),
  action: z.enum(enforcementActions),
  note: z.string().nullable(),
  warnings: z.array(z.string()),
});
const sighting = z
  .strictObject({
    kind: z.literal('sighting'),
    headingDeg: z.number().min(0).max(360),
    place: z.string().nullable().describe('In words'),
  })
  .describe('Someone saw the vehicle again, or heard of it (B 466.9(e))');
const disposition = z.strictObject({
  kind: z.literal('disposition'),
  outcome: z.enum(outcomes),
  cadNumber: z.string().nullable(),
  reportNumber: z.string().nullable(),
  notes: z.string().nullable(),
  correction: correctionSchema.nullable(),
  with: z
    .string()
    .nullable()
    .describe('The hit that the person closed, if this one was closed with it'),
});
const reopened = z
  .strictObject({
    kind: z.literal('reopened'),
    why: z.string(),
    with: z.string().nullable().describe('The hit whose correction opened it'),
  })
  .describe('The last disposition no longer counts: the hit is open again');

const claimed = z
  .strictObject({
    kind: z.literal('claimed'),
    why: z.string().nullable().describe('Why it was taken over from who had it'),
    untilMs: z.int().describe('It ends by itself then, ms since the epoch'),
  })
  .describe('Somebody sees to the alert at dispatch; the disposition ends that too (B 466.9)');
const released = z.strictObject({ kind: z.literal('released') });

/** How an alert was closed (VER-8, VER-9, VER-11). */
export type Disposition = Omit<z.infer<typeof disposition>, 'kind'>;

/** The content of a step. */
export type StepBody =
  | z.infer<typeof visual>
  | z.infer<typeof confirmationStarted>
  | z.infer<typeof status>
  | z.infer<typeof occupant>
  | z.infer<typeof exigent>
  | z.infer<typeof enforcement>
  | z.infer<typeof sighting>
  | z.infer<typeof disposition>
  | z.infer<typeof reopened>
  | z.infer<typeof claimed>
  | z.infer<typeof released>;

const record = {
  id: z.uuid(),
  atMs: z.int().describe('When it happened, as stated, ms since the epoch'),
  recordedAtMs: z
    .int()
    .describe('When it was recorded, by the clock of the place that recorded it'),
  orderMs: z
    .int()
    .optional()
    .describe(
      'Where it stands among the steps of its hit, in place of atMs: it was made in the knowledge of one that a clock ahead of it has dated later',
    ),
  by: authorSchema,
  struck: z
    .strictObject({ by: authorSchema, atMs: z.int() })
    .optional()
    .describe('Who struck its text, and when'),
};

/**
 * One step of the verification of a hit, as it is recorded and sent; steps are never removed, and nothing of them changes
 * but a struck text.
 */
export const stepSchema = z
  .discriminatedUnion('kind', [
    visual.extend(record),
    confirmationStarted.extend(record),
    status.extend(record),
    occupant.extend(record),
    exigent.extend(record),
    enforcement.extend(record),
    sighting.extend(record),
    disposition.extend(record),
    reopened.extend(record),
    claimed.extend(record),
    released.extend(record),
  ])
  .meta({ id: 'Step' });
export type Step = z.infer<typeof stepSchema>;

/** The free texts of steps, by what people call them: the kind of step and its field. */
export const freeTexts = {
  exigent: { kind: 'exigent', field: 'text' },
  basis: { kind: 'occupant', field: 'basis' },
  note: { kind: 'enforcement', field: 'note' },
  notes: { kind: 'disposition', field: 'notes' },
  reopening: { kind: 'reopened', field: 'why' },
  takeover: { kind: 'claimed', field: 'why' },
  place: { kind: 'sighting', field: 'place' },
} as const satisfies Record<string, { kind: StepBody['kind']; field: string }>;
export type FreeText = keyof typeof freeTexts;

/** What stands in place of a text that was struck. */
export const struckText = '(struck)';

/** The free text of a step by what people call it; null if it has none, or none that still stands. */
export function freeTextOf(step: Step): { what: FreeText; text: string } | null {
  for (const [what, { kind, field }] of Object.entries(freeTexts)) {
    const text = (step as Record<string, unknown>)[field];
    if (step.kind !== kind || typeof text !== 'string' || text === struckText) continue;
    return { what: what as FreeText, text };
  }
  return null;
}

/**
 * Where a step stands among those of its hit, ms since the epoch: the latest counts. The same at every place, whatever the
 * order in which steps arrive there.
 */
export function orderOf({ orderMs, atMs }: Pick<Step, 'orderMs' | 'atMs'>): number {
  return orderMs ?? atMs;
}
