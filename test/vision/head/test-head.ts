import { onTestFinished } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { createLog } from '../../../src/platform/log.ts';
import type { HeadStatus } from '../../../src/vision/head/head-status.ts';
import { createHeadSupervisor, type HeadSupervisor } from '../../../src/vision/head/supervisor.ts';
import type { TrackReport } from '../../../src/vision/tracking/track-report.ts';

/** A supervised head and its events. */
export interface TestHead {
  supervisor: HeadSupervisor;
  reports: TrackReport[];
  /** Every state in the order of its event. */
  states: HeadStatus['state'][];
  finished: { head: string; framesRead: number }[];
}

/**
 * Starts a head; `behaviour` runs the stand-in head with it, null the real one. Restarts are quick and the
 * watchdogs short unless `heads` says otherwise.
 */
export async function startTestHead(options: {
  ir: Record<string, unknown>;
  colour?: Record<string, unknown>;
  behaviour?: string | null;
  head?: Record<string, unknown>;
  heads?: Record<string, unknown>;
}): Promise<TestHead> {
  const { ir, colour = null, behaviour = 'good' } = options;
  const config = configSchema.parse({
    heads: {
      list: [{ id: 'front', ir, colour, ...options.head }],
      restart: { firstDelayMs: 50, maxDelayMs: 200, budget: 10, windowS: 600 },
      ...options.heads,
    },
  });
  const [head] = config.heads.list;
  if (head === undefined) throw new Error('no head');
  // The child takes over the environment of the moment it is started in.
  process.env.STAND_IN = behaviour ?? '';
  const supervisor = createHeadSupervisor({
    head,
    heads: config.heads,
    reading: config.reading,
    tracking: config.tracking,
    inPlayFrom: config.hotlist.nearMinP,
    log: createLog({ level: 'fatal' }),
    ...(behaviour === null ? {} : { entry: new URL('./stand-in-head.ts', import.meta.url) }),
  });
  onTestFinished(() => supervisor[Symbol.asyncDispose]());
  const test: TestHead = { supervisor, reports: [], states: [], finished: [] };
  supervisor.on('track', (report) => test.reports.push(report));
  supervisor.on('finished', (result) => test.finished.push(result));
  supervisor.on('changed', ({ state }) => {
    if (test.states.at(-1) !== state) test.states.push(state);
  });
  await supervisor.start();
  return test;
}

/** The frame number in a stand-in report. */
export function numberIn(report: TrackReport): number {
  return Number(report.consensus?.plate.slice(1) ?? Number.NaN);
}
