import { createHash } from 'node:crypto';
import { open, stat, truncate } from 'node:fs/promises';
import { TemporaryProblem } from '../platform/problem.ts';
import type { Link } from './link.ts';
import type { ChunkedFile } from './messages.ts';
import { chunkTopic } from './topics.ts';

const chunkTimeoutMs = 60_000;

/** The chunks of hot lists that are waited for. */
export interface ListChunks {
  /** Requests one retained message. The answer may never come, if the publisher has replaced it or the link fails. */
  fetch(list: string, topic: string): Promise<Buffer>;
  /** Takes a message if it is a chunk that is waited for. */
  take(topic: string, payload: Buffer): boolean;
  /** Ends the waiting for chunks of a list, or of all lists. */
  giveUp(reason: string, list?: string): void;
}

/** Fetches chunks by the link. */
export function createListChunks(link: Link): ListChunks {
  const waiting = new Map<string, PromiseWithResolvers<Buffer> & { list: string }>();
  return {
    async fetch(list, topic) {
      const answer = Promise.withResolvers<Buffer>();
      const timer = setTimeout(
        () => answer.reject(new Error('a part of the file did not arrive')),
        chunkTimeoutMs,
      );
      waiting.set(topic, { ...answer, list });
      try {
        await Promise.all([link.subscribe(topic), answer.promise]);
        return await answer.promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(topic);
        link.unsubscribe(topic).catch(() => {});
      }
    },
    take(topic, payload) {
      const chunk = waiting.get(topic);
      chunk?.resolve(payload);
      return chunk !== undefined;
    },
    giveUp(reason, list) {
      for (const answer of waiting.values()) {
        if (list === undefined || answer.list === list) answer.reject(new Error(reason));
      }
    },
  };
}

/**
 * Appends the missing chunks of a list to `path`. Resolves false if `isOutdated` says so on the way: the partial file is
 * kept.
 */
export async function appendChunks(
  list: string,
  { sha256, bytes, chunkBytes, chunks: count, parts }: ChunkedFile,
  path: string,
  deps: { agency: string; chunks: ListChunks; isOutdated: () => boolean },
): Promise<boolean> {
  const have = await stat(path).then(
    (found) => Math.min(found.size, bytes),
    () => 0,
  );
  let next = have === bytes ? count : Math.floor(have / chunkBytes);
  if (next < count && have > 0) await truncate(path, next * chunkBytes);
  const file = await open(path, 'a', 0o600);
  try {
    for (; next < count; next += 1) {
      if (deps.isOutdated()) return false;
      const payload = await deps.chunks.fetch(list, chunkTopic(deps.agency, list, sha256, next));
      const expected = next === count - 1 ? bytes - next * chunkBytes : chunkBytes;
      if (payload.length !== expected) {
        throw new TemporaryProblem(
          `part ${next} has ${payload.length} bytes instead of ${expected}`,
        );
      }
      const hash = parts?.[next];
      if (hash !== undefined && createHash('sha256').update(payload).digest('hex') !== hash) {
        throw new TemporaryProblem(
          `part ${next} does not have the SHA-256 that its manifest gives`,
        );
      }
      await file.writeFile(payload);
    }
    await file.sync();
    return true;
  } finally {
    await file.close();
  }
}
