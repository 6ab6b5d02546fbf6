import { type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { sharedAccountSchema } from '../access/shared-account.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import { sharedCanvassSchema } from '../canvass/canvass.ts';
import { hotPlateMessageBody } from '../hotplates/hot-plate.ts';
import { sharedOfficeSchema } from '../officials/official.ts';

/** What every message of this kind says, whatever it is about. */
const common = {
  agency: z.string().describe('The agency whose units take it; no other takes it'),
  sequence: z
    .int()
    .min(1)
    .describe(
      'Higher with each message of headquarters; a unit refuses a lower one about the same',
    ),
  at: z.iso.datetime().describe('When headquarters signed it'),
};
const about = {
  id: z.uuid().describe('Of the entry or account, as in the topic'),
  unit: z.string().describe('On which unit this state was made'),
};
const signature = z
  .base64()
  .max(100)
  .describe(
    'Ed25519 by the key of headquarters, over "lookout agency message", a zero byte, and the message without this field as RFC 8785 JSON',
  );

/** One hot plate of the agency: approved, changed, renewed or removed on any unit. */
export const agencyHotPlateSchema = z.strictObject({
  kind: z.literal('hot-plate'),
  ...common,
  ...about,
  body: hotPlateMessageBody,
  signature,
});

/** One account of the agency: made, approved, changed, used, deactivated or closed on any unit. */
export const agencyAccountSchema = z.strictObject({
  kind: z.literal('account'),
  ...common,
  ...about,
  body: sharedAccountSchema,
  signature,
});

/** One canvass of the agency: begun or ended on any unit (CAP-12). */
export const agencyCanvassSchema = z.strictObject({
  kind: z.literal('canvass'),
  ...common,
  ...about,
  body: sharedCanvassSchema,
  signature,
});

/** Who oversees the operation, or who is its custodian, from which day on: entered on any unit (AUD-11). */
export const agencyOfficialSchema = z.strictObject({
  kind: z.literal('official'),
  ...common,
  ...about,
  body: sharedOfficeSchema,
  signature,
});

/**
 * What there is: by it a unit notices what it lacks, also where the broker gives retained messages to exact topics only
 * (RabbitMQ). A page holds the entries and accounts whose id ends with its digit. The offices are in none: there are two, whose
 * topics each unit knows.
 */
export const agencyIndexSchema = z.strictObject({
  kind: z.literal('index'),
  ...common,
  id: z
    .string()
    .regex(/^[0-9a-f]$/)
    .describe('The page, as in the topic'),
  entries: z
    .array(z.tuple([z.enum(['hot-plate', 'account', 'canvass']), z.uuid(), z.int()]))
    .max(10_000)
    .describe('Kind, id and sequence of the last message about each'),
  signature,
});

/** The pages of the index. */
export const indexPages = [...'0123456789abcdef'];

/** The page on which an entry or account stands. */
export function indexPageOf(id: string): string {
  return id.slice(-1);
}

/** A message of headquarters to every unit of an agency. */
export const agencyMessageSchema = z.discriminatedUnion('kind', [
  agencyHotPlateSchema,
  agencyAccountSchema,
  agencyCanvassSchema,
  agencyOfficialSchema,
  agencyIndexSchema,
]);
export type AgencyMessage = z.infer<typeof agencyMessageSchema>;

type Unsigned<Message> = Message extends unknown ? Omit<Message, 'signature'> : never;

/** A message before it is signed. */
export type UnsignedAgencyMessage = Unsigned<AgencyMessage>;

function signedBytes(message: UnsignedAgencyMessage): Buffer {
  return Buffer.from(`lookout agency message\0${canonicalJson(message)}`);
}

/** Signs a message with headquarters' private key (Ed25519). */
export function signAgencyMessage(message: UnsignedAgencyMessage, key: KeyObject): AgencyMessage {
  const text = sign(null, signedBytes(message), key).toString('base64');
  return agencyMessageSchema.parse({ ...message, signature: text });
}

/** Whether one of headquarters' public keys signed exactly this message. */
export function isSignedBy(message: AgencyMessage, keys: readonly KeyObject[]): boolean {
  const { signature: text, ...rest } = message;
  const bytes = signedBytes(rest);
  return keys.some((key) => verify(null, bytes, key, Buffer.from(text, 'base64')));
}
