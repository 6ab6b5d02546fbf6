import { Registry } from 'prom-client';
import { bytesPerMiB, metricsIn } from '../daemon/status-server.ts';
import type { HeadquartersStatus } from './headquarters-status.ts';

/** The status of headquarters as Prometheus text, named as those of a unit are. */
export function headquartersMetrics(status: HeadquartersStatus): Promise<string> {
  const registry = new Registry();
  const { gauge, counter } = metricsIn(registry);
  const { broker, intake, units } = status;
  gauge('uptime_seconds', 'Since the start')(status.uptimeS);
  gauge('resident_bytes', 'Memory of the program')(status.residentMiB * bytesPerMiB);
  gauge('problems', 'Things that are not as they should be')(status.problems.length);
  gauge('broker_connected', '1 while there is a link to the broker')(broker.connected ? 1 : 0);
  counter('broker_connections_total', 'Connections to the broker')(broker.connections);
  const taken = counter('intake_total', 'What came from units since the start', ['kind']);
  for (const kind of ['detections', 'hits', 'images', 'repeats', 'refused'] as const) {
    taken(intake[kind], kind);
  }
  gauge('intake_waiting', 'Messages that are read and not stored yet')(intake.waiting);
  if (status.archive !== null) {
    const { state, waiting, behindS, copied, searches } = status.archive;
    gauge(
      'archive_following',
      '1 while the archive has all detections but those that wait',
    )(state === 'following' ? 1 : 0);
    gauge('archive_waiting', 'Detections that are not in the archive as they are now')(waiting);
    gauge('archive_behind_seconds', 'For how long the longest of them waits')(behindS);
    counter('archive_copied_total', 'Detections written into the archive since the start')(copied);
    const answered = counter('archive_searches_total', 'Searches since the start', ['answered_by']);
    answered(searches.byArchive, 'archive');
    answered(searches.byOwnFiles, 'own files');
  }
  const online = gauge('unit_online', '1 while the unit is heard', ['unit']);
  for (const { unit, state } of units) online(state === 'online' ? 1 : 0, unit);
  gauge('undisposed_alerts', 'Alerts without a disposition')(status.undisposed);
  return registry.metrics();
}
