import type { AuditHealth } from '../accountability/audit/audit-log.ts';
import type { RetentionHealth } from '../accountability/retention/retention.ts';
import type { OutputHealth } from '../alerts/alert.ts';
import type { Config } from '../config/schema.ts';
import type { ListStatus } from '../hotlist/hit-match.ts';
import { isoTime, systemClock } from '../platform/clock.ts';
import type { Fix, PositionHealth } from '../position/fix.ts';
import type { RecordsStatus } from '../records/records.ts';
import type { UplinkHealth } from '../uplink/uplink.ts';
import { version } from '../version.ts';
import type { HeadStatus } from '../vision/head/supervisor.ts';
import type { DaemonFigures, StageFigures } from './figures.ts';
import { problemsOf } from './problems.ts';

/** Everything that `lookout status`, the operator's page and the metrics show. Holds no plate. */
export interface DaemonStatus {
  agency: string;
  unit: string;
  mode: 'mobile' | 'fixed';
  administrator: { title: string; name: string };
  version: string;
  pid: number;
  startedAt: string;
  uptimeS: number;
  /** Start of the daemon to the first plate read, s; null before it. */
  firstReadAfterS: number | null;
  residentMiB: number;
  heads: HeadStatus[];
  position: PositionHealth & { quality: string; fixAgeMs: number | null };
  hotlists: ListStatus[];
  outputs: OutputHealth[];
  records: RecordsStatus;
  uplink: UplinkHealth | null;
  /** Red while it cannot be written: then nobody is shown anything. */
  audit: AuditHealth;
  retention: RetentionHealth;
  /** Which agency profile is in force. */
  policy: string;
  /** Alerts that wait for their disposition (VER-8). */
  undisposed: number;
  /** That the unit is locked, by whom and since when (BRE-1); null while it is not. */
  locked: string | null;
  /** What the policy wants done soon (AUD-7). */
  reminders: string[];
  /** Of alerts: from the frame's capture to each stage, ms (ALT-3). */
  alertMs: {
    count: number;
    found: StageFigures;
    read: StageFigures;
    matched: StageFigures;
    raised: StageFigures;
  };
  matchMs: StageFigures;
  eventLoopDelayMs: { p50: number; p99: number; max: number };
  counts: {
    reports: number;
    reads: number;
    hits: number;
    withdrawn: number;
    storeFailures: number;
  };
  /** What is not as it should be, in sentences. */
  problems: string[];
}

/** What goes into the status as a room says it. */
type Told =
  | ('heads' | 'hotlists' | 'outputs' | 'records' | 'uplink' | 'audit' | 'retention')
  | ('policy' | 'undisposed' | 'locked' | 'reminders' | 'eventLoopDelayMs');

/** Puts the status together from what every room says of itself. */
export function describeDaemon(
  parts: Pick<DaemonStatus, Told> & {
    unit: Config['unit'];
    figures: DaemonFigures;
    position: PositionHealth;
    fix: Fix;
    /** Why this status cannot be asked for on loopback. */
    metricsProblem: string | null;
  },
): DaemonStatus {
  const { unit, figures, position, fix, metricsProblem, ...told } = parts;
  return {
    agency: unit.agency,
    unit: unit.id,
    mode: unit.mode,
    administrator: unit.administrator,
    version,
    pid: process.pid,
    startedAt: isoTime(figures.startedAtMs),
    uptimeS: Math.round((systemClock() - figures.startedAtMs) / 1000),
    firstReadAfterS: figures.firstReadAfterS(),
    residentMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    ...told,
    position: { ...position, quality: fix.quality, fixAgeMs: fix.ageMs },
    alertMs: figures.alertMs(),
    matchMs: figures.matchMs(),
    counts: figures.counts(),
    problems: problemsOf({ ...told, position, metricsProblem }).map(({ text }) => text),
  };
}
