import { z } from 'zod';

/** `records`: what is kept on the unit. */
export const recordsSection = z.strictObject({
  maxImageMiB: z
    .number()
    .min(16)
    .default(8192)
    .describe(
      'If the image files exceed this, the oldest that belong to no hit are deleted and counted',
    ),
  minFreeMiB: z
    .number()
    .min(0)
    .default(512)
    .describe('Images are also deleted to keep this much disk free'),
});

export type RecordsConfig = z.infer<typeof recordsSection>;
