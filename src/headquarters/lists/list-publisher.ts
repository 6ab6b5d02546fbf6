import { createPublicKey, type KeyObject } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import type { AuditWriter } from '../../accountability/audit/audit-record.ts';
import { ownEntry } from '../../accountability/audit/unattended-entry.ts';
import type { ListVersion, ListVersions } from '../../accountability/lists/list-versions.ts';
import type { ListStatus } from '../../hotlist/hit-match.ts';
import type { Hotlist } from '../../hotlist/hotlist.ts';
import { makeListDelta } from '../../hotlist/list-deltas.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import type { Link } from '../../uplink/link.ts';
import { isSignedManifest, type SignedManifest } from '../../uplink/manifest-signature.ts';
import { manifestSchema } from '../../uplink/messages.ts';
import { manifestTopic } from '../../uplink/topics.ts';
import { type PublishedFiles, publishList } from './publish-list.ts';

/** Brings the hot lists that are in use at headquarters to every unit. */
export interface ListPublisher extends AsyncDisposable {
  start(): void;
  /**
   * The link is up: what the broker lost goes again, what the key before signed, and what waited. Resolves with whether the
   * broker has the newest version of each list as the key signs it now.
   */
  connected(): Promise<boolean>;
  /** A message on the topic of a manifest: what the broker holds. */
  onManifest(topic: string, payload: Buffer): void;
  /** Resolves when nothing is being made or published. */
  settled(): Promise<void>;
  /** What does not work, in sentences. */
  problems(): string[];
}

/** How many versions of a list can be put in use again. */
const keptVersions = 10;
/** How long the broker may take to show what it holds, ms. */
const showWithinMs = 5000;
/** What failed, for a full disk or a link that was lost, is tried again after this, ms. */
const againAfterMs = 30_000;

/**
 * Makes a version of each hot list that is put in use here, by whatever process, and publishes the newest of each list to all
 * units: its parts first, then the manifest that names them. A step that a crash cut off is done again; units go on with the
 * version before. At each connection the broker is asked what it holds: what it lost goes again.
 */
