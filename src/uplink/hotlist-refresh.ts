import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ListSequences } from '../hotlist/list-sequences.ts';
import { localTime } from '../platform/local-time.ts';
import type { Log } from '../platform/log.ts';
import { messageOf, Problem, TemporaryProblem } from '../platform/problem.ts';
import { downloadList, partPath, removeOlderParts } from './download-list.ts';
import { createKeptLists } from './kept-lists.ts';
import type { Link } from './link.ts';
import { createListChunks } from './list-chunks.ts';
import { createListQueues, type Turn } from './list-queues.ts';
import { createRefreshStates } from './list-refresh-states.ts';
import { createManifestTrust } from './manifest-trust.ts';
import { type Manifest, manifestSchema } from './messages.ts';
import { manifestTopic } from './topics.ts';

/** The part of the hot lists that a download needs. */
export interface HotlistTarget {
  /** The configured lists; one without entries was never imported, was deleted for its age, or was removed, as it says. */
  status(): readonly {
    id: string;
    entries: number;
    removed?: { from: 'here' | 'headquarters' } | null;
  }[];
  /** Calls back when all lists were lost and must come again. */
  on?(event: 'lost', listener: () => void): void;
  /** Imports the whole file, or throws and leaves the list in use unchanged. */
  importFile(request: {
    listId: string;
    file: string;
    asOf: string;
    sha256: string;
    entries?: number;
    form?: 'entries';
  }): Promise<{ entries: number; rejected: number }>;
  /** The numbers of the manifests that were taken, kept beside the entries; without it they are in the folder alone. */
  sequences?: Pick<ListSequences, 'of' | 'raise'>;
  /** Takes a list out of use that headquarters took back, and deletes its entries. */
  withdraw(request: { listId: string; by: string | null; atMs: number }): Promise<unknown>;
}

type Withdrawn = NonNullable<Manifest['withdrawn']>;
type TargetList = ReturnType<HotlistTarget['status']>[number];

