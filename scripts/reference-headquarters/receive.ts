import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { AuditRecord } from '../../src/accountability/audit/audit-record.ts';
import { hasOwnHash } from '../../src/accountability/audit/chain.ts';
import { messageOf } from '../../src/platform/problem.ts';
import { writeFileDurably } from '../../src/platform/write-file-durably.ts';
import {
  accountMessageSchema,
  alertMessageSchema,
  auditMessageSchema,
  canvassMessageSchema,
  detectionMessageSchema,
  hitMessageSchema,
  hotPlateMessageSchema,
  imageMessageSchema,
  reportMessageSchema,
  splitImagePayload,
} from '../../src/uplink/messages.ts';
import { parseTopic } from '../../src/uplink/topics.ts';
import type { StoredImage, StoredNotice, StoredWord } from './store.ts';

/** A message, checked and (an image) written; or why it cannot be taken. */
export type Received = { id: string; agency: string; unit: string } & (
  | { kind: 'detection' | 'hit'; word: StoredWord }
  | { kind: 'image'; image: StoredImage }
  | { kind: 'notice'; notice: StoredNotice }
  | { kind: 'audit'; record: AuditRecord }
  | { kind: 'refused'; problem: string }
);

/** Messages that are kept as they are, each once. */
const noticeSchemas = {
  alert: alertMessageSchema,
  report: reportMessageSchema,
  canvass: canvassMessageSchema,
  'hot-plate': hotPlateMessageSchema,
  account: accountMessageSchema,
} as const;
export const noticeTopics = Object.keys(noticeSchemas) as (keyof typeof noticeSchemas)[];

/** Checks one message of a unit against its schema. Null when it is so broken that it has no id to answer to. */
export async function receive(
  message: { topic: string; payload: Buffer },
  deps: { folder: string; hasImage: (id: string) => boolean },
): Promise<Received | null> {
  const from = parseTopic(message.topic);
  if (!from) return null;
  const { agency, unit, rest } = from;
  const split = rest.startsWith('image/') ? splitImagePayload(message.payload) : null;
  const text = split?.header ?? message.payload.toString();
  let id: string | null = null;
  try {
    const json: unknown = JSON.parse(text);
    id = idOf(json);
    if (id === null) return null;
    const sender = { id, agency, unit };
    const checked = <T extends { agency: string; unit: string }>(schema: z.ZodType<T>): T => {
      const parsed = schema.parse(json);
      // A unit may only speak for itself; the broker's access rules tie a topic to a certificate.
      if (parsed.agency !== agency || parsed.unit !== unit) {
        throw new Error('the message names another unit than its topic');
      }
      return parsed;
    };
    if (rest === 'detection') {
      const { body } = checked(detectionMessageSchema);
      return { ...sender, kind: 'detection', word: { agency, unit, body } };
    }
    if (rest === 'hit') {
      const { body } = checked(hitMessageSchema);
      return { ...sender, kind: 'hit', word: { agency, unit, body } };
    }
    if (rest === 'audit') {
      const { body } = checked(auditMessageSchema);
      if (!hasOwnHash(body)) {
        throw new Error('the record does not have the hash that it gives');
      }
      return { ...sender, kind: 'audit', record: body };
    }
    const type = noticeTopics.find((topic) => topic === rest);
    if (type !== undefined) {
      const { body } = checked<{ agency: string; unit: string; body: object }>(noticeSchemas[type]);
      return { ...sender, kind: 'notice', notice: { ...sender, type, body } };
    }
    const { body } = checked(imageMessageSchema);
    const jpeg = split?.jpeg ?? Buffer.alloc(0);
    if (createHash('sha256').update(jpeg).digest('hex') !== body.sha256) {
      throw new Error('the JPEG does not have the SHA-256 that its header gives');
    }
    const file = join('images', agency, unit, `${body.id}.jpg`);
    if (!deps.hasImage(body.id)) await writeFileDurably(join(deps.folder, file), jpeg);
    const { detectionId, sha256 } = body;
    const reduced = body.reduced !== undefined;
    const image = { id: body.id, agency, unit, detectionId, sha256, file, reduced };
    return { ...sender, kind: 'image', image };
  } catch (error) {
    // The schema's words name fields, not values.
    return id === null ? null : { id, agency, unit, kind: 'refused', problem: messageOf(error) };
  }
}

function idOf(json: unknown): string | null {
  const parsed = z.object({ id: z.uuid() }).safeParse(json);
  return parsed.success ? parsed.data.id : null;
}
