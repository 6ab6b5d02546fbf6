import { z } from 'zod';

/** When a unit took part in a canvass, and who began and ended that. `to` null: it still does. */
const partSchema = z.strictObject({
  from: z.iso.datetime(),
  by: z.string(),
  to: z.iso.datetime().nullable(),
  /** Null: nobody did; the canvass came to its last moment. */
  endedBy: z.string().nullable(),
});

const edge = z.strictObject({ at: z.iso.datetime(), by: z.string() });

/**
 * A session in which cars read the plates around a crime scene (CAP-12: W 432.3(c), B 466.4(c)). It is bound to a case
 * or an incident; every vehicle that passes a unit while the unit takes part is tagged with the canvass's id.
 */
export const sharedCanvassSchema = z.strictObject({
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
  /** Ended for every unit, by someone on the unit on which it was begun. */
  ended: edge.nullable(),
});
/** A canvass as all units of the agency know it. */
export type SharedCanvass = z.infer<typeof sharedCanvassSchema>;

export const canvassSchema = sharedCanvassSchema.extend({
  /** This unit's part; null if it never took part. */
  part: partSchema.nullable(),
});
export type Canvass = z.infer<typeof canvassSchema>;

/** The canvass without the part of one unit. */
export function sharedOf({ part: _, ...shared }: Canvass): SharedCanvass {
  return shared;
}

/** The number that a canvass is bound to. */
export function numberOf({
  caseNumber,
  incidentNumber,
}: Pick<Canvass, 'caseNumber' | 'incidentNumber'>): string {
  return caseNumber ?? incidentNumber ?? '';
}
