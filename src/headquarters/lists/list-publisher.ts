import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AuditWriter } from '../../accountability/audit/audit-record.ts';
import { ownEntry } from '../../accountability/audit/unattended-entry.ts';
import type { ListVersion, ListVersions } from '../../accountability/lists/list-versions.ts';
import { entriesHeader } from '../../hotlist/entries-file.ts';
import type { ListStatus } from '../../hotlist/hit-match.ts';
import type { Hotlist } from '../../hotlist/hotlist.ts';
import { makeListDelta } from '../../hotlist/list-deltas.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import { writeFileDurably } from '../../platform/write-file-durably.ts';
import type { Link } from '../../uplink/link.ts';
import { isSignedManifest, type SignedManifest } from '../../uplink/manifest-signature.ts';
import { manifestSchema } from '../../uplink/messages.ts';
import { manifestTopic } from '../../uplink/topics.ts';
import { PublicationBrokenOff, type PublishedFiles, publishList } from './publish-list.ts';
import type { ReportedList } from './unit-lists.ts';

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

/** How a list was taken out of use, by whom and when. */
interface Removal {
  how: 'off' | 'deleted';
  by: string | null;
  atMs: number;
}

/** How many different files of a list are kept, to be put in use again. */
const keptFiles = 10;
/** How many versions of a list are known, beside older ones that a unit still has. */
const keptVersions = 100;
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
  /** The versions that units say they have. */
  onUnits: () => readonly Pick<ReportedList, 'id' | 'sha256' | 'asOf'>[];
  /** Signs the manifests. */
  key: KeyObject;
  /** When this headquarters was put back from a backup; null: never, as far as it knows. */
  restoredMs: number | null;
  audit: AuditWriter;
  clock: Clock;
  log: Log;
}): ListPublisher {
  const { hotlist, versions, store, link, unit, key, restoredMs, audit, clock, log } = deps;
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

  /** How and by whom a list was taken out of use here; null if it was not. One that is too old ends on each unit by itself. */
  function removalOf({ enabled, chosen, removed }: ListStatus): Removal | null {
    if (!enabled) {
      const atMs = chosen === null ? Math.floor(clock()) : Date.parse(chosen.at);
      return { how: 'off', by: chosen?.by ?? null, atMs };
    }
    if (removed === null) return null;
    return { how: 'deleted', by: removed.by, atMs: Date.parse(removed.at) };
  }

  /** Whether units may have a list that was taken out of use here, and there is no version yet that says so. */
  function mustBeWithdrawn(list: ListStatus): boolean {
    if (removalOf(list) === null) return false;
    const [newest] = versions.of(list.id);
    if (newest !== undefined) return newest.withdrawn === null;
    const manifest = heldOf(list.id);
    return manifest !== null && manifest.withdrawn === undefined;
  }

  /** Makes a version of what a list is now, unless there is one; null where units have had nothing of it. */
  async function makeVersion(list: ListStatus): Promise<ListVersion | null> {
    const removal = removalOf(list);
    const [newest = null] = versions.of(list.id);
    if (removal === null) return isInUse(list) ? makeVersionInUse(list, newest) : newest;
    return mustBeWithdrawn(list) ? makeWithdrawal(list.id, removal) : newest;
  }

  async function makeWithdrawal(listId: string, { how, by, atMs }: Removal): Promise<ListVersion> {
    const text = Buffer.from(`${entriesHeader}\n`);
    const sha256 = createHash('sha256').update(text).digest('hex');
    const file = versions.fileOf({ listId, sha256 });
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    await writeFileDurably(file, text);
    return versions.add({
      ...{ listId, sha256, bytes: text.length, entries: 0, by, note: null, withdrawn: how },
      ...{ asOfMs: atMs, inUseMs: atMs, importedMs: atMs },
    });
  }

  async function makeVersionInUse(
    list: ListStatus,
    newest: ListVersion | null,
  ): Promise<ListVersion | null> {
    const { id, importedAt, asOf, importedBy, chosen } = list;
    if (importedAt === null || asOf === null) return newest;
    const importedMs = Date.parse(importedAt);
    const isAgain = newest !== null && newest.withdrawn !== null;
    if (newest?.importedMs === importedMs && !isAgain) return newest;
    const file = versions.newFileOf(id);
    const made = await hotlist.writeEntries(id, file);
    // Another import, or its end, may have come before the entries were read; it has a version of its own then.
    const now = hotlist.status().find((each) => each.id === id);
    if (now !== undefined && (now.importedAt !== importedAt || !isInUse(now))) {
      return makeVersion(now);
    }
    renameSync(file, versions.fileOf({ listId: id, sha256: made.sha256 }));
    const switchedMs = chosen === null ? 0 : Date.parse(chosen.at);
    const isSwitchedOn = isAgain && switchedMs > importedMs;
    return versions.add({
      ...{ ...made, listId: id, asOfMs: Date.parse(asOf), importedMs, withdrawn: null, note: null },
      inUseMs: isSwitchedOn ? switchedMs : importedMs,
      by: isSwitchedOn && chosen !== null ? chosen.by : importedBy,
    });
  }

  /** Publishes a version, with its record in the log before and after. */
  async function publish(version: ListVersion): Promise<void> {
    const { listId: list, number, asOfMs, entries, sha256, by, note, withdrawn } = version;
    const at = isoTime(version.inUseMs);
    const entry =
      withdrawn === null
        ? ownEntry('hotlist.publish', unit, {
            category: 'Hot List Upload',
            object: `hot list ${list}`,
            query: { list, version: number, asOf: isoTime(asOfMs), sha256, by },
            ...(note !== null && { note }),
          })
        : ownEntry('hotlist.withdraw', unit, {
            category: 'Hot List Delete',
            object: `hot list ${list}`,
            query: { list, version: number, as: withdrawn, by, at },
          });
    const isFirst = version.publishedMs === null;
    if (isFirst) audit.append({ ...entry, outcome: 'started' });
    const delta = await deltaTo(version);
    const manifest = await publishList(
      {
        ...{ agency, list, file: versions.fileOf(version), asOf: isoTime(asOfMs) },
        ...{ version: versionName(version), sequence: version.sequence, entries },
        ...{ form: 'entries', ...(delta !== null && { delta }) },
        ...(withdrawn !== null && { withdrawn: { at, by } }),
      },
      {
        ...{ link, store, key },
        // A list that must stop alerting does not wait for the parts of a long one.
        isOutdated: () => withdrawn === null && hotlist.status().some(mustBeWithdrawn),
      },
    );
    if (delta !== null) rmSync(delta.file, { force: true });
    held.set(manifestTopic(agency, list), JSON.stringify(manifest));
    if (!isFirst) return;
    versions.published(version, clock());
    audit.append({ ...entry, outcome: 'done', results: entries });
    log.info({ list, version: number, entries, withdrawn }, 'hot list published to all units');
  }

  /** What makes a version of the one that went to the units before it; null where that is gone, or is no shorter. */
  async function deltaTo(version: ListVersion): Promise<{ from: string; file: string } | null> {
    const before = versions
      .of(version.listId)
      .find(({ number, publishedMs }) => number < version.number && publishedMs !== null);
    if (before === undefined || before.sha256 === version.sha256 || !versions.isKept(before)) {
      return null;
    }
    if (before.withdrawn !== null || version.withdrawn !== null) return null;
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

  /**
   * Headquarters that was put back from a backup does not know what units have. What was decided before that is not brought over
   * theirs; what is decided now has a higher number than theirs. Throws a Problem for the former.
   */
  function overtaking(list: ListStatus, version: ListVersion | null): ListVersion | null {
    const manifest = heldOf(list.id);
    const known = versions.of(list.id);
    const oldest = known.at(-1)?.sequence ?? Number.POSITIVE_INFINITY;
    if (manifest === null || known.some(({ sequence }) => sequence === manifest.sequence)) {
      return version;
    }
    if (manifest.sequence < oldest && version !== null) return version;
    const isByConfiguration = !list.enabled && list.chosen === null;
    const isDecidedSince = version !== null && version.inUseMs > (restoredMs ?? manifest.sequence);
    if (!isDecidedSince || isByConfiguration) {
      throw new Problem(
        `the broker has version ${manifest.version} of it, which headquarters does not know. Was headquarters put back from a backup? Units keep what they have. Import the newest file of the list, or switch it off or on.`,
      );
    }
    return version.sequence > manifest.sequence
      ? version
      : versions.raise(version, manifest.sequence + 1);
  }

  async function bring(list: ListStatus): Promise<void> {
    try {
      const made = await makeVersion(list);
      if (isStopped) return;
      keepWithin(list.id);
      if (!link.connected) return;
      const version = overtaking(list, made);
      if (version !== null && (version.publishedMs === null || !isHeld(version))) {
        await publish(version);
      }
      problemsOf.delete(list.id);
    } catch (error) {
      if (error instanceof PublicationBrokenOff) return;
      const problem = messageOf(error);
      if (problem !== problemsOf.get(list.id)) {
        log.warn({ list: list.id, problem }, 'a hot list was not published yet');
      }
      problemsOf.set(list.id, problem);
    }
  }

  /** Keeps the files of the last versions, of which one may be put in use again, and what is known of more. */
  function keepWithin(listId: string): void {
    const known = versions.of(listId);
    // Nor is there a folder then.
    if (known.length === 0) return;
    const files = [...new Set(known.flatMap((each) => (each.withdrawn ? [] : [each.sha256])))];
    const newest = known.slice(0, 1).map(({ sha256 }) => sha256);
    const kept = [...newest, ...files.slice(0, keptFiles)];
    versions.keepOnly(listId, kept);
    if (known.length <= keptVersions) return;
    const held = new Set(
      deps
        .onUnits()
        .flatMap(({ id, sha256, asOf }) => (id === listId ? [`${sha256} ${asOf}`] : [])),
    );
    const old = known
      .slice(keptVersions)
      .filter(({ sha256, asOfMs }) => !held.has(`${sha256} ${isoTime(asOfMs)}`));
    for (const each of old) versions.forget(each);
    if (old.length > 0) log.info({ list: listId, versions: old.length }, 'old versions forgotten');
  }

  function look(): void {
    if (isStopped) return;
    work = work.then(async () => {
      const first = (list: ListStatus) => (removalOf(list) === null ? 1 : 0);
      const lists = hotlist.status().toSorted((one, other) => first(one) - first(other));
      for (const list of lists) if (!isStopped) await bring(list);
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
