import type { AccountabilityHealth } from '../accountability/accountability.ts';
import type { OutputHealth } from '../alerts/alert.ts';
import type { SoundStatus } from '../alerts/sound-control.ts';
import type { ListStatus } from '../hotlist/hit-match.ts';
import type { Daylight } from '../position/daylight.ts';
import type { PositionHealth } from '../position/fix.ts';
import type { RecordsHealth } from '../records/records.ts';
import type { UplinkHealth } from '../uplink/uplink.ts';
import type { HeadStatus } from '../vision/head/supervisor.ts';
import type { AlertTimes, DaemonCounts, StageFigures } from './figures.ts';
import type { StorageHealth } from './storage-health.ts';

/** Everything that `lookout status`, the operator's page and the metrics show. Holds no plate. */
export interface DaemonStatus extends AccountabilityHealth {
  agency: string;
  unit: string;
  mode: 'mobile' | 'fixed';
  /** Name of the release that runs; of a checkout the version. */
  version: string;
  /** When that release was made on this unit, UTC; null in a checkout. */
  releaseMadeAt: string | null;
  pid: number;
  startedAt: string;
  uptimeS: number;
  /** From the daemon's start to the first plate read, s; null before it. */
  firstReadAfterS: number | null;
  residentMiB: number;
  heads: HeadStatus[];
  hotlists: ListStatus[];
  outputs: OutputHealth[];
  /** Whether alerts are heard, and who muted them. */
  sound: SoundStatus;
  records: RecordsHealth;
  /** Databases that were damaged and set aside. */
  storage: StorageHealth;
  uplink: UplinkHealth | null;
  /** The page for other computers, and what was beyond its limits since the start; null where it is off. */
  https: {
    url: string;
    problem: string | null;
    turnedAway: { connections: number; requests: number };
  } | null;
  eventLoopDelayMs: { p50: number; p99: number; max: number };
  position: PositionHealth & {
    quality: string;
    fixAgeMs: number | null;
    speedMps: number | null;
    /** WGS 84, degrees, of the last fix; null before the first. */
    latitude: number | null;
    longitude: number | null;
    /** How light it is where the unit is; null where that is not known. */
    daylight: Daylight | null;
  };
  /** Of alerts: from the frame's capture to each stage, ms (ALT-3). */
  alertMs: AlertTimes;
  matchMs: StageFigures;
  counts: DaemonCounts;
  /** Everything that does not work normally, in sentences. */
  problems: string[];
}
