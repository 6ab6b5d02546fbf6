import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sharedAccountSchema } from '../accountability/access/shared-account.ts';
import { auditRecordSchema } from '../accountability/audit/audit-record.ts';
import { canvassSchema } from '../accountability/canvass/canvass.ts';
import { hotPlateMessageBody } from '../accountability/hotplates/hot-plate.ts';
import { sharedOfficeSchema } from '../accountability/officials/official.ts';
import { alertUpdateSchema, reportSchema } from '../accountability/verification/alert-update.ts';
import { detectionSchema, hitSchema, imageRefSchema } from '../records/detection.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const listIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);

/**
 * The envelope of every message of a unit. Headquarters drops repeats by `id`, and of detections and hits by their own
 * id and revision.
 */
const envelope = <Type extends string, Body extends z.ZodType>(type: Type, body: Body) =>
  z.strictObject({
    id: z.uuid().describe('Id of this message; the same when it is sent again'),
    type: z.literal(type),
    agency: z.string(),
    unit: z.string(),
    sentAt: z.iso
      .datetime()
      .describe('When this copy was sent; for a last will: when the link was made'),
    body,
  });

/** One vehicle passing: at its first publication, and when it has left (`closed`). */
export const detectionMessageSchema = envelope('detection', detectionSchema);

/** A hit as alerted: raised, amended or withdrawn. */
export const hitMessageSchema = envelope('hit', hitSchema);

/** The header of an image message; its `id` is the image's. `sha256` and `bytes` are of the JPEG that follows. */
export const imageMessageSchema = envelope(
  'image',
  imageRefSchema.extend({
    detectionId: z.uuid(),
    hit: z.boolean().describe('Whether the detection was a hit when this was queued'),
    reduced: z
      .strictObject({ width: z.int(), height: z.int(), bytes: z.int(), sha256: sha256Schema })
      .optional()
      .describe(
        'Of the original on the unit: the broker takes no message as large, and the JPEG is a smaller copy',
      ),
  }),
);

/**
 * A record of the unit's audit log, each sent once and in order. `body.hash` is SHA-256 over the body without its
 * hash as RFC 8785 JSON; `body.previous` is the hash of the record before, so a gap or a change shows here too.
 */
export const auditMessageSchema = envelope('audit', auditRecordSchema);

/** What an officer did about an alert, up to its disposition (VER-8). */
export const alertMessageSchema = envelope('alert', alertUpdateSchema);

/** An error or violation that was reported (VER-12). */
export const reportMessageSchema = envelope('report', reportSchema);

/** A canvass, whenever the part of the unit begins or ends (CAP-12). */
export const canvassMessageSchema = envelope('canvass', canvassSchema);

/** Who oversees the operation, or who is its custodian, from which day on (AUD-11). */
export const officialMessageSchema = envelope('official', sharedOfficeSchema);

/** A hot plate in its current state; after its removal, a tombstone without its content (HOT-10). */
export const hotPlateMessageSchema = envelope('hot-plate', hotPlateMessageBody);

/** An account in its current state, for the other units of the agency. */
export const accountMessageSchema = envelope('account', sharedAccountSchema);

/** The state on a unit of one hot list that headquarters publishes. */
export const listRefreshSchema = z.strictObject({
  list: listIdSchema,
  version: z.string(),
  sha256: sha256Schema,
  state: z.enum(['downloading', 'importing', 'current', 'refused', 'not-configured']),
  problem: z.string().nullable().describe('Why it was refused; the list in use is unchanged'),
  entries: z.int().nullable(),
  rejected: z.int().nullable(),
  at: z.iso.datetime(),
});
export type ListRefresh = z.infer<typeof listRefreshSchema>;

/** Retained; the last will says `offline`. */
export const statusMessageSchema = envelope(
  'status',
  z.strictObject({
    state: z.enum(['online', 'offline']),
    reason: z.enum(['started', 'stopped', 'connection-lost']),
    since: z.iso.datetime(),
    lists: z.array(listRefreshSchema),
  }),
);
export type StatusBody = z.infer<typeof statusMessageSchema>['body'];

/**
 * The figures of `lookout status`, once it is connected and then every half minute, not retained by the broker.
 * `lookout doctor --prove` sends one with `trial: true` and no figures: headquarters answers it like any other.
 */
export const healthMessageSchema = envelope('health', z.record(z.string(), z.unknown()));

/**
 * Orders that the unit has taken permanently, by the ids of their messages. Sent for each time that one comes: headquarters
 * sends an order again until it is named here.
 */
export const takenMessageSchema = envelope(
  'taken',
  z.strictObject({
    ids: z.array(z.uuid()).max(1000),
    refused: z
      .array(z.strictObject({ id: z.uuid(), problem: z.string() }))
      .max(1000)
      .describe('Not understood, as of a newer version: to be sent again once the unit is updated'),
  }),
);
export type TakenBody = z.infer<typeof takenMessageSchema>['body'];

/** Headquarters has stored these messages permanently, and the unit may delete them. */
export const ackSchema = z.strictObject({
  ids: z
    .array(z.uuid())
    .max(1000)
    .describe(
      'Envelope ids of what is stored; of a status or health message, that headquarters is there',
    ),
  at: z.iso
    .datetime()
    .optional()
    .describe(
      "Headquarters' clock when it sent this. In the answer to a status or health message a unit compares its own with it: by a clock that neither headquarters nor satellites confirm, it deletes nothing",
    ),
  refused: z
    .array(z.strictObject({ id: z.uuid(), problem: z.string() }))
    .max(1000)
    .optional()
    .describe(
      'Messages not understood: the unit sets them aside and tries again after its next start',
    ),
  resend: z
    .boolean()
    .optional()
    .describe(
      'Headquarters is back, but the broker lost its messages: send all waiting messages again',
    ),
});
export type Ack = z.infer<typeof ackSchema>;

