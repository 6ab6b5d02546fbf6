import { z } from 'zod';

/** `log`: JSON lines on standard error, for journald. */
export const logSection = z.strictObject({
  level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
});
