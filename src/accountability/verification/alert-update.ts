import { z } from 'zod';
import { personSchema } from '../gate/person.ts';
import { channels, correctionSchema, outcomes, statusResults, stepSchema } from './step.ts';

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

/**
 * What someone did about an alert, for dispatch and, at its end, for the member who entered the vehicle (VER-8); with the
 * steps that headquarters and the unit that raised it exchange, so that the alert stands alike at both.
 */
export const alertUpdateSchema = z
  .strictObject({
    event: z
      .enum([
        'alert.confirmation-started',
        'alert.visual',
        'alert.status',
        'alert.sighting',
        'alert.occupant',
        'alert.exigent',
        'alert.enforcement',
        'alert.disposed',
        'alert.reopened',
        'alert.text-struck',
        'alert.dispatch',
        'alert.claimed',
        'alert.released',
      ])
      .describe('alert.dispatch: the unit has recorded what an alert-status of headquarters says'),
    hitId: z.uuid(),
    detectionId: z.uuid(),
    plate: z.string().describe('As read; as listed, where no text counted as read'),
    list: z.string(),
    entry: z.string(),
    state: z.enum(verificationStates),
    at: z.iso.datetime(),
    by: z
      .union([personSchema, z.strictObject({ dispatch: z.string() })])
      .describe('A person; in alert.dispatch, dispatch as headquarters names it'),
    to: z.array(z.enum(['dispatch', 'entering_member', 'supervisor'])),
    enteringMember: z.string().nullable().describe('As the entry names them'),
    status: z
      .strictObject({
        channel: z.enum(channels),
        result: z.enum(statusResults),
        source: z.string(),
      })
      .nullable(),
    disposition: z
      .strictObject({
        outcome: z.enum(outcomes),
        cadNumber: z.string().nullable(),
        reportNumber: z.string().nullable(),
        notes: z.string().nullable(),
        correction: correctionSchema.nullable(),
        replaces: z
          .strictObject({ outcome: z.enum(outcomes), at: z.iso.datetime() })
          .nullable()
          .describe('The disposition that this one corrects, with what followed from it'),
      })
      .nullable(),
    note: z.string().nullable(),
    steps: z
      .array(stepSchema)
      .optional()
      .describe(
        'The steps of this hit that were recorded, in their order; in alert.text-struck those that were struck. What a disposition does to other hits of the vehicle comes in messages of their own. Left out by units before it was introduced',
      ),
  })
  .meta({ id: 'AlertUpdate' });
export type AlertUpdate = z.infer<typeof alertUpdateSchema>;

/**
 * An error or a violation that an employee reports (VER-12), the result of a command, or that another unit is lost and
 * should be locked or wiped (BRE-1).
 */
export const reportSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['error', 'violation', 'command', 'lost_unit']),
  at: z.iso.datetime(),
  subject: z.string().describe('Of lost_unit: "lock" or "wipe" and the id of that unit'),
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