/** Largest chunk of a hot list file. */
export const maxChunkBytes = 256 * 1024;
/** Largest hot list file that a unit downloads. */
export const maxListBytes = 512 * 1024 * 1024;

/** A file in chunks. */
const chunked = {
  sha256: sha256Schema.describe('Of the whole file'),
  bytes: z.int().min(1).max(maxListBytes),
  chunkBytes: z.int().min(1).max(maxChunkBytes).describe('Length of every chunk but the last'),
  chunks: z.int().min(1),
};

/** A file in chunks, as a manifest names it. */
export type ChunkedFile = z.infer<z.ZodObject<typeof chunked>> & { parts?: string[] | undefined };

/** Retained; names the file of a hot list. Its chunks are published before it. */
export const manifestSchema = z
  .strictObject({
    list: listIdSchema,
    version: z.string().min(1).max(64),
    asOf: z.iso.datetime().describe('When the source made the list'),
    ...chunked,
    parts: z
      .array(sha256Schema)
      .optional()
      .describe(
        'SHA-256 of each chunk, in their order; left out where the broker takes no such message',
      ),
    entries: z
      .int()
      .min(0)
      .optional()
      .describe(
        'Rows that the file has by its source: checked; with it the list may shrink, with 0 to nothing',
      ),
    form: z
      .literal('entries')
      .optional()
      .describe(
        'The file holds the entries in use at headquarters, as CSV with the usual columns, whose dry run and guards have judged it; without it, what the source made, in the layout that the unit has for the list',
      ),
    delta: z
      .strictObject({
        from: sha256Schema.describe('Of the file of the version before'),
        ...chunked,
      })
      .optional()
      .describe(
        'A shorter way to the file for a unit that holds the version before: lines +ROW (added or changed) and -PLATE,ID (removed), ordered as the file is. Its chunks have the topics of its own hash. A unit whose result has not the hash of the file fetches the file',
      ),
    withdrawn: z
      .strictObject({
        at: z.iso.datetime(),
        by: z.string().max(200).nullable().describe('Who did it at headquarters'),
      })
      .optional()
      .describe(
        'Headquarters has switched the list off, or deleted it: units delete its entries, and none of them alerts. The file has its first line alone. The list comes back with the next version. A unit that does not know this word takes no such manifest, and headquarters tells that it is behind',
      ),
    agency: z.string().optional().describe('The agency whose units take it; with the signature'),
    sequence: z
      .int()
      .min(1)
      .optional()
      .describe(
        'Higher with each version; a unit that knows the key refuses a lower one; with the signature',
      ),
    signature: z
      .base64()
      .max(100)
      .optional()
      .describe(
        'Ed25519 by the key of headquarters, over "lookout list manifest", a zero byte, and the manifest without this field as RFC 8785 JSON. A unit with uplink.agency.key takes no manifest without it',
      ),
  })
  .refine(({ bytes, chunkBytes, chunks }) => chunks === Math.ceil(bytes / chunkBytes), {
    path: ['chunks'],
    message: 'does not fit bytes and chunkBytes',
  })
  .refine(({ chunks, parts }) => parts === undefined || parts.length === chunks, {
    path: ['parts'],
    message: 'does not fit chunks',
  })
  .refine(
    ({ delta }) =>
      delta === undefined || delta.chunks === Math.ceil(delta.bytes / delta.chunkBytes),
    { path: ['delta', 'chunks'], message: 'does not fit bytes and chunkBytes' },
  );
export type Manifest = z.infer<typeof manifestSchema>;

/** The sender in every envelope. */
export interface Sender {
  agency: string;
  unit: string;
}

/** The envelope around a body that is JSON text already. */
export function envelopeJson(
  message: { id: string; type: string; json: string },
  sender: Sender,
  sentAt: string,
): string {
  const { id, type, json } = message;
  const head = JSON.stringify({ id, type, ...sender, sentAt });
  return `${head.slice(0, -1)},"body":${json}}`;
}

/**
 * An image message: the header as one line of JSON, a line feed, then the JPEG. One framing for MQTT 5 and 3.1.1,
 * and a third smaller than base64.
 */
export function imagePayload(header: string, jpeg: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${header}\n`), jpeg]);
}

/** The body of an image message whose JPEG was made smaller, from the body of the original. */
export function reducedImageJson(
  json: string,
  copy: { jpeg: Uint8Array; width: number; height: number },
): string {
  const { width, height, bytes, sha256, ...rest } = JSON.parse(json);
  return JSON.stringify({
    ...rest,
    width: copy.width,
    height: copy.height,
    bytes: copy.jpeg.length,
    sha256: createHash('sha256').update(copy.jpeg).digest('hex'),
    reduced: { width, height, bytes, sha256 },
  });
}

/** Splits an image message; null if there is no header line. */
export function splitImagePayload(payload: Buffer): { header: string; jpeg: Buffer } | null {
  const end = payload.indexOf(0x0a);
  if (end < 0) return null;
  return { header: payload.toString('utf8', 0, end), jpeg: payload.subarray(end + 1) };
}
