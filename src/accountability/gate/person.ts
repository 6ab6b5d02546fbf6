import { z } from 'zod';
import type { Actor } from './operation.ts';

/** A person as a record of the unit names them: who did something, in the role that they had. */
export const personSchema = z.strictObject({
  account: z.uuid(),
  username: z.string(),
  name: z.string(),
  role: z.string(),
});
export type Person = z.infer<typeof personSchema>;

/** The person that a record names for an actor. */
export function personOf({ account, username, name, role }: Person | Actor): Person {
  return { account, username, name, role };
}
