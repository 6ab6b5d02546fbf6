import { type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';

/** A retained command to one lost or stolen unit (BRE-1). A unit obeys each id once. */
export const commandSchema = z.strictObject({
  id: z.uuid(),
  kind: z
    .enum(['lock', 'unlock', 'wipe'])
    .describe('lock: every login is refused; wipe: keys and data are destroyed'),
  at: z.iso.datetime(),
  by: z.string().min(1).max(100),
  reason: z.string().min(1).max(500),
  signature: z
    .base64()
    .max(200)
    .optional()
    .describe(
      'Ed25519 by headquarters over "lookout command", a zero byte, and the rest with agency and unit as RFC 8785 JSON. A unit that has the key of headquarters (uplink.agency.key) obeys no other command, and none whose id (uuid v7) is of an earlier time than that of one it obeyed',
    ),
});
export type Command = z.infer<typeof commandSchema>;

/** The unit that a command is for: it is signed with it, so that none obeys what was meant for another. */
export interface CommandedUnit {
  agency: string;
  unit: string;
}

const signedBytes = ({ signature: _, ...command }: Command, to: CommandedUnit): Buffer =>
  Buffer.from(`lookout command\0${canonicalJson({ ...command, ...to })}`);

/** Signs a command by headquarters' key (Ed25519). */
export function signCommand(command: Command, to: CommandedUnit, key: KeyObject): Command {
  return { ...command, signature: sign(null, signedBytes(command, to), key).toString('base64') };
}

/** Whether one of headquarters' public keys signed exactly this command to this unit. */
export function isSignedCommand(
  command: Command,
  to: CommandedUnit,
  keys: readonly KeyObject[],
): boolean {
  const { signature } = command;
  if (signature === undefined) return false;
  const bytes = signedBytes(command, to);
  return keys.some((key) => verify(null, bytes, key, Buffer.from(signature, 'base64')));
}
