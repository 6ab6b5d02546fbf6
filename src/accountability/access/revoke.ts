import { z } from 'zod';

/**
 * Retained, to every unit or to one: the accounts that are closed at once (USR-4). Always the whole list; an older
 * one than a unit has seen changes nothing.
 */
export const revokeSchema = z.strictObject({
  at: z.iso.datetime(),
  everyone: z.boolean().describe('Every account of the unit, for a unit in the wrong hands'),
  accounts: z
    .array(
      z.strictObject({
        username: z.string().min(1).max(200),
        at: z.iso.datetime(),
        reason: z.string().max(200),
      }),
    )
    .max(10_000),
});
export type Revoke = z.infer<typeof revokeSchema>;
