import type { OutputHealth } from './alerts/alert.ts';
import type { HeadStatus } from './head/supervisor.ts';
import type { ListStatus } from './hotlist/hit-match.ts';
import type { PositionHealth } from './position/fix.ts';
import type { RecordsStatus } from './records/records.ts';
import type { UplinkHealth } from './uplink/uplink.ts';

/** Milliseconds: median and 99th percentile; null before the first. */
export interface StageFigures {
  p50: number | null;
  p99: number | null;
}

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
  /** Of alerts: from the frame's capture to each stage, ms (domain.md ALT-3). */
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
