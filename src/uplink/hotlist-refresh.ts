import { readdirSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localTime } from '../platform/local-time.ts';
import type { Log } from '../platform/log.ts';
import { messageOf, Problem, TemporaryProblem } from '../platform/problem.ts';
import { sha256OfFile } from '../platform/sha256-of-file.ts';
import type { Link } from './link.ts';
import { appendChunks, createListChunks } from './list-chunks.ts';
import { createRefreshStates } from './list-refresh-states.ts';
import { type Manifest, manifestSchema } from './messages.ts';
import { manifestTopic } from './topics.ts';

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
  const { target, link, agency, log, retryAfterMs = defaultRetryAfterMs } = deps;
  const folder = join(deps.dataDir, 'hotlist-refresh');
  const states = createRefreshStates(folder, deps.onChanged);
  const chunks = createListChunks(link);
  /** The newest manifest of each list that is still to be processed. */
  const wanted = new Map<string, Manifest>();
  /** Timers of lists to retry after a temporary failure, by list. */
  const retries = new Map<string, NodeJS.Timeout>();
  /** Lists whose manifest came again while it was in work. */
  const repeated = new Set<string>();
  /** The manifest in work, by list. */
  const inWork = new Map<string, Manifest>();
  /** Work in progress, by list. */
  const working = new Map<string, Promise<void>>();
  let stopped = false;

  const download = (manifest: Manifest, path: string): Promise<boolean> =>
    appendChunks(manifest, path, {
      agency,
      chunks,
      isOutdated: () => stopped || wanted.has(manifest.list),
    });

  const refresh = async (manifest: Manifest): Promise<void> => {
    const { list, version, asOf, sha256, entries: stated } = manifest;
    const known = states.of(list);
    const same = known?.version === version && known.sha256 === sha256;
    const configured = target.status().find((each) => each.id === list);
    if (!configured) {
      await states.set(manifest, { state: 'not-configured' });
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
    await states.set(manifest, { state: 'downloading' });
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
      await states.set(manifest, { state: 'importing' });
      const { entries, rejected } = await target.importFile({
        listId: list,
        file: path,
        asOf,
        sha256,
        ...(stated !== undefined && { entries: stated }),
      });
      await states.set(manifest, { state: 'current', entries, rejected }, true);
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
    await states.set(manifest, { state: 'refused', problem: messageOf(error) }, isFinal);
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
    chunks.giveUp('the connection was lost');
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
        const isDone = states.of(list)?.state === 'current';
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
    chunks.giveUp('a newer list was published', list);
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
    start: states.load,
    /** A message on a hot list topic: `rest` is the topic after the unit's level. */
    onMessage(topic: string, rest: string, payload: Buffer): void {
      if (chunks.take(topic, payload)) return;
      if (!rest.endsWith('/manifest') || payload.length === 0) return;
      const manifest = manifestOf(payload);
      if (!manifest || rest !== `hotlist/${manifest.list}/manifest`) {
        log.error({ topic }, 'headquarters published a hot list manifest that cannot be read');
        return;
      }
      take(manifest);
    },
    states: states.all,
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
