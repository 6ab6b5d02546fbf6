import { Gauge, Registry } from 'prom-client';
import type { Config } from '../config/schema.ts';
import { createLocalServer, type LocalServer } from '../platform/local-server.ts';
import type { Log } from '../platform/log.ts';
import type { DaemonStatus } from './status.ts';

/** Serves the status on loopback: `/metrics` for Prometheus, `/status` as JSON. */
export function createMetricsServer(deps: {
  config: Config['metrics'];
  status: () => DaemonStatus;
  log: Log;
}): LocalServer {
  const { config, status, log } = deps;
  const { host, port } = config;
  const server = createLocalServer({
    host,
    port,
    section: 'metrics',
    unavailable: `metrics.port: ${host}:${port} cannot be used`,
    onProblem: (problem) => log.error({ problem }, 'no metrics'),
    headers: { 'cache-control': 'no-store' },
  });
  server.app.get('/metrics', async (_, reply) => {
    reply.type('text/plain; version=0.0.4');
    return await prometheusText(status());
  });
  server.app.get('/status', async () => status());
  return server;
}

/** The status as Prometheus text. Names end in their unit; heads, lists and lanes are labels. */
export function prometheusText(status: DaemonStatus): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labels: string[] = []) => {
    const made = new Gauge({
      name: `lookout_${name}`,
      help,
      labelNames: labels,
      registers: [registry],
    });
    return (value: number | null | undefined, ...values: string[]) => {
      if (value === null || value === undefined) return;
      made.set(Object.fromEntries(labels.map((label, i) => [label, values[i] ?? ''])), value);
    };
  };

  gauge('uptime_seconds', 'Since the start')(status.uptimeS);
  gauge('resident_mebibytes', 'Memory of the daemon')(status.residentMiB);
  gauge('problems', 'Things that are not as they should be')(status.problems.length);

  const headUp = gauge('head_running', '1 while the head reads frames', ['head']);
  const headRestarts = gauge('head_restarts_total', 'Restarts of the head process', ['head']);
  const headFps = gauge('head_read_frames_per_second', 'Frames read', ['head']);
  const headMemory = gauge('head_resident_mebibytes', 'Memory of the head process', ['head']);
  const taken = gauge('camera_frames_total', 'Frames taken', ['head', 'camera']);
  const dropped = gauge('camera_frames_dropped_total', 'Frames that a newer one replaced', [
    'head',
    'camera',
  ]);
  const stage = gauge('stage_milliseconds', 'Time of a stage', ['head', 'stage', 'quantile']);
  const brightness = gauge(
    'camera_brightness',
    'Mean brightness of the infra-red picture, 0 to 255',
    ['head'],
  );
  for (const head of status.heads) {
    headUp(head.state === 'running' ? 1 : 0, head.id);
    headRestarts(head.restarts, head.id);
    if (head.health === null) continue;
    headFps(head.health.readFps, head.id);
    headMemory(head.health.residentMiB, head.id);
    brightness(head.health.quality?.brightness, head.id);
    for (const camera of ['ir', 'colour'] as const) {
      taken(head.health[camera]?.framesTaken, head.id, camera);
      dropped(head.health[camera]?.framesDropped, head.id, camera);
    }
    for (const [name, figures] of Object.entries(head.health.stageMs)) {
      stage(figures.p50, head.id, name, '0.5');
      stage(figures.p99, head.id, name, '0.99');
    }
  }

  gauge('fix_age_milliseconds', 'Age of the last good fix')(status.position.fixAgeMs);
  gauge('clock_offset_milliseconds', 'GPS time minus system time')(status.position.clockOffsetMs);
  const listAge = gauge('hotlist_age_seconds', 'Since its source made the list', ['list']);
  const listEntries = gauge('hotlist_entries', 'Entries in force', ['list']);
  for (const list of status.hotlists) {
    listAge(list.ageS, list.id);
    listEntries(list.entries, list.id);
  }

  const outputUp = gauge('alert_output_ok', '1 while the output works', ['output']);
  for (const output of status.outputs) outputUp(output.state === 'ok' ? 1 : 0, output.name);
  const alert = gauge('alert_milliseconds', 'Frame to each stage of an alert', [
    'stage',
    'quantile',
  ]);
  for (const name of ['found', 'read', 'matched', 'raised'] as const) {
    alert(status.alertMs[name].p50, name, '0.5');
    alert(status.alertMs[name].p99, name, '0.99');
  }
  gauge('match_milliseconds_p99', 'Matching one read')(status.matchMs.p99);
  gauge('event_loop_delay_milliseconds_p99', 'Lateness of the daemon')(status.eventLoopDelayMs.p99);

  const count = gauge('count_total', 'Things that happened', ['what']);
  for (const [what, value] of Object.entries(status.counts)) count(value, what);
  gauge(
    'uplink_connected',
    '1 while linked to the broker',
  )(status.uplink === null ? null : Number(status.uplink.connected));
  const waiting = gauge('outbox_messages', 'Messages that headquarters has not acknowledged', [
    'lane',
  ]);
  for (const [lane, waits] of Object.entries(status.uplink?.waiting ?? {})) waiting(waits, lane);

  return registry.metrics();
}
