import { z } from 'zod';

/** `records`: what is kept on the unit. */
export const recordsSection = z.strictObject({
  maxImageMiB: z
    .number()
    .min(16)
    .default(8192)
    .describe('Image files above this: the oldest that no hit owns are shed, and counted'),
  minFreeMiB: z.number().min(0).default(512).describe('Free disk that shedding keeps'),
});

export type RecordsConfig = z.infer<typeof recordsSection>;
