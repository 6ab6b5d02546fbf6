import { z } from 'zod';

/** `console`: the operator's page on loopback. */
export const consoleSection = z.strictObject({
  enabled: z.boolean().default(true),
  host: z.enum(['127.0.0.1', '::1']).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(7440).describe('0: any free port'),
  map: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The map that lookout map install puts there; if left out, map.pmtiles in the data folder',
    ),
});

export type ConsoleConfig = z.infer<typeof consoleSection>;
