import { z } from 'zod';
import { areaSchema } from '../area.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const timeOfDay = z
  .string()
  .regex(
    /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/,
    'write a time of day like 08:30; 24:00 is the end of the day',
  );

/** Where and when nothing is captured. */
const zoneSchema = z
  .strictObject({
    name: z.string().min(1).max(80).describe('As people read it: "Courthouse garage"'),
    area: areaSchema.optional().describe('Where; left out: everywhere'),
    hours: z
      .strictObject({
        days: z
          .array(z.enum(days))
          .min(1)
          .default([...days]),
        from: timeOfDay,
        to: timeOfDay.describe('Before from: on the next day'),
      })
      .refine(({ from, to }) => from !== to, {
        path: ['to'],
        message: 'is the same as from; for a whole day write from 00:00 to 24:00',
      })
      .optional()
      .describe("When, in the unit's zone; left out: always"),
  })
  .refine(({ area, hours }) => area !== undefined || hours !== undefined, {
    message: 'needs an area, hours or both; without them the unit would never capture anything',
  });
export type SuspensionZone = z.infer<typeof zoneSchema>;

/** `suspension`: where and when capture is suspended (CAP-13). */
export const suspensionSection = z.strictObject({
  zones: z
    .array(zoneSchema)
    .max(200)
    .default([])
    .refine((zones) => new Set(zones.map(({ name }) => name)).size === zones.length, {
      message: 'two zones have the same name',
    })
    .describe(
      'Nothing is read, stored or alerted in them, except under a court order that is on file (lookout capture order)',
    ),
});
export type SuspensionConfig = z.infer<typeof suspensionSection>;
