import type { AccountabilityHealth } from '../accountability/accountability.ts';
import type { ListVersion } from '../accountability/lists/list-versions.ts';
import type { UnitRevocation } from '../accountability/lost-unit/unit-revocations.ts';
import type { ArchiveHealth } from '../archive/copier.ts';
import { type LastBackup, lastBackupOf } from '../backup/last-backup.ts';
import { type Restored, restoredOf } from '../backup/restored.ts';
import type { Config } from '../config/schema.ts';
import type { Console } from '../console/console.ts';
import type { LoopLateness } from '../daemon/loop-lateness.ts';
import { type StorageHealth, storageHealth } from '../daemon/storage-health.ts';
import type { ListStatus } from '../hotlist/hit-match.ts';
import { isoTime } from '../platform/clock.ts';
import { localTime } from '../platform/local-time.ts';
import type { Link } from '../uplink/link.ts';
import { release, releaseMadeAt } from '../version.ts';
import type { IntakeHealth } from './intake/intake.ts';
import type { UnitState } from './intake/units.ts';
import { lagProblems, type UnitList, unitListsOf } from './lists/unit-lists.ts';

/** The archive, and how many searches it answered since the start, and how many the own files in its place. */
export interface ArchiveState extends ArchiveHealth {
  searches: { byArchive: number; byOwnFiles: number };
}

/** Everything that `lookout status` and the page show of headquarters. Holds no plate. */
export interface HeadquartersStatus extends AccountabilityHealth {
  agency: string;
  unit: string;
  mode: 'headquarters';
  administrator: { title: string; name: string };
  version: string;
  releaseMadeAt: string | null;
  pid: number;
  startedAt: string;
  uptimeS: number;
  residentMiB: number;
  /** The link to the broker. */
  broker: { connected: boolean; connections: number; problem: string | null };
  intake: IntakeHealth;
  /** The copy of all detections in PostgreSQL; null where there is none. */
  archive: ArchiveState | null;
  units: (UnitState & {
    /** Which version of each list that went to the units it has. */
    versions: UnitList[];
    /** That its certificates were revoked, or are to be; null where not. */
    revocation: RevokedUnit | null;
  })[];
  hotlists: ListStatus[];
  storage: StorageHealth;
  /** The newest backup; null if none was made. */
  backup: LastBackup | null;
  /** Which backup the data was made of; null if it never was. */
  restored: Restored | null;
  https: { url: string; problem: string | null } | null;
  eventLoopDelayMs: { p50: number; p99: number; max: number };
  /** Everything that does not work normally, in sentences. */
  problems: string[];
}

/** Who had the certificates of a unit revoked; `doneAt` null: it is ordered only. Holds no reason. */
export interface RevokedUnit extends Pick<UnitRevocation, 'by' | 'at' | 'doneAt'> {
  /** It was heard since: it has a new certificate, or the broker was not told. */
  heardSince: boolean;
}

/** Puts the status together. */
export function headquartersStatus(from: {
  unit: Config['unit'];
  startedAtMs: number;
  nowMs: number;
  link: Pick<Link, 'connected' | 'connections' | 'problem'>;
  page: Pick<Console, 'https'> | null;
  loop: Pick<LoopLateness, 'health'>;
  wing: AccountabilityHealth;
  lists: ListStatus[];
  /** Versions of a list, newest first. */
  versionsOf: (list: string) => readonly ListVersion[];
  intake: IntakeHealth;
  archive: ArchiveState | null;
  units: UnitState[];
  revocations: readonly UnitRevocation[];
  /** What is wrong with the logs of units, and with the publication of lists. */
  logs: string[];
}): HeadquartersStatus {
  const { unit, startedAtMs, nowMs, link, page, wing, intake, archive } = from;
  // Read once, and not for each of thousands of units.
  const versions = new Map(from.lists.map(({ id }) => [id, from.versionsOf(id)]));
  // Of each unit the newest, which comes first.
  const revocations = new Map(from.revocations.toReversed().map((each) => [each.unit, each]));
  const units = from.units.map((each) => ({
    ...each,
    revocation: revokedOf(each, revocations.get(each.unit)),
    versions: unitListsOf(each.lists, [...versions.keys()], (list) => versions.get(list) ?? []),
  }));
  const lagging = units.flatMap(({ unit: id, state, versions }) =>
    lagProblems(id, state === 'online', versions, nowMs),
  );
  const { connected, connections, problem } = link;
  const storage = storageHealth(unit.dataDir);
  const backup = lastBackupOf(unit.dataDir);
  const https = page?.https ? { url: page.https.url, problem: page.https.problem } : null;
  return {
    agency: unit.agency,
    unit: unit.id,
    mode: 'headquarters',
    version: release,
    releaseMadeAt,
    pid: process.pid,
    startedAt: isoTime(startedAtMs),
    uptimeS: Math.round((nowMs - startedAtMs) / 1000),
    residentMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    ...wing,
    broker: { connected, connections, problem },
    intake,
    archive,
    units,
    hotlists: from.lists,
    storage,
    backup,
    restored: restoredOf(unit.dataDir),
    https,
    eventLoopDelayMs: from.loop.health(),
    problems: [
      ...problemsOf({ broker: problem, intake, archive, storage, wing, https, units }),
      ...oldBackup(backup, nowMs),
      ...lagging,
      ...from.logs,
    ],
  };
}

function revokedOf(
  { state, lastHeard }: UnitState,
  revocation: UnitRevocation | undefined,
): RevokedUnit | null {
  if (revocation === undefined || revocation.certificates === 0) return null;
  const { by, at, doneAt } = revocation;
  // The end of its connection is told by the broker, and is no word of its own.
  const heardSince = doneAt !== null && state !== 'offline' && lastHeard > doneAt;
  return { by, at, doneAt, heardSince };
}

const dayMs = 86_400_000;

/** Where there never was a backup, `lookout doctor` says so. */
function oldBackup(backup: LastBackup | null, nowMs: number): string[] {
  const isOld = backup !== null && nowMs - Date.parse(backup.madeAt) > 3 * dayMs;
  return isOld ? [`backup: the newest is of ${localTime(backup.madeAt)}`] : [];
}

function problemsOf(parts: {
  broker: string | null;
  intake: IntakeHealth;
  archive: ArchiveHealth | null;
  storage: StorageHealth;
  wing: AccountabilityHealth;
  https: { problem: string | null } | null;
  units: readonly UnitState[];
}): string[] {
  const { wing, units } = parts;
  const named = (part: string, problem: string | null): string[] =>
    problem === null ? [] : [`${part}: ${problem}`];
  return [
    ...named('broker', parts.broker),
    ...named('intake', parts.intake.problem),
    ...named('archive', parts.archive?.problem ?? null),
    ...named('storage', parts.storage.problem),
    ...named('sharing', wing.sharing?.problem ?? null),
    ...named('accounts', wing.people.problem),
    ...named('audit log', wing.audit.problem),
    ...named('retention', wing.retention.problem),
    ...named('clock', wing.clock.problem),
    ...named('page over HTTPS', parts.https?.problem ?? null),
    ...units.flatMap(({ unit, state, lastHeard }) =>
      state === 'silent'
        ? [`unit ${unit}: nothing was heard of it since ${localTime(lastHeard)}`]
        : [],
    ),
  ];
}
