import { z } from 'zod';

/** Dispatch's progress with an alert (B 466.9). */
export const alertStatusStates = [
  'raised',
  'confirmation_in_progress',
  'verified',
  'not_verified',
] as const;

/**
 * Dispatch's status of an alert, sent to every unit (DSP-1, DSP-2, DSP-4): the unit that raised it updates the hit, the
 * others show it. It says that the alert was confirmed, when and by whom, and never what CLETS answered: there is no
 * field for it.
 */
export const alertStatusSchema = z.strictObject({
  id: z.uuid().describe('Of this message; a repeat changes nothing'),
  hitId: z.uuid(),
  unit: z.string().min(1).describe('The unit that raised it'),
  state: z.enum(alertStatusStates),
  at: z.iso
    .datetime()
    .describe(
      'When it reached this state; the latest time counts, in whatever order messages arrive',
    ),
  by: z.string().min(1).max(100).describe('The dispatcher, or the desk'),
  alert: z
    .strictObject({
      plate: z.string().describe('As read; as listed, where no text counted as read'),
      state: z.string().nullable(),
      category: z.string(),
      make: z.string().nullable(),
      model: z.string().nullable(),
      colour: z.string().nullable(),
      seenAt: z.iso.datetime(),
      latitude: z.number().nullable(),
      longitude: z.number().nullable(),
      headingDeg: z.number().nullable(),
    })
    .nullable()
    .describe('The vehicle as it was last seen, for the units that did not see it (DSP-3, DSP-5)'),
});
export type AlertStatus = z.infer<typeof alertStatusSchema>;
