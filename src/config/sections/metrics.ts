import { z } from 'zod';

/** `metrics`: Prometheus figures and the status answer, on loopback. */
export const metricsSection = z.strictObject({
  enabled: z.boolean().default(true),
  host: z.enum(['127.0.0.1', '::1']).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(7441).describe('0: any free port'),
});
