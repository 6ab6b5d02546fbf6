import { z } from 'zod';

/** A court order under which the unit captures in a zone where capture is otherwise suspended (V 426.4, N 429.5). */
export const courtOrderSchema = z.strictObject({
  id: z.uuid(),
  /** The number of the order or warrant. */
  number: z.string(),
  court: z.string(),
  /** Names of the zones that it covers. */
  zones: z.array(z.string()).min(1),
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  by: z.string(),
  caseNumber: z.string().nullable(),
  reason: z.string().nullable(),
  ended: z.strictObject({ at: z.iso.datetime(), by: z.string() }).nullable(),
});
export type CourtOrder = z.infer<typeof courtOrderSchema>;
