import { join } from 'node:path';
import type { WaitingMessage } from '../outbox/outbox.ts';
import { isoTime } from '../platform/clock.ts';
import { loadRegularFile } from '../platform/regular-file.ts';
import { envelopeJson, imagePayload, reducedImageJson, type Sender } from './messages.ts';
import { packetBytes } from './packet-bytes.ts';
import { reduceImage } from './reduce-image.ts';

/** A message as it is sent. */
export interface Payload {
  data: string | Buffer;
  /** Bytes of its packet. */
  bytes: number;
  /** Its image is a smaller copy. */
  isReduced: boolean;
}

/**
 * Makes the payload of a waiting message, of at most `limit` bytes as a packet: an image that would be larger is made
 * smaller. Null if it does not fit. Throws if the image's file cannot be read.
 */
export async function messagePayload(
  row: WaitingMessage,
  deps: { sender: Sender; topic: string; dataDir: string; limit: number },
): Promise<Payload | null> {
  const { id, json, file } = row;
  const { sender, topic, dataDir, limit } = deps;
  const type = row.topic.split('/')[0] ?? row.topic;
  const envelope = (body: string) =>
    envelopeJson({ id, type, json: body }, sender, isoTime(Date.now()));
  const payload = (data: string | Buffer, isReduced = false): Payload | null => {
    const bytes = packetBytes(topic, data);
    return bytes > limit ? null : { data, bytes, isReduced };
  };
  if (file === undefined) return payload(envelope(json));
  const jpeg = await loadRegularFile(join(dataDir, file));
  const whole = payload(imagePayload(envelope(json), jpeg));
  if (whole !== null) return whole;
  const copyOf = (copy: { jpeg: Uint8Array; width: number; height: number }) =>
    imagePayload(envelope(reducedImageJson(json, copy)), copy.jpeg);
  // The header grows by what it says of the original, and by no digit more than the original's.
  const headerBytes = packetBytes(topic, copyOf({ jpeg, width: 0, height: 0 })) - jpeg.length;
  // One that cannot be decoded cannot be made smaller.
  const copy = await reduceImage(jpeg, limit - headerBytes - 8).catch(() => null);
  return copy && payload(copyOf(copy), true);
}
