import type { Accountability } from '../accountability/accountability.ts';
import type { AlertDesk } from '../alerts/alert-desk.ts';
import type { SoundControl } from '../alerts/sound-control.ts';
import type { Config } from '../config/schema.ts';
import type { Console } from '../console/console.ts';
import type { Hotlist } from '../hotlist/hotlist.ts';
import { isoTime, systemClock } from '../platform/clock.ts';
import type { LocalServer } from '../platform/local-server.ts';
import { kindOf } from '../platform/problem.ts';
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
import { storageHealth } from './storage-health.ts';

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
  return {
    read() {
      if (asked === null) throw new Error('the status was read before the daemon was built');
      try {
        return describeDaemon(unit, figures, asked);
      } catch (error) {
        if (kindOf(error) !== 'damaged') throw error;
        // The damaged database was set aside; the new one can be read.
        return describeDaemon(unit, figures, asked);
      }
    },
    ask(sources) {
      asked = sources;
    },
  };
}

function httpsOf(page: StatusSources['page']): DaemonStatus['https'] {
  if (!page?.https) return null;
  const { url, problem } = page.https;
  return { url, problem };
}

function describeDaemon(
  unit: Config['unit'],
  figures: DaemonFigures,
  sources: StatusSources,
): DaemonStatus {
  const parts = {
    heads: sources.heads.health(),
    hotlists: sources.hotlist.status(),
    outputs: sources.alertDesk.health(),
    sound: sources.sound.status(),
    records: sources.records.health(),
    storage: storageHealth(unit.dataDir),
    uplink: sources.uplink?.health() ?? null,
    https: httpsOf(sources.page),
    ...sources.accountability.health(),
  };
  const position = sources.position.health();
  const fix = sources.position.fixAt(systemClock());
  const metricsProblem = sources.metrics?.problem ?? null;
  return {
    agency: unit.agency,
    unit: unit.id,
    mode: unit.mode,
    administrator: unit.administrator,
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