export function createListPublisher(deps: {
  hotlist: Pick<Hotlist, 'status' | 'writeEntries' | 'on'>;
  versions: ListVersions;
  store: PublishedFiles;
  link: Pick<Link, 'connected' | 'publish' | 'subscribe' | 'maximumPacketSize'>;
  unit: { agency: string; id: string };
  /** Signs the manifests. */
  key: KeyObject;
  audit: AuditWriter;
  clock: Clock;
  log: Log;
}): ListPublisher {
  const { hotlist, versions, store, link, unit, key, audit, clock, log } = deps;
  const { agency } = unit;
  const publicKey = createPublicKey(key);
  /** The text of the manifest that the broker holds of each list, by topic. */
  const held = new Map<string, string>();
  const problemsOf = new Map<string, string>();
  let work: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let onShown = (): void => {};

  const isInUse = ({ state }: ListStatus): boolean => state === 'current' || state === 'old';

  /** Makes a version of what is in use now, unless there is one. */
  async function makeVersion(list: ListStatus): Promise<ListVersion | null> {
    const { id, importedAt, asOf, importedBy } = list;
    const [newest] = versions.of(id);
    if (!isInUse(list) || importedAt === null || asOf === null) return newest ?? null;
    const inUseMs = Date.parse(importedAt);
    if (newest?.inUseMs === inUseMs) return newest;
    const file = versions.newFileOf(id);
    const made = await hotlist.writeEntries(id, file);
    // Another import may have come before the entries were read; it has a version of its own then.
    if (hotlist.status().find((each) => each.id === id)?.importedAt !== importedAt) {
      return makeVersion(hotlist.status().find((each) => each.id === id) ?? list);
    }
    renameSync(file, versions.fileOf({ listId: id, sha256: made.sha256 }));
    const asOfMs = Date.parse(asOf);
    const of = { listId: id, asOfMs, inUseMs, by: importedBy, note: null };
    return versions.add({ ...made, ...of });
  }

  /** Publishes a version, with its record in the log before and after. */
  async function publish(version: ListVersion): Promise<void> {
    const { listId: list, number, asOfMs, entries, sha256, by, note } = version;
    const entry = ownEntry('hotlist.publish', unit, {
      category: 'Hot List Upload',
      object: `hot list ${list}`,
      query: { list, version: number, asOf: isoTime(asOfMs), sha256, by },
      ...(note !== null && { note }),
    });
    const isFirst = version.publishedMs === null;
    if (isFirst) audit.append({ ...entry, outcome: 'started' });
    const delta = await deltaTo(version);
    const manifest = await publishList(
      {
        ...{ agency, list, file: versions.fileOf(version), asOf: isoTime(asOfMs) },
        ...{ version: versionName(version), sequence: version.sequence, entries },
        ...{ form: 'entries', ...(delta !== null && { delta }) },
      },
      { link, store, key },
    );
    if (delta !== null) rmSync(delta.file, { force: true });
    held.set(manifestTopic(agency, list), JSON.stringify(manifest));
    if (!isFirst) return;
    versions.published(version, clock());
    audit.append({ ...entry, outcome: 'done', results: entries });
    log.info({ list, version: number, entries }, 'hot list published to all units');
  }

  /** What makes a version of the one that went to the units before it; null where that is gone, or is no shorter. */
  async function deltaTo(version: ListVersion): Promise<{ from: string; file: string } | null> {
    const before = versions
      .of(version.listId)
      .find(({ number, publishedMs }) => number < version.number && publishedMs !== null);
    if (before === undefined || before.sha256 === version.sha256 || !versions.isKept(before)) {
      return null;
    }
    const file = `${versions.newFileOf(version.listId)}.delta`;
    const made = await makeListDelta(versions.fileOf(before), versions.fileOf(version), file);
    return made === null || made.bytes === 0 ? null : { from: before.sha256, file };
  }

  /** What the broker holds of a list, signed by the key that signs now, as far as it has shown; null: nothing. */
  function heldOf(listId: string): SignedManifest | null {
    const text = held.get(manifestTopic(agency, listId));
    try {
      const manifest = manifestSchema.parse(JSON.parse(text ?? ''));
      return isSignedManifest(manifest, [publicKey]) ? manifest : null;
    } catch {
      return null;
    }
  }

  function isHeld({ listId, sequence, sha256 }: ListVersion): boolean {
    const manifest = heldOf(listId);
    return manifest?.sequence === sequence && manifest.sha256 === sha256;
  }

  /** Headquarters that was put back from a backup knows less than the units, which take nothing older. */
  function refuseOlder({ listId, sequence }: ListVersion): void {
    if ((heldOf(listId)?.sequence ?? 0) <= sequence) return;
    throw new Problem(
      'the broker has a newer version of it, which headquarters does not know. Was headquarters put back from a backup? Import the newest file of the list.',
    );
  }

  async function bring(list: ListStatus): Promise<void> {
    try {
      const version = await makeVersion(list);
      if (version === null || isStopped) return;
      keepFiles(list.id);
      if (!link.connected) return;
      refuseOlder(version);
      if (version.publishedMs === null || !isHeld(version)) await publish(version);
      problemsOf.delete(list.id);
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== problemsOf.get(list.id)) {
        log.warn({ list: list.id, problem }, 'a hot list was not published yet');
      }
      problemsOf.set(list.id, problem);
    }
  }

  /** An older version than the list may have cannot be put in use again. */
  function keepFiles(listId: string): void {
    versions.keepOnly(listId, versions.of(listId).slice(0, keptVersions));
  }

  function look(): void {
    if (isStopped) return;
    work = work.then(async () => {
      for (const list of hotlist.status()) if (!isStopped) await bring(list);
    });
  }

  /** Has the broker show the manifests that it holds. */
  async function askBroker(): Promise<void> {
    held.clear();
    const topics = hotlist.status().map(({ id }) => manifestTopic(agency, id));
    if (topics.length === 0) return;
    await link.subscribe(topics);
    const expected = hotlist
      .status()
      .filter(({ id }) => versions.of(id)[0]?.publishedMs != null)
      .map(({ id }) => manifestTopic(agency, id));
    const isAllShown = () => expected.every((topic) => held.has(topic));
    if (isAllShown()) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, showWithinMs);
      onShown = () => {
        if (!isAllShown()) return;
        clearTimeout(late);
        resolve();
      };
    });
  }

  hotlist.on('changed', look);

  return {
    start() {
      timer = setInterval(look, againAfterMs);
      look();
    },
    async connected() {
      work = work
        .then(askBroker)
        .catch((error: unknown) => log.debug({ problem: messageOf(error) }, 'lists not asked for'));
      look();
      await work;
      return hotlist.status().every(({ id }) => {
        const [newest] = versions.of(id);
        return newest === undefined || isHeld(newest);
      });
    },
    onManifest(topic, payload) {
      held.set(topic, payload.toString());
      onShown();
    },
    async settled() {
      await work;
    },
    problems: () =>
      [...problemsOf].map(
        ([list, problem]) => `hot list ${list} is not published to the units yet: ${problem}`,
      ),
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearInterval(timer);
      await work;
    },
  };
}

/** The name of a version in its manifest. */
export function versionName({ number, sha256 }: Pick<ListVersion, 'number' | 'sha256'>): string {
  return `${number}-${sha256.slice(0, 8)}`;
}
