import type { Config } from '../config/schema.ts';
import type { DaemonStatus } from '../daemon/daemon-status.ts';
import type { HeadquartersStatus } from '../headquarters/headquarters-status.ts';
import { Problem } from '../platform/problem.ts';
import { notRunning } from './not-running.ts';

/** The status of the daemon that runs with this configuration; throws a Problem if none answers. */
export async function askStatus({
  metrics,
  unit,
}: Pick<Config, 'metrics' | 'unit'>): Promise<DaemonStatus | HeadquartersStatus> {
  if (!metrics.enabled) {
    throw new Problem(
      'metrics.enabled is false; lookout status needs it. Set metrics.enabled: true and restart the daemon',
    );
  }
  const host = metrics.host.includes(':') ? `[${metrics.host}]` : metrics.host;
  const url = `http://${host}:${metrics.port}/status`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return (await response.json()) as DaemonStatus | HeadquartersStatus;
  } catch {
    throw notRunning(url, unit.dataDir);
  }
}
