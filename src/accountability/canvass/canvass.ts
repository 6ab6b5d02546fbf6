import { z } from 'zod';

/** When a unit took part in a canvass, and who began and ended that. `to` null: it still does. */
const partSchema = z.strictObject({
  from: z.iso.datetime(),
  by: z.string(),
  to: z.iso.datetime().nullable(),
  /** Null: nobody did; the canvass came to its last moment. */
  endedBy: z.string().nullable(),
});

/**
 * A session in which cars read the plates around a crime scene (CAP-12: W 432.3(c), B 466.4(c)). It is bound to a case
 * or an incident; every vehicle that passes a unit while the unit takes part is tagged with the canvass's id.
 */
export const canvassSchema = z.strictObject({
  id: z.uuid(),
  caseNumber: z.string().nullable(),
  incidentNumber: z.string().nullable(),
  /** What happened and where, in words. */
  place: z.string(),
  begunAt: z.iso.datetime(),
  begunBy: z.string(),
  /** The unit on which it was begun. */
  unit: z.string(),
  /** It ends by itself then. */
  until: z.iso.datetime(),
  /** This unit's part; null if it never took part. */
  part: partSchema.nullable(),
});
export type Canvass = z.infer<typeof canvassSchema>;

/** The number that a canvass is bound to. */
export function numberOf({ caseNumber, incidentNumber }: Canvass): string {
  return caseNumber ?? incidentNumber ?? '';
}
