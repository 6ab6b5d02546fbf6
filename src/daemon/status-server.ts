import { Counter, Gauge, type Registry } from 'prom-client';
import type { Config } from '../config/schema.ts';
import { createLocalServer, type LocalServer } from '../platform/local-server.ts';
import type { Log } from '../platform/log.ts';

/** Serves the status on loopback: `/metrics` for Prometheus, `/status` as JSON. */
export function createStatusServer<Status>(deps: {
  config: Config['metrics'];
  status: () => Status;
  /** The status as Prometheus text. */
  metricsOf: (status: Status) => Promise<string>;
  log: Log;
}): LocalServer {
  const { config, status, metricsOf, log } = deps;
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
    return await metricsOf(status());
  });
  server.app.get('/status', async () => status());
  return server;
}

export const bytesPerMiB = 2 ** 20;

/** Makes metrics in a registry that holds one moment: each returns a function that sets a value for its labels. */
export function metricsIn(registry: Registry) {
  const optionsOf = (name: string, help: string, labelNames: string[]) => ({
    name: `lookout_${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  const setter =
    (labels: string[], set: (labels: Record<string, string>, value: number) => void) =>
    (value: number | null | undefined, ...values: string[]): void => {
      if (value === null || value === undefined) return;
      set(Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ''])), value);
    };
  return {
    gauge(name: string, help: string, labels: string[] = []) {
      const gauge = new Gauge(optionsOf(name, help, labels));
      return setter(labels, (of, value) => gauge.set(of, value));
    },
    counter(name: string, help: string, labels: string[] = []) {
      const counter = new Counter(optionsOf(name, help, labels));
      return setter(labels, (of, value) => counter.inc(of, value));
    },
  };
}
