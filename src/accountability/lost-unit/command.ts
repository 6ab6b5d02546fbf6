import { z } from 'zod';

/** A retained command to one lost or stolen unit (BRE-1). A unit obeys each id once. */
export const commandSchema = z.strictObject({
  id: z.uuid(),
  kind: z
    .enum(['lock', 'unlock', 'wipe'])
    .describe('lock: every login is refused; wipe: keys and data are destroyed'),
  at: z.iso.datetime(),
  by: z.string().min(1).max(100),
  reason: z.string().min(1).max(500),
});
export type Command = z.infer<typeof commandSchema>;
