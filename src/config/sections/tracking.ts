import { z } from 'zod';

/** `tracking`: when frames belong to one vehicle and when its plate is believed. */
export const trackingSection = z.strictObject({
  agreeingReads: z
    .int()
    .min(1)
    .default(2)
    .describe(
      'Reads of the same text after which the plate is accepted; reads that split between texts count with the ' +
        'probability that they give it (PRA-1, PRA-5)',
    ),
  strongReadAt: z
    .number()
    .min(0)
    .max(1)
    .default(0.985)
    .describe('One read with at least this confidence is accepted at once'),
  loseAfterMs: z
    .int()
    .min(100)
    .default(1500)
    .describe('A track ends when its vehicle is not seen for this long'),
  rejoinAfterS: z
    .number()
    .min(0)
    .default(30)
    .describe('The same plate seen again within this time continues its detection'),
  publishAfterS: z
    .number()
    .min(1)
    .default(30)
    .describe('A vehicle in view for longer is reported before it leaves'),
  maxAlternatives: z.int().min(1).max(50).default(10),
  jpegQuality: z.int().min(30).max(100).default(85),
});

export type TrackingConfig = z.infer<typeof trackingSection>;
