import { z } from 'zod';

const line = z.string().trim().min(1).max(200);
const text = z.string().trim().min(3).max(2000);
const person = z.strictObject({ name: z.string(), username: z.string(), at: z.iso.datetime() });

/** A request of another agency (V 426.9(a), B 466.7(a)). */
export const releaseAskSchema = z.strictObject({
  agency: line.describe('Name of the agency'),
  person: line.describe('Name of the person requesting'),
  purpose: text.describe('Intended purpose of obtaining the information'),
  data: text.describe('What data is requested'),
  reference: z
    .string()
    .trim()
    .max(200)
    .default('')
    .describe('Where the written request is filed: letter, mail, case system'),
  kind: z.enum(['law_enforcement', 'prosecution', 'other']).describe('What the agency is'),
});
export type ReleaseAsk = z.infer<typeof releaseAskSchema>;

/** A request on file: requested → verified → approved or refused, and each package released under it. */
export const releaseRequestSchema = releaseAskSchema.extend({
  id: z.uuid(),
  number: z.string(),
  state: z.enum(['requested', 'verified', 'approved', 'refused']),
  requested: person,
  /** How the agency's identity and its need to know were verified (A 429.5). */
  verified: person.extend({ how: z.string() }).nullable(),
  decided: person.extend({ role: z.string(), why: z.string() }).nullable(),
  /** Packages released under it. */
  packages: z.array(z.strictObject({ id: z.uuid(), at: z.iso.datetime(), by: z.string() })),
});
export type ReleaseRequest = z.infer<typeof releaseRequestSchema>;
