import { describe, expect, test } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/daemon-status.ts';
import { prometheusText } from '../../src/daemon/metrics.ts';
import { listedAndServed } from '../support/metrics-page.ts';

const quantiles = { p50: 20, p99: 80 };
const none = { p50: null, p99: null };

/** What the metrics read of a status in which every part has something to say. */
const status = {
  uptimeS: 90,
  residentMiB: 200,
  problems: ['position: lost'],
  heads: [
    {
      id: 'front',
      state: 'running',
      restarts: 2,
      health: {
        readFps: 14.5,
        residentMiB: 400,
        quality: { brightness: 101 },
        passedOver: { frames: 3, of: 12 },
        ir: { framesTaken: 1000, framesDropped: 3 },
        colour: null,
        stageMs: { detect: quantiles, recognise: none, captureToRead: quantiles },
      },
    },
    { id: 'rear', state: 'starting', restarts: 0, health: null },
  ],
  position: { fixAgeMs: 1500, clockOffsetMs: -250 },
  hotlists: [{ id: 'svs', ageS: 3600, entries: 12 }],
  storage: { setAside: [{ database: 'hotlist.db', file: 'x', at: 'y' }] },
  outputs: [{ name: 'page', state: 'ok' }],
  alertMs: { count: 1, found: quantiles, read: quantiles, matched: quantiles, raised: quantiles },
  matchMs: { p50: 0.5, p99: 2 },
  eventLoopDelayMs: { p50: 0, p99: 4, max: 18 },
  counts: { reports: 50, reads: 20, hits: 4, withdrawn: 1, storeFailures: 0 },
  uplink: { connected: true, waiting: { hit: 0, detection: 7 } },
  https: { turnedAway: { connections: 3, requests: 40 } },
} as unknown as DaemonStatus;

const text = await prometheusText(status);
const types = new Map(
  [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]),
);
const valueIn = (sample: string): number | undefined => {
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};

describe('metrics', () => {
  test('what only grows is a counter, and nothing else is', () => {
    const counters = [...types].filter(([, type]) => type === 'counter').map(([name]) => name);
    expect(counters).toContain('lookout_hits_total');
    expect(counters).toEqual([...types.keys()].filter((name) => name.endsWith('_total')));
    expect(new Set(types.values())).toEqual(new Set(['counter', 'gauge']));
  });

  test.each([
    ['lookout_hits_total', 4],
    ['lookout_hits_withdrawn_total', 1],
    ['lookout_store_failures_total', 0],
    ['lookout_head_restarts_total{head="front"}', 2],
    ['lookout_camera_frames_total{head="front",camera="ir"}', 1000],
    ['lookout_camera_frames_passed_over_ratio{head="front"}', 0.25],
    ['lookout_resident_bytes', 200 * 1024 * 1024],
    ['lookout_head_resident_bytes{head="front"}', 400 * 1024 * 1024],
    ['lookout_fix_age_seconds', 1.5],
    ['lookout_clock_offset_seconds', -0.25],
    ['lookout_stage_seconds{head="front",stage="detect",quantile="0.99"}', 0.08],
    ['lookout_alert_seconds{stage="raised",quantile="0.5"}', 0.02],
    ['lookout_match_seconds{quantile="0.99"}', 0.002],
    ['lookout_event_loop_delay_seconds{quantile="0.99"}', 0.004],
    ['lookout_outbox_messages{lane="detection"}', 7],
  ])('%s is %d: times in seconds, sizes in bytes', (sample, value) => {
    expect(valueIn(sample)).toBe(value);
  });

  test.each([
    'lookout_stage_seconds{head="front",stage="recognise",quantile="0.5"}',
    'lookout_camera_frames_total{head="front",camera="colour"}',
    'lookout_head_resident_bytes{head="rear"}',
  ])('%s is left out while the unit does not know it', (sample) => {
    expect(valueIn(sample)).toBeUndefined();
  });

  test('METRICS.md lists each with its labels, and no other', () => {
    const { listed, served } = listedAndServed('src/daemon/METRICS.md', text);
    expect(listed).toEqual(served);
  });
});
