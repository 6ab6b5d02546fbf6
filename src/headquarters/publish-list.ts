import { open, stat } from 'node:fs/promises';
import { messageOf, Problem } from '../platform/problem.ts';
import { sha256OfFile } from '../platform/sha256-of-file.ts';
import type { Link } from '../uplink/link.ts';
import { type Manifest, manifestSchema, maxChunkBytes, maxListBytes } from '../uplink/messages.ts';
import { packetBytes } from '../uplink/packet-bytes.ts';
import { chunkTopic, manifestTopic } from '../uplink/topics.ts';

/** A hot list file to publish to all units of an agency. */
export interface PublishList {
  agency: string;
  list: string;
  file: string;
  /** When the source made the list, RFC 3339 in UTC. */
  asOf: string;
  /** Default: made of `asOf` and the file's hash. */
  version?: string;
  /** Length of a part; default as long as units and the broker take. A broker of MQTT 3.1.1 does not say what it takes. */
  chunkBytes?: number;
  /** Rows that the file has by its source; 0 vouches for an empty list. */
  entries?: number;
  /** `entries`: of the entries in use at headquarters, not as the list's source made it. */
  form?: 'entries';
}

/** The files whose parts the broker may still hold. */
export interface PublishedFiles {
  published(agency: string, list: string): { sha256: string; chunks: number }[];
  publish(agency: string, list: string, sha256: string, chunks: number): void;
  unpublish(agency: string, list: string, sha256: string): void;
}

/**
 * Publishes a hot list: the file in retained chunks, then the retained manifest that points to them, and then the
 * chunks of earlier versions are cleared. A unit sees the old list or the new one, whenever it looks.
 */
export async function publishList(
  input: PublishList,
  deps: { link: Pick<Link, 'publish' | 'maximumPacketSize'>; store: PublishedFiles },
): Promise<Manifest> {
  const { agency, list, file, asOf } = input;
  const { link, store } = deps;
  const bytes = await stat(file).then(
    ({ size }) => size,
    (error: unknown) => {
      throw new Problem(`${file} cannot be read (${messageOf(error)})`);
    },
  );
  if (bytes === 0) {
    throw new Problem(`${file} is empty; a list without vehicles has its header, and --entries 0`);
  }
  if (bytes > maxListBytes) throw new Problem(`${file} is longer than ${maxListBytes} bytes`);
  const sha256 = await sha256OfFile(file);
  const chunkBytes = Math.min(
    input.chunkBytes ?? maxChunkBytes,
    link.maximumPacketSize - packetBytes(chunkTopic(agency, list, sha256, bytes), ''),
  );
  const chunks = Math.ceil(bytes / chunkBytes);
  const version =
    input.version ?? `${asOf.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${sha256.slice(0, 8)}`;
  const parsed = manifestSchema.safeParse({
    list,
    version,
    asOf,
    sha256,
    bytes,
    chunkBytes,
    chunks,
    ...(input.entries !== undefined && { entries: input.entries }),
    ...(input.form !== undefined && { form: input.form }),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Problem(`${issue?.path.join('.')}: ${issue?.message}`);
  }

  const publish = (topic: string, payload: string | Buffer) =>
    link.publish(topic, payload, { qos: 1, retain: true });
  // Noted first: chunks of a publication that broke off are cleared by the next one.
  const earlier = store.published(agency, list).filter((each) => each.sha256 !== sha256);
  store.publish(agency, list, sha256, chunks);
  const handle = await open(file);
  try {
    for (let index = 0; index < chunks; index += 1) {
      const at = index * chunkBytes;
      const chunk = Buffer.alloc(Math.min(chunkBytes, bytes - at));
      await handle.read(chunk, 0, chunk.length, at);
      await publish(chunkTopic(agency, list, sha256, index), chunk);
    }
  } finally {
    await handle.close();
  }
  await publish(manifestTopic(agency, list), JSON.stringify(parsed.data));
  for (const old of earlier) {
    for (let index = 0; index < old.chunks; index += 1) {
      await publish(chunkTopic(agency, list, old.sha256, index), '');
    }
    store.unpublish(agency, list, old.sha256);
  }
  return parsed.data;
}
