import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AuditRecord } from '../../accountability/audit/audit-record.ts';
import { hasOwnHash } from '../../accountability/audit/chain.ts';
import { messageOf } from '../../platform/problem.ts';
import type { Detection, Hit } from '../../records/detection.ts';
import type { ReceivedImage } from '../../records/received-records.ts';
import {
  accountMessageSchema,
  alertMessageSchema,
  auditMessageSchema,
  canvassMessageSchema,
  detectionMessageSchema,
  hitMessageSchema,
  hotPlateMessageSchema,
  imageMessageSchema,
  officialMessageSchema,
  reportMessageSchema,
  splitImagePayload,
} from '../../uplink/messages.ts';
import { parseTopic } from '../../uplink/topics.ts';

/** Where a message came from. */
export interface From {
  agency: string;
  unit: string;
}

/** A message that is neither a record nor a picture: what people did on a unit. */
export interface UnitNotice extends From {
  id: string;
  type: NoticeType;
  body: object;
}

/** A message, checked; or why it cannot be taken. `id` is what the unit wants acknowledged. */
export type UnitMessage = From & { id: string } & (
    | { kind: 'detection'; detection: Detection }
    | { kind: 'hit'; hit: Hit }
    | { kind: 'image'; image: ReceivedImage; jpeg: Buffer }
    | { kind: 'notice'; notice: UnitNotice }
    | { kind: 'audit'; record: AuditRecord }
    | { kind: 'refused'; problem: string }
  );

const noticeSchemas = {
  alert: alertMessageSchema,
  report: reportMessageSchema,
  canvass: canvassMessageSchema,
  official: officialMessageSchema,
  'hot-plate': hotPlateMessageSchema,
  account: accountMessageSchema,
} as const;
export type NoticeType = keyof typeof noticeSchemas;
const noticeTypes = Object.keys(noticeSchemas) as NoticeType[];

/** Topics below a unit's, of what is answered by an acknowledgement once it is stored. */
export const storedTopics = ['detection', 'hit', 'image/+', 'audit', ...noticeTypes] as const;

const identified = z.object({ id: z.uuid() });

/** Checks one message of a unit against its schema. Null if it is so broken that it has no id to answer to. */
export function readMessage(message: { topic: string; payload: Buffer }): UnitMessage | null {
  const from = parseTopic(message.topic);
  if (!from) return null;
  const { agency, unit, rest } = from;
  const split = rest.startsWith('image/') ? splitImagePayload(message.payload) : null;
  const text = split?.header ?? message.payload.toString();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  try {
    const content = contentOf(rest, json, split?.jpeg ?? Buffer.alloc(0), { agency, unit });
    return { agency, unit, ...content };
  } catch (error) {
    const id = idOf(json);
    // The schema's words name fields, not values.
    return id === null ? null : { id, agency, unit, kind: 'refused', problem: messageOf(error) };
  }
}

type Content = UnitMessage extends infer Each
  ? Each extends UnitMessage
    ? Omit<Each, keyof From>
    : never
  : never;

/** Throws if it is not as its schema says. */
function contentOf(rest: string, json: unknown, jpeg: Buffer, sender: From): Content {
  const checked = <Body>(schema: z.ZodType<From & { id: string; body: Body }>) => {
    const parsed = schema.parse(json);
    // A unit may only speak for itself; the broker's access rules tie a topic to a certificate.
    ofSender(parsed, sender);
    return parsed;
  };
  if (rest === 'detection') {
    const { id, body: detection } = checked(detectionMessageSchema);
    ofSender(detection, sender);
    return { id, kind: 'detection', detection };
  }
  if (rest === 'hit') {
    const { id, body: hit } = checked(hitMessageSchema);
    ofSender(hit, sender);
    return { id, kind: 'hit', hit };
  }
  if (rest === 'audit') {
    const { id, body: record } = checked(auditMessageSchema);
    ofSender(record, sender);
    if (!hasOwnHash(record)) throw new Error('the record does not have the hash that it gives');
    return { id, kind: 'audit', record };
  }
  const type = noticeTypes.find((each) => each === rest);
  if (type !== undefined) {
    const { id, body } = checked<object>(noticeSchemas[type]);
    return { id, kind: 'notice', notice: { ...sender, id, type, body } };
  }
  const { id, body } = checked(imageMessageSchema);
  const { detectionId, reduced, hit: _, ...ref } = body;
  if (createHash('sha256').update(jpeg).digest('hex') !== ref.sha256) {
    throw new Error('the JPEG does not have the SHA-256 that its header gives');
  }
  return { id, kind: 'image', image: { detectionId, ref, reduced: reduced ?? null }, jpeg };
}

function ofSender(named: From, { agency, unit }: From): void {
  if (named.agency !== agency || named.unit !== unit) {
    throw new Error('the message names another unit than its topic');
  }
}

function idOf(json: unknown): string | null {
  const parsed = identified.safeParse(json);
  return parsed.success ? parsed.data.id : null;
}
