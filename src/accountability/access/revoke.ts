import { z } from 'zod';

/**
 * Retained message to one unit or to all: the accounts to close at once (USR-4). It always holds the whole list; a list
 * older than the last one seen is ignored.
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
