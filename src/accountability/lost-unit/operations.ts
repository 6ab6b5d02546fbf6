import { z } from 'zod';
import { change } from '../gate/definition.ts';

// Locking and wiping by someone on the unit itself; headquarters does both by a command (BRE-1). The room adds the
// unit's id to the audit record.

const reason = z.string().trim().min(3).max(500);

export const lockUnit = change({
  name: 'unit.lock',
  http: { method: 'POST', path: '/unit/lock' },
  permission: 'accounts.change',
  category: 'System',
  input: z.strictObject({ reason }),
  answer: z.object({ locked: z.literal(true) }),
});

export const wipeUnit = change({
  name: 'unit.wipe',
  http: { method: 'POST', path: '/unit/wipe' },
  permission: 'retention.purge',
  category: 'System',
  input: z.strictObject({
    reason,
    unit: z.string().describe('The id of the unit, typed again'),
  }),
  answer: z.object({ wiping: z.literal(true) }),
});
