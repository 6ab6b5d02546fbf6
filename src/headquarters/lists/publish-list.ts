import { createHash, type KeyObject } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { messageOf, Problem } from '../../platform/problem.ts';
import type { Link } from '../../uplink/link.ts';
import { signManifest } from '../../uplink/manifest-signature.ts';
import {
  type Manifest,
  manifestSchema,
  maxChunkBytes,
  maxListBytes,
} from '../../uplink/messages.ts';
import { packetBytes } from '../../uplink/packet-bytes.ts';
import { chunkTopic, manifestTopic } from '../../uplink/topics.ts';

/** A hot list file to publish to all units of an agency. */
export interface PublishList {
  agency: string;
  list: string;
  file: string;
  /** When the source made the list, RFC 3339 in UTC. */
  asOf: string;
  /** Default: made of `asOf` and the file's hash. */
  version?: string;
  /** Higher than that of every manifest before; default: the time. */
  sequence?: number;
  /** Length of a part; default as long as units and the broker take. A broker of MQTT 3.1.1 does not say what it takes. */
  chunkBytes?: number;
  /** Rows that the file has by its source; 0 vouches for an empty list. */
  entries?: number;
  /** `entries`: of the entries in use at headquarters, not as the list's source made it. */
  form?: 'entries';
  /** The list is taken back: by whom and when. Its file has no entries. */
  withdrawn?: { at: string; by: string | null };
  /** What makes the file of the file before, whose hash is `from`. */
  delta?: { from: string; file: string };
}

/** The files whose parts the broker may still hold. */
export interface PublishedFiles {
  published(agency: string, list: string): { sha256: string; chunks: number }[];
  publish(agency: string, list: string, sha256: string, chunks: number): void;
  unpublish(agency: string, list: string, sha256: string): void;
}

/** The publication was broken off by who asked for it; units go on with the version before. */
export class PublicationBrokenOff extends Error {}

/** A file, measured in parts of one length. */
interface Parts {
  sha256: string;
  bytes: number;
  chunkBytes: number;
  chunks: number;
  /** The hash of each part. */
  parts: string[];
}

/**
 * Publishes a hot list: the file in retained chunks, then the retained manifest that points to them, signed by `key`, and then
 * the chunks of earlier versions are cleared. A unit sees the old list or the new one, whenever it looks.
 */
export async function publishList(
  input: PublishList,
  deps: {
    link: Pick<Link, 'publish' | 'maximumPacketSize'>;
    store: PublishedFiles;
    key: KeyObject;
    /** Whether to break off, as something else goes first; asked before each part. */
    isOutdated?: () => boolean;
  },
): Promise<Manifest> {
  const { agency, list, file } = input;
  const { link, store } = deps;
  const chunkBytes = Math.min(
    input.chunkBytes ?? maxChunkBytes,
    link.maximumPacketSize -
      packetBytes(chunkTopic(agency, list, '0'.repeat(64), maxListBytes), ''),
  );
  const whole = await measure(file, chunkBytes);
  const delta = input.delta === undefined ? null : await measure(input.delta.file, chunkBytes);
  const manifest = manifestOf(input, whole, delta, deps);

  const publish = (topic: string, payload: string | Buffer) =>
    link.publish(topic, payload, { qos: 1, retain: true });
  const published = [whole, ...(delta === null ? [] : [delta])];
  // Noted first: chunks of a publication that broke off are cleared by the next one.
  const earlier = store
    .published(agency, list)
    .filter((each) => published.every(({ sha256 }) => each.sha256 !== sha256));
  for (const { sha256, chunks } of published) store.publish(agency, list, sha256, chunks);
  await publishParts(file, whole);
  if (delta !== null && input.delta !== undefined) await publishParts(input.delta.file, delta);
  await publish(manifestTopic(agency, list), JSON.stringify(manifest));
  for (const old of earlier) {
    for (let index = 0; index < old.chunks; index += 1) {
      await publish(chunkTopic(agency, list, old.sha256, index), '');
    }
    store.unpublish(agency, list, old.sha256);
  }
  return manifest;

  async function publishParts(path: string, { sha256 }: Parts): Promise<void> {
    for await (const { index, part } of partsOf(path, chunkBytes)) {
      if (deps.isOutdated?.()) throw new PublicationBrokenOff();
      await publish(chunkTopic(agency, list, sha256, index), part);
    }
  }
}

/** The manifest of a measured file. */
function manifestOf(
  input: PublishList,
  { parts, ...whole }: Parts,
  delta: Parts | null,
  { key, link }: { key: KeyObject; link: Pick<Link, 'maximumPacketSize'> },
): Manifest {
  const { agency, list, asOf, entries, form, withdrawn, sequence = Date.now() } = input;
  const version =
    input.version ?? `${asOf.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${whole.sha256.slice(0, 8)}`;
  const short = {
    ...{ list, version, asOf, ...whole, agency, sequence },
    ...(entries !== undefined && { entries }),
    ...(form !== undefined && { form }),
    ...(withdrawn !== undefined && { withdrawn }),
    ...(delta !== null &&
      input.delta !== undefined && { delta: { from: input.delta.from, ...withoutParts(delta) } }),
  };
  const parsed = manifestSchema.safeParse(short);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Problem(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const signed = signManifest({ ...short, parts }, key);
  const topic = manifestTopic(agency, list);
  const isTaken = packetBytes(topic, JSON.stringify(signed)) <= link.maximumPacketSize;
  return isTaken ? signed : signManifest(short, key);
}

const withoutParts = ({ parts: _, ...rest }: Parts): Omit<Parts, 'parts'> => rest;

/** Measures a file. Throws a Problem if it cannot be read, or is no file to publish. */
async function measure(file: string, chunkBytes: number): Promise<Parts> {
  const { size: bytes } = await stat(file).catch((error: unknown) => {
    throw new Problem(`${file} cannot be read (${messageOf(error)})`);
  });
  if (bytes === 0) {
    throw new Problem(`${file} is empty; a list without vehicles has its header, and --entries 0`);
  }
  if (bytes > maxListBytes) throw new Problem(`${file} is longer than ${maxListBytes} bytes`);
  const whole = createHash('sha256');
  const parts: string[] = [];
  for await (const { part } of partsOf(file, chunkBytes)) {
    whole.update(part);
    parts.push(createHash('sha256').update(part).digest('hex'));
  }
  return { sha256: whole.digest('hex'), bytes, chunkBytes, chunks: parts.length, parts };
}

/** The parts of a file, one after another. */
async function* partsOf(
  file: string,
  chunkBytes: number,
): AsyncGenerator<{ index: number; part: Buffer }> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  for (let index = 0; index * chunkBytes < size; index += 1) {
    const at = index * chunkBytes;
    const part = Buffer.alloc(Math.min(chunkBytes, size - at));
    await handle.read(part, 0, part.length, at);
    yield { index, part };
  }
}
