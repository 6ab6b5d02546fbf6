import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { open, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isoTime } from '../platform/clock.ts';
import { localTime } from '../platform/local-time.ts';
import type { Log } from '../platform/log.ts';
import { messageOf, Problem, TemporaryProblem } from '../platform/problem.ts';
import { sha256OfFile } from '../platform/sha256-of-file.ts';
import { writeFileDurably } from '../platform/write-file-durably.ts';
import type { Link } from './link.ts';
import { type ListRefresh, listRefreshSchema, type Manifest, manifestSchema } from './messages.ts';
import { chunkTopic, manifestTopic } from './topics.ts';

/** The part of the hot lists that a download needs. */
export interface HotlistTarget {
  /** The configured lists; one without entries was never imported, or was deleted for its age. */
  status(): readonly { id: string; entries: number }[];
  /** Calls back when all lists were lost and must come again. */
  on?(event: 'lost', listener: () => void): void;
  /** Imports the whole file, or throws and leaves the list in use unchanged. */
  importFile(request: {
    listId: string;
    file: string;
    asOf: string;
    sha256: string;
    entries?: number;
  }): Promise<{ entries: number; rejected: number }>;
}

const chunkTimeoutMs = 60_000;
const defaultRetryAfterMs = 300_000;
/** A list dated further ahead than this shows that this unit's clock is behind. */
const clockToleranceMs = 300_000;
const stopTimeoutMs = 1000;

/**
 * Downloads hot lists that headquarters publishes. A manifest names the file; its retained chunks are fetched one by
 * one (so that little is in memory, and a broken download resumes), the whole is checked against its hash and imported.
 * Each list has its own queue, so that a list with missing chunks does not delay others. A failure is reported to
 * headquarters in the unit's status; the old list stays. After a temporary failure (a chunk that did not arrive or was
 * damaged, a full disk, another import in progress, a clock that is not set yet) the list is fetched again.
 */
