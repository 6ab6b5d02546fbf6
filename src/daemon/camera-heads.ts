import type { Config } from '../config/schema.ts';
import { leastNearMinP } from '../hotlist/near-min-p.ts';
import type { Log } from '../platform/log.ts';
import {
  createHeadSupervisor,
  type HeadStatus,
  type HeadSupervisor,
} from '../vision/head/supervisor.ts';
import type { TrackReport } from '../vision/tracking/track-report.ts';

/** Every configured camera head. */
export interface CameraHeads extends AsyncDisposable {
  /** Starts every head's process, without waiting for cameras or models. */
  start(): Promise<void>;
  /** Whether nothing may be captured from now on (CAP-13). */
  suspend(isSuspended: boolean): void;
  health(): HeadStatus[];
  /** The head of this id; undefined if there is none. */
  head(id: string): HeadSupervisor | undefined;
  /** Throws if a head has been silent for long and was not restarted. */
  probe(): void;
}

/** Supervises the configured heads. Disposal passes on their last reports, then resolves. */
export function createCameraHeads(deps: {
  config: Pick<Config, 'heads' | 'reading' | 'tracking' | 'hotlist'>;
  onReport: (report: TrackReport, mountAngleDeg: number) => void;
  /** Every head has reached the end of its recording, and everything in it was reported. */
  onFinished: () => void;
  log: Log;
}): CameraHeads {
  const { config, onReport, onFinished, log } = deps;
  const { heads, reading, tracking } = config;
  let unfinished = heads.list.length;
  const supervisors = heads.list.map((head) => {
    const inPlayFrom = leastNearMinP(config.hotlist, config.hotlist.lists);
    const supervisor = createHeadSupervisor({ head, heads, reading, tracking, inPlayFrom, log });
    supervisor.on('track', (report) => onReport(report, head.mountAngleDeg));
    supervisor.on('finished', () => {
      unfinished -= 1;
      if (unfinished === 0) onFinished();
    });
    return supervisor;
  });

  return {
    async start() {
      await Promise.all(supervisors.map((each) => each.start()));
    },
    suspend(isSuspended) {
      for (const each of supervisors) each.suspend(isSuspended);
    },
    health: () => supervisors.map((each) => each.status()),
    head: (id) => supervisors[heads.list.findIndex((head) => head.id === id)],
    probe() {
      for (const each of supervisors) each.probe();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(supervisors.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}
