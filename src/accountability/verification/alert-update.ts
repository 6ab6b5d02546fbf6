import { z } from 'zod';
import { personSchema } from '../gate/person.ts';

/** The result of a check. */
export const answers = ['yes', 'no', 'unknown'] as const;

/** The state of a hit's verification. */
export const verificationStates = [
  'raised',
  'confirmation_in_progress',
  'visually_verified',
  'status_confirmed',
  'validated',
  'exigent',
  'mismatch',
  'not_wanted',
  'disposed',
] as const;
export type VerificationState = (typeof verificationStates)[number];

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

/** Where a status was confirmed (VER-4). */
export const channels = ['clets_mdc', 'dispatch', 'other_device'] as const;

/** What an officer did about an alert, for dispatch and, at its end, for the member who entered the vehicle (VER-8). */
export const alertUpdateSchema = z.strictObject({
  event: z.enum([
    'alert.confirmation-started',
    'alert.visual',
    'alert.status',
    'alert.exigent',
    'alert.enforcement',
    'alert.disposed',
    'alert.reopened',
    'alert.text-struck',
  ]),
  hitId: z.uuid(),
  detectionId: z.uuid(),
  plate: z.string(),
  list: z.string(),
  entry: z.string(),
  state: z.enum(verificationStates),
  at: z.iso.datetime(),
  by: personSchema,
  to: z.array(z.enum(['dispatch', 'entering_member', 'supervisor'])),
  enteringMember: z.string().nullable().describe('As the entry names them'),
  status: z
    .strictObject({
      channel: z.enum(channels),
      result: z.enum(['confirmed', 'not_wanted', 'no_response']),
      source: z.string(),
    })
    .nullable(),
  disposition: z
    .strictObject({
      outcome: z.enum(outcomes),
      cadNumber: z.string().nullable(),
      reportNumber: z.string().nullable(),
      notes: z.string().nullable(),
      correction: z
        .strictObject({
          original: z.strictObject({ plate: z.string(), state: z.string().nullable() }),
          corrected: z.strictObject({ plate: z.string(), state: z.string().nullable() }),
        })
        .nullable(),
      replaces: z
        .strictObject({ outcome: z.enum(outcomes), at: z.iso.datetime() })
        .nullable()
        .describe('The disposition that this one corrects, with what followed from it'),
    })
    .nullable(),
  note: z.string().nullable(),
});
export type AlertUpdate = z.infer<typeof alertUpdateSchema>;

/** An error or a violation that an employee reports (VER-12), or the result of a command (BRE-1). */
export const reportSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['error', 'violation', 'command']),
  at: z.iso.datetime(),
  subject: z.string(),
  text: z.string(),
  hitId: z.uuid().nullable(),
  by: personSchema.nullable().describe('Null: the unit itself'),
  to: z.array(z.enum(['supervisor', 'headquarters'])),
  figures: z
    .record(z.string(), z.number())
    .nullable()
    .describe('For example counts of what was on a lost unit'),
});
export type Report = z.infer<typeof reportSchema>;