export function createHotlistRefresh(deps: {
  target: HotlistTarget;
  link: Link;
  agency: string;
  dataDir: string;
  log: Log;
  /** The state of a list changed. */
  onChanged: () => void;
  retryAfterMs?: number;
}) {
  const { target, link, agency, log, onChanged, retryAfterMs = defaultRetryAfterMs } = deps;
  const folder = join(deps.dataDir, 'hotlist-refresh');
  const states = new Map<string, ListRefresh>();
  /** The newest manifest of each list that is still to be processed. */
  const wanted = new Map<string, Manifest>();
  /** Timers of lists to retry after a temporary failure, by list. */
  const retries = new Map<string, NodeJS.Timeout>();
  /** Requested chunks, by topic. */
  const chunks = new Map<string, PromiseWithResolvers<Buffer> & { list: string }>();
  /** Lists whose manifest came again while it was in work. */
  const repeated = new Set<string>();
  /** The manifest in work, by list. */
  const inWork = new Map<string, Manifest>();
  /** Work in progress, by list. */
  const working = new Map<string, Promise<void>>();
  let stopped = false;

  const setState = async (
    manifest: Manifest,
    change: Pick<ListRefresh, 'state'> & Partial<ListRefresh>,
    keep = false,
  ): Promise<void> => {
    const { list, version, sha256 } = manifest;
    const state = {
      list,
      version,
      sha256,
      problem: null,
      entries: null,
      rejected: null,
      at: isoTime(Date.now()),
      ...change,
    };
    states.set(list, state);
    onChanged();
    if (keep) {
      await writeFileDurably(join(folder, `${list}.json`), JSON.stringify(state));
    }
  };

  /** Requests one retained message. The answer may never come, if the publisher has replaced it or the link fails. */
  const fetchChunk = async (list: string, topic: string): Promise<Buffer> => {
    const answer = Promise.withResolvers<Buffer>();
    const timer = setTimeout(
      () => answer.reject(new Error('a part of the file did not arrive')),
      chunkTimeoutMs,
    );
    chunks.set(topic, { ...answer, list });
    try {
      await Promise.all([link.subscribe(topic), answer.promise]);
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      chunks.delete(topic);
      link.unsubscribe(topic).catch(() => {});
    }
  };

  /**
   * Appends the missing chunks. Resolves false if a newer manifest came or the link failed: the partial file is kept.
   */
  const download = async (manifest: Manifest, path: string): Promise<boolean> => {
    const { list, sha256, bytes, chunkBytes, chunks: count } = manifest;
    const have = await stat(path).then(
      (found) => Math.min(found.size, bytes),
      () => 0,
    );
    let next = have === bytes ? count : Math.floor(have / chunkBytes);
    if (next < count && have > 0) await truncate(path, next * chunkBytes);
    const file = await open(path, 'a', 0o600);
    try {
      for (; next < count; next += 1) {
        if (stopped || wanted.has(list)) return false;
        const payload = await fetchChunk(list, chunkTopic(agency, list, sha256, next));
        const expected = next === count - 1 ? bytes - next * chunkBytes : chunkBytes;
        if (payload.length !== expected) {
          throw new TemporaryProblem(
            `part ${next} has ${payload.length} bytes instead of ${expected}`,
          );
        }
        await file.writeFile(payload);
      }
      await file.sync();
      return true;
    } finally {
      await file.close();
    }
  };

  const refresh = async (manifest: Manifest): Promise<void> => {
    const { list, version, asOf, sha256, entries: stated } = manifest;
    const known = states.get(list);
    const same = known?.version === version && known.sha256 === sha256;
    const configured = target.status().find((each) => each.id === list);
    if (!configured) {
      await setState(manifest, { state: 'not-configured' });
      return;
    }
    const isRetry = retries.delete(list);
    // A database lost since then needs the list again, and so does one that a jump of the clock emptied.
    const isImported = known?.state === 'current' && configured.entries > 0;
    if (same && (isImported || (known.state === 'refused' && !isRetry))) return;
    if (Date.parse(asOf) > Date.now() + clockToleranceMs) {
      await refuse(
        manifest,
        new Error(`it is dated ${localTime(asOf)}, which is in the future by this unit's clock`),
      );
      return;
    }
    const name = `${list}-${sha256}.part`;
    const path = join(folder, name);
    for (const other of readdirSync(folder)) {
      const isPart = other.startsWith(`${list}-`) && other.length === name.length;
      if (isPart && other !== name) await rm(join(folder, other), { force: true });
    }
    await setState(manifest, { state: 'downloading' });
    const resumed = await stat(path).catch(() => null);
    if (!(await download(manifest, path))) return;
    let found = await sha256OfFile(path);
    if (found !== sha256 && resumed) {
      // A power cut may have damaged the earlier part: download once from the start.
      await rm(path, { force: true });
      if (!(await download(manifest, path))) return;
      found = await sha256OfFile(path);
    }
    try {
      if (found !== sha256) {
        // Damaged on the way, at the publisher or in the broker: the next publication may be intact.
        await rm(path, { force: true });
        throw new TemporaryProblem(
          'the file does not have the SHA-256 that its manifest gives; it is fetched again',
        );
      }
      await setState(manifest, { state: 'importing' });
      const { entries, rejected } = await target.importFile({
        listId: list,
        file: path,
        asOf,
        sha256,
        ...(stated !== undefined && { entries: stated }),
      });
      await setState(manifest, { state: 'current', entries, rejected }, true);
      log.info({ list, version, entries, rejected }, 'hot list refreshed from headquarters');
    } catch (error) {
      await refuse(manifest, error);
      // An intact file need not be fetched again.
      if (!isFinalRefusal(error)) return;
    }
    await rm(path, { force: true });
  };

  const refuse = async (manifest: Manifest, error: unknown): Promise<void> => {
    const { list, version } = manifest;
    const isFinal = isFinalRefusal(error);
    if (!isFinal) retryLater(manifest);
    await setState(manifest, { state: 'refused', problem: messageOf(error) }, isFinal);
    // The import's message is sent to headquarters only: it may quote a row.
    log.error(
      { list, version },
      'a hot list from headquarters was refused; the old one stays in use',
    );
  };

  const retryLater = (manifest: Manifest): void => {
    clearTimeout(retries.get(manifest.list));
    const timer = setTimeout(() => take(manifest), retryAfterMs);
    retries.set(manifest.list, timer.unref());
  };

  const interrupt = (): void => {
    for (const answer of chunks.values()) answer.reject(new Error('the connection was lost'));
  };

  const work = async (list: string): Promise<void> => {
    for (;;) {
      const manifest = wanted.get(list);
      if (!manifest || stopped || !link.connected) return;
      wanted.delete(list);
      inWork.set(list, manifest);
      try {
        await refresh(manifest);
      } catch (error) {
        // A newer manifest has come and goes first.
        if (wanted.has(list)) continue;
        if (error instanceof Problem) {
          await rm(join(folder, `${list}-${manifest.sha256}.part`), { force: true });
          await refuse(manifest, error);
        } else {
          // The manifest is retained, so it comes again with the next connection at the latest.
          retryLater(manifest);
          log.warn({ list, problem: messageOf(error) }, 'hot list download was interrupted');
        }
      } finally {
        inWork.delete(list);
        // It came once more meanwhile, and the list may have been emptied since it was imported.
        const isDone = states.get(list)?.state === 'current';
        if (repeated.delete(list) && isDone && !wanted.has(list)) wanted.set(list, manifest);
      }
    }
  };

  const take = (manifest: Manifest): void => {
    const { list } = manifest;
    // Two subscriptions that fit one topic may each bring it. It does not break off its own download.
    if (isSame(wanted.get(list), manifest)) return;
    if (isSame(inWork.get(list), manifest)) {
      repeated.add(list);
      return;
    }
    clearTimeout(retries.get(list));
    wanted.set(list, manifest);
    for (const answer of chunks.values()) {
      if (answer.list === list) answer.reject(new Error('a newer list was published'));
    }
    if (working.has(list)) return;
    working.set(
      list,
      work(list).finally(() => working.delete(list)),
    );
  };

  /** A manifest is retained: subscribing again brings it again. */
  const askAgain = (): void => {
    if (!link.connected) return;
    const topics = target.status().map(({ id }) => manifestTopic(agency, id));
    if (topics.length === 0) return;
    link
      .subscribe(topics)
      .catch((error) => log.warn({ problem: messageOf(error) }, 'hot lists were not asked for'));
  };
  target.on?.('lost', askAgain);

  return {
    /** Loads the states of the last run; call it before the link is up. */
    start(): void {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const state of readStates(folder)) states.set(state.list, state);
    },
    /** A message on a hot list topic: `rest` is the topic after the unit's level. */
    onMessage(topic: string, rest: string, payload: Buffer): void {
      const chunk = chunks.get(topic);
      if (chunk) {
        chunk.resolve(payload);
        return;
      }
      if (!rest.endsWith('/manifest') || payload.length === 0) return;
      const manifest = manifestOf(payload);
      if (!manifest || rest !== `hotlist/${manifest.list}/manifest`) {
        log.error({ topic }, 'headquarters published a hot list manifest that cannot be read');
        return;
      }
      take(manifest);
    },
    states: (): ListRefresh[] => [...states.values()],
    /** The link is down: a download stops, and resumes when the manifest comes again. */
    interrupt,
    /** Waits a moment for work in progress; the hot lists, which stop later, finish an import. */
    async stop(): Promise<void> {
      stopped = true;
      for (const timer of retries.values()) clearTimeout(timer);
      interrupt();
      await Promise.race([
        Promise.all(working.values()),
        delay(stopTimeoutMs, null, { ref: false }),
      ]);
    },
  };
}

/** Whether the failure is final for this version of the list; any other failure is tried again. */
function isFinalRefusal(error: unknown): boolean {
  return error instanceof Problem && !(error instanceof TemporaryProblem);
}

function isSame(one: Manifest | undefined, other: Manifest): boolean {
  return one !== undefined && one.version === other.version && one.sha256 === other.sha256;
}

function manifestOf(payload: Buffer): Manifest | null {
  try {
    return manifestSchema.parse(JSON.parse(payload.toString()));
  } catch {
    return null;
  }
}

/** States of the last run; an unreadable file counts as none, and the list is fetched again. */
function readStates(folder: string): ListRefresh[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        return [listRefreshSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))];
      } catch {
        return [];
      }
    });
}
