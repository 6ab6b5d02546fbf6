import { z } from 'zod';

/** Regions whose serial formats the reader knows. */
const regions = ['us', 'us-ca', 'us-ny', 'mx', 'gb', 'fr', 'cz', 'br', 'pk'] as const;

/** `reading`: the models and what counts as read. */
export const readingSection = z.strictObject({
  modelsDir: z.string().min(1).default('models'),
  detector: z.string().min(1).default('detector').describe('Model name, without .onnx'),
  recogniser: z.string().min(1).default('recogniser').describe('Model name, without .onnx'),
  threads: z.int().min(1).max(16).default(1).describe('Threads of one inference'),
  crops: z
    .union([z.literal(1), z.literal(2), z.literal(4)])
    .default(4)
    .describe('Crops per plate, with different margins; their probabilities are averaged'),
  minPlateWidthPx: z.int().min(8).default(28).describe('Narrower plates are recorded as unread'),
  readAt: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      "Confidence, with O and 0 as one, from which a plate counts as read; if left out, the model's own value",
    ),
  regions: z
    .array(z.enum(regions))
    .default([])
    .describe(
      'Where most vehicles are from: of the texts that a read holds possible, those with a serial format of these regions weigh more. A text is never altered, and one of no format still wins where it is sure; figures in models/README.md',
    ),
});
