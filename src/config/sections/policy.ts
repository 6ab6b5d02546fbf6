import { z } from 'zod';

/** `policy`: which agency profile is in force. */
export const policySection = z.strictObject({
  profile: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use a name that "lookout policy list" shows')
    .default('strict')
    .describe('Name of a file in config/profiles; "lookout policy explain" prints its values'),
  overrides: z
    .record(z.string(), z.unknown())
    .default({})
    .describe(
      "The agency's own values, which replace the profile's, as a tree: retention: { reads: … }",
    ),
});

export type PolicyConfig = z.infer<typeof policySection>;
