import { Registry } from 'prom-client';
import type { DaemonStatus } from './daemon-status.ts';
import type { StageFigures } from './figures.ts';
import { bytesPerMiB, metricsIn } from './status-server.ts';

/**
 * The status as Prometheus text; METRICS.md lists what is in it. What only grows is a counter and ends in `_total`; times
 * are in seconds, sizes in bytes. A value that the unit does not know is left out.
 */
export function prometheusText(status: DaemonStatus): Promise<string> {
  const registry = new Registry();
  const { gauge, counter } = metricsIn(registry);

  gauge('uptime_seconds', 'Since the start')(status.uptimeS);
  gauge('resident_bytes', 'Memory of the daemon')(status.residentMiB * bytesPerMiB);
  gauge('problems', 'Things that are not as they should be')(status.problems.length);

  const headUp = gauge('head_running', '1 while the head reads frames', ['head']);
  const headRestarts = counter('head_restarts_total', 'Restarts of the head process', ['head']);
  const headFps = gauge('head_read_frames_per_second', 'Frames read', ['head']);
  const headMemory = gauge('head_resident_bytes', 'Memory of the head process', ['head']);
  const camera = ['head', 'camera'];
  const taken = counter('camera_frames_total', 'Frames taken', camera);
  const dropped = counter(
    'camera_frames_dropped_total',
    'Frames that a newer one replaced, or that came late',
    camera,
  );
  const passedOver = gauge(
    'camera_frames_passed_over_ratio',
    'Share of the last minute that was not read',
    ['head'],
  );
  const stage = gauge('stage_seconds', 'Time of a stage', ['head', 'stage', 'quantile']);
  const brightness = gauge(
    'camera_brightness',
    'Mean brightness of the infra-red picture, 0 to 255',
    ['head'],
  );
  for (const { id, state, restarts, health } of status.heads) {
    headUp(state === 'running' ? 1 : 0, id);
    headRestarts(restarts, id);
    if (health === null) continue;
    headFps(health.readFps, id);
    headMemory(health.residentMiB * bytesPerMiB, id);
    brightness(health.quality?.brightness, id);
    const { frames, of } = health.passedOver;
    passedOver(of === 0 ? 0 : frames / of, id);
    for (const name of ['ir', 'colour'] as const) {
      taken(health[name]?.framesTaken, id, name);
      dropped(health[name]?.framesDropped, id, name);
    }
    for (const [name, figures] of Object.entries(health.stageMs)) {
      for (const [quantile, ms] of quantilesOf(figures)) stage(secondsOf(ms), id, name, quantile);
    }
  }

  const { fixAgeMs, clockOffsetMs } = status.position;
  gauge('fix_age_seconds', 'Age of the last good fix')(secondsOf(fixAgeMs));
  gauge('clock_offset_seconds', 'GPS time minus system time')(secondsOf(clockOffsetMs));
  const listAge = gauge('hotlist_age_seconds', 'Since its source made the list', ['list']);
  const listEntries = gauge('hotlist_entries', 'Entries in force', ['list']);
  for (const list of status.hotlists) {
    listAge(list.ageS, list.id);
    listEntries(list.entries, list.id);
  }

  const aside = gauge('databases_set_aside', 'Damaged databases that lie set aside', ['database']);
  for (const name of ['lookout.db', 'hotlist.db']) {
    aside(status.storage.setAside.filter(({ database }) => database === name).length, name);
  }

  const outputUp = gauge('alert_output_ok', '1 while the output works', ['output']);
  for (const output of status.outputs) outputUp(output.state === 'ok' ? 1 : 0, output.name);
  const alert = gauge('alert_seconds', 'Frame to each stage of an alert', ['stage', 'quantile']);
  for (const name of ['found', 'read', 'matched', 'raised'] as const) {
    for (const [quantile, ms] of quantilesOf(status.alertMs[name])) {
      alert(secondsOf(ms), name, quantile);
    }
  }
  const match = gauge('match_seconds', 'Matching one read', ['quantile']);
  for (const [quantile, ms] of quantilesOf(status.matchMs)) match(secondsOf(ms), quantile);
  const late = gauge('event_loop_delay_seconds', 'Lateness of the daemon', ['quantile']);
  for (const [quantile, ms] of quantilesOf(status.eventLoopDelayMs)) late(secondsOf(ms), quantile);

  const { counts } = status;
  counter('reports_total', 'Reports on vehicles by the heads')(counts.reports);
  counter('reads_total', 'Vehicles whose plate was read')(counts.reads);
  counter('hits_total', 'Hits raised')(counts.hits);
  counter('hits_withdrawn_total', 'Hits withdrawn as the vote changed')(counts.withdrawn);
  counter('store_failures_total', 'Stores that failed')(counts.storeFailures);

  gauge(
    'uplink_connected',
    '1 while linked to the broker',
  )(status.uplink === null ? null : Number(status.uplink.connected));
  const turnedAway = counter('https_turned_away_total', 'Beyond the limits of HTTPS', ['what']);
  for (const [what, count] of Object.entries(status.https?.turnedAway ?? {})) {
    turnedAway(count, what);
  }
  const waiting = gauge('outbox_messages', 'Messages that headquarters has not acknowledged', [
    'lane',
  ]);
  for (const [lane, waits] of Object.entries(status.uplink?.waiting ?? {})) waiting(waits, lane);
  gauge(
    'outbox_set_aside_messages',
    'Messages that the broker does not take',
  )(status.uplink?.setAside ?? null);

  return registry.metrics();
}
const quantilesOf = ({ p50, p99 }: StageFigures): [string, number | null][] => [
  ['0.5', p50],
  ['0.99', p99],
];

const secondsOf = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
