import type { Accountability } from '../accountability/accountability.ts';
import type { AlertDesk } from '../alerts/alert-desk.ts';
import type { SoundControl } from '../alerts/sound-control.ts';
import type { Config } from '../config/schema.ts';
import type { Console } from '../console/console.ts';
import type { Hotlist } from '../hotlist/hotlist.ts';
import { isoTime, systemClock } from '../platform/clock.ts';
import { readAgain } from '../platform/guarded-database.ts';
import type { LocalServer } from '../platform/local-server.ts';
import { messageOf } from '../platform/problem.ts';
import { daylightAt } from '../position/daylight.ts';
import type { Position } from '../position/fix.ts';
import type { Records } from '../records/records.ts';
import type { Uplink } from '../uplink/uplink.ts';
import { release, releaseMadeAt } from '../version.ts';
import type { CameraHeads } from './camera-heads.ts';
import type { DaemonStatus } from './daemon-status.ts';
import type { DaemonFigures } from './figures.ts';
import type { LoopLateness } from './loop-lateness.ts';
import { problemsOf } from './problems.ts';
import { type StorageHealth, storageHealth } from './storage-health.ts';

/** The sources of the parts of the status. */
export interface StatusSources {
  heads: Pick<CameraHeads, 'health'>;
  hotlist: Pick<Hotlist, 'status'>;
  alertDesk: Pick<AlertDesk, 'health'>;
  sound: Pick<SoundControl, 'status'>;
  records: Pick<Records, 'health'>;
  uplink: Pick<Uplink, 'health'> | null;
  accountability: Pick<Accountability, 'health'>;
  loop: Pick<LoopLateness, 'health'>;
  position: Pick<Position, 'health' | 'fixAt'>;
  /** The server that answers `lookout status` on loopback. */
  metrics: Pick<LocalServer, 'problem'> | null;
  page: Pick<Console, 'https'> | null;
}

/** The status of the daemon. */
export interface StatusBoard {
  read(): DaemonStatus;
  /** Sets the sources; call it once, when all are built. */
  ask(sources: StatusSources): void;
}

/**
 * A board with which link, page and metrics can be built, although each is itself a source of the status. Reading it
 * before `ask` throws.
 */
export function createStatusBoard(unit: Config['unit'], figures: DaemonFigures): StatusBoard {
  let asked: StatusSources | null = null;
  const readParts = createPartReader();
  return {
    read() {
      if (asked === null) throw new Error('the status was read before the daemon was built');
      return describeDaemon(unit, figures, asked, readParts());
    },
    ask(sources) {
      asked = sources;
    },
  };
}

/** Reads the parts of one status. */
interface PartReader {
  /** A part; as it last was if its database cannot be read. Throws if it never could be. */
  read<T>(name: string, part: () => T): T;
  /** Why parts are as they last were. */
  readonly faults: ReadonlySet<string>;
}

/** The status is where a person sees that the disk is gone, so it is told without it. */
function createPartReader(): () => PartReader {
  const last = new Map<string, unknown>();
  return () => {
    const faults = new Set<string>();
    return {
      faults,
      read<T>(name: string, part: () => T): T {
        try {
          // A damaged database was set aside by the first read; the new one can be read.
          const value = readAgain(part);
          last.set(name, value);
          return value;
        } catch (error) {
          if (!last.has(name)) throw error;
          faults.add(messageOf(error));
          return last.get(name) as T;
        }
      },
    };
  };
}

/** What lies set aside in the data folder, and whether the folder can be read at all. */
function storageOf(dataDir: string, { read, faults }: PartReader): StorageHealth {
  const storage = read('storage', () => storageHealth(dataDir));
  if (faults.size === 0) return storage;
  const why = [...faults].join('; ');
  return {
    ...storage,
    problem: `the data folder cannot be read: nothing is stored, figures are as they last were, alerts go on (${why})`,
  };
}

function httpsOf(page: StatusSources['page']): DaemonStatus['https'] {
  if (!page?.https) return null;
  const { url, problem, turnedAway } = page.https;
  return { url, problem, turnedAway: { ...turnedAway } };
}

function describeDaemon(
  unit: Config['unit'],
  figures: DaemonFigures,
  sources: StatusSources,
  reader: PartReader,
): DaemonStatus {
  const { read } = reader;
  const parts = {
    heads: sources.heads.health(),
    hotlists: sources.hotlist.status(),
    outputs: sources.alertDesk.health(),
    sound: sources.sound.status(),
    records: read('records', () => sources.records.health()),
    uplink: read('uplink', () => sources.uplink?.health() ?? null),
    https: httpsOf(sources.page),
    ...read('accountability', () => sources.accountability.health()),
    // Last, because it says whether the others could be read.
    storage: storageOf(unit.dataDir, reader),
  };
  const position = sources.position.health();
  const fix = sources.position.fixAt(systemClock());
  const metricsProblem = sources.metrics?.problem ?? null;
  return {
    agency: unit.agency,
    unit: unit.id,
    mode: unit.mode === 'fixed' ? 'fixed' : 'mobile',
    version: release,
    releaseMadeAt,
    pid: process.pid,
    startedAt: isoTime(figures.startedAtMs),
    uptimeS: Math.round((systemClock() - figures.startedAtMs) / 1000),
    firstReadAfterS: figures.firstReadAfterS(),
    residentMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    ...parts,
    eventLoopDelayMs: sources.loop.health(),
    position: {
      ...position,
      quality: fix.quality,
      fixAgeMs: fix.ageMs,
      speedMps: fix.speedMps,
      latitude: fix.latitude,
      longitude: fix.longitude,
      daylight: daylightAt(fix, systemClock()),
    },
    alertMs: figures.alertMs(),
    matchMs: figures.matchMs(),
    counts: figures.counts(),
    problems: problemsOf({ ...parts, position, metricsProblem }).map(({ text }) => text),
  };
}