const defaultRetryAfterMs = 300_000;
/** A list dated further ahead than this shows that this unit's clock is behind. */
const clockToleranceMs = 300_000;
const stopTimeoutMs = 1000;
/** A list that ended is deleted within a minute, and what is kept of it here too. */
const sweepEveryMs = 30_000;

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
  /** Headquarters' public keys; null where the unit has none, and takes lists as they come. */
  keyFile: string | null;
  dataDir: string;
  log: Log;
  /** The state of a list changed. */
  onChanged: () => void;
  retryAfterMs?: number;
}) {
  const { target, link, agency, log, retryAfterMs = defaultRetryAfterMs } = deps;
  const folder = join(deps.dataDir, 'hotlist-refresh');
  const states = createRefreshStates(folder, deps.onChanged);
  const kept = createKeptLists(folder, log);
  const trust = createManifestTrust({
    ...{ keyFile: deps.keyFile, agency, folder, log },
    ...(target.sequences && { sequences: target.sequences }),
  });
  let sweeping: NodeJS.Timeout | undefined;
  const chunks = createListChunks(link);

  /** Whether there is nothing to do for a manifest: its list is in force, or refused for good. */
  const isSettled = ({ manifest, isRetry }: Turn, { entries, removed }: TargetList): boolean => {
    const { version, sha256, withdrawn } = manifest;
    const known = states.of(manifest.list);
    if (known?.version !== version || known.sha256 !== sha256) return false;
    // A database lost since then needs the list again, and so does one that a jump of the clock emptied. What was deleted by
    // hand waits for a newer version.
    if (known.state === 'current') {
      return entries > 0 || (withdrawn === undefined ? removed != null : isWithdrawn(removed));
    }
    return known.state === 'refused' && !isRetry;
  };

  const refuse = async ({ manifest, retryLater }: Turn, error: unknown): Promise<void> => {
    const { list, version } = manifest;
    const isFinal = isFinalRefusal(error);
    if (!isFinal) retryLater();
    await states.set(manifest, { state: 'refused', problem: messageOf(error) }, isFinal);
    // The import's message is sent to headquarters only: it may quote a row.
    log.error(
      { list, version },
      'a hot list from headquarters was refused; the old one stays in use',
    );
  };

  /** Takes the list out of use, whatever the clock says. */
  const withdraw = async (manifest: Manifest, { by, at }: Withdrawn): Promise<void> => {
    const { list, version } = manifest;
    await target.withdraw({ listId: list, by, atMs: Date.parse(at) });
    await states.set(manifest, { state: 'current', entries: 0, rejected: 0 }, true);
    kept.sweep(target.status());
    log.info({ list, version }, 'headquarters took a hot list back');
  };

  /** Hands the whole file to the hot lists. Returns whether it is needed no more. */
  const importFrom = async (path: string, turn: Turn): Promise<boolean> => {
    const { list, version, asOf, sha256, entries: stated, form } = turn.manifest;
    try {
      await states.set(turn.manifest, { state: 'importing' });
      const { entries, rejected } = await target.importFile({
        listId: list,
        file: path,
        asOf,
        sha256,
        ...(stated !== undefined && { entries: stated }),
        ...(form !== undefined && { form }),
      });
      await states.set(turn.manifest, { state: 'current', entries, rejected }, true);
      log.info({ list, version, entries, rejected }, 'hot list refreshed from headquarters');
      return true;
    } catch (error) {
      await refuse(turn, error);
      // An intact file need not be fetched again.
      return isFinalRefusal(error);
    }
  };

  const refresh = async (turn: Turn): Promise<void> => {
    const { manifest, isOutdated } = turn;
    const { list, asOf } = manifest;
    const configured = target.status().find((each) => each.id === list);
    if (!configured) {
      await states.set(manifest, { state: 'not-configured' });
      return;
    }
    if (isSettled(turn, configured)) return;
    if (manifest.withdrawn !== undefined) {
      await removeOlderParts(folder, manifest);
      return withdraw(manifest, manifest.withdrawn);
    }
    if (Date.parse(asOf) > Date.now() + clockToleranceMs) {
      const when = localTime(asOf);
      await refuse(
        turn,
        new Error(`it is dated ${when}, which is in the future by this unit's clock`),
      );
      return;
    }
    const path = partPath(folder, list, manifest);
    await removeOlderParts(folder, manifest);
    await states.set(manifest, { state: 'downloading' });
    const from = { agency, chunks, isOutdated };
    const isMade = await kept.make(manifest, path, from);
    if (!isMade && !(await downloadList(list, manifest, path, from))) return;
    if (!(await importFrom(path, turn))) return;
    if (manifest.form === 'entries' && states.of(list)?.state === 'current') {
      await kept.keep(manifest, path);
    } else await rm(path, { force: true });
  };

  const work = async (turn: Turn): Promise<void> => {
    const { manifest } = turn;
    try {
      await refresh(turn);
    } catch (error) {
      // A newer manifest has come and goes first.
      if (turn.hasNewer()) return;
      if (error instanceof Problem) {
        await rm(partPath(folder, manifest.list, manifest), { force: true });
        await refuse(turn, error);
      } else {
        // The manifest is retained, so it comes again with the next connection at the latest.
        turn.retryLater();
        const problem = messageOf(error);
        log.warn({ list: manifest.list, problem }, 'hot list download was interrupted');
      }
    }
  };
  const queues = createListQueues({
    work,
    canWork: () => link.connected,
    isDone: (list) => states.of(list)?.state === 'current',
    onNewer: (list) => chunks.giveUp('a newer list was published', list),
    retryAfterMs,
  });

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
      states.load();
      const sweep = () => kept.sweep(target.status());
      sweep();
      sweeping = setInterval(sweep, sweepEveryMs).unref();
    },
    /** A message on a hot list topic: `rest` is the topic after the unit's level. */
    onMessage(topic: string, rest: string, payload: Buffer): void {
      if (chunks.take(topic, payload)) return;
      if (!rest.endsWith('/manifest') || payload.length === 0) return;
      const manifest = manifestOf(payload);
      if (!manifest || rest !== `hotlist/${manifest.list}/manifest`) {
        log.error({ topic }, 'headquarters published a hot list manifest that cannot be read');
        return;
      }
      if (trust.takes(manifest)) queues.take(manifest);
    },
    states: states.all,
    /** What is wrong with the manifests that came; null if nothing is. */
    problem: trust.problem,
    /** The link is down: a download stops, and resumes when the manifest comes again. */
    interrupt: (): void => chunks.giveUp('the connection was lost'),
    /** Waits a moment for work in progress; the hot lists, which stop later, finish an import. */
    async stop(): Promise<void> {
      clearInterval(sweeping);
      const done = queues.stop();
      chunks.giveUp('the unit stops');
      await Promise.race([done, delay(stopTimeoutMs, null, { ref: false })]);
    },
  };
}

const isWithdrawn = (removed: TargetList['removed']): boolean => removed?.from === 'headquarters';

/** Whether the failure is final for this version of the list; any other failure is tried again. */
function isFinalRefusal(error: unknown): boolean {
  return error instanceof Problem && !(error instanceof TemporaryProblem);
}

function manifestOf(payload: Buffer): Manifest | null {
  try {
    return manifestSchema.parse(JSON.parse(payload.toString()));
  } catch {
    return null;
  }
}
