import { z } from 'zod';
import { alertUpdateSchema } from './alert-update.ts';

/**
 * What somebody did about an alert at headquarters, for the unit that raised it. Headquarters sends it again until the unit
 * says in a `taken` message that it has it; what came before changes nothing.
 */
export const alertStepSchema = z.strictObject({
  id: z.uuid().describe('Of this message, the same when it is sent again; `taken` names it'),
  from: z.string().min(1).describe('Headquarters, by the id in its configuration'),
  update: alertUpdateSchema,
});
export type AlertStep = z.infer<typeof alertStepSchema>;
