import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { isListening } from '../support/is-listening.ts';
import { waitFor } from '../support/wait-for.ts';

const program = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const portMapper = '/usr/bin/epmd';

/** Says why tests with RabbitMQ are skipped; null where they run. */
export const missingRabbitMq =
  existsSync(program) && existsSync(portMapper) ? null : 'rabbitmq-server is not installed';

/** The newest MQTT that the installed RabbitMQ speaks: 5 since its version 3.13 (Debian 12 has 3.10, Debian 13 has 4.0). */
export function rabbitMqProtocol(): '5' | '3.1.1' {
  const server = readdirSync('/usr/lib/rabbitmq/lib').join();
  const [, major, minor] = /rabbitmq_server-(\d+)\.(\d+)/.exec(server) ?? [];
  if (major === undefined) throw new Error(`no version of RabbitMQ in ${server}`);
  return Number(major) > 3 || Number(minor) >= 13 ? '5' : '3.1.1';
}

/** A real node of RabbitMQ, on loopback and without certificates. */
export interface RabbitNode {
  broker: string;
  /** Resolves when it takes MQTT connections. */
  start(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Real RabbitMQ nodes that speak MQTT, joined to a cluster where there are several; started in their order. Everything
 * of theirs is in the folder, and they find each other through a port mapper of their own.
 */
export async function openRabbitMq(folder: string, count = 1): Promise<RabbitNode[]> {
  const home = join(folder, 'rabbitmq');
  mkdirSync(home, { recursive: true });
  const mapperPort = await freePort();
  const mapper = spawn(portMapper, ['-port', String(mapperPort), '-address', '127.0.0.1'], {
    stdio: 'ignore',
  });
  onTestFinished(() => end(mapper, 'SIGKILL'));
  const ports = await Promise.all(
    Array.from({ length: count }, async () => ({
      amqp: await freePort(),
      mqtt: await freePort(),
      cluster: await freePort(),
    })),
  );
  const names = ports.map(({ mqtt }) => `lookout-${mqtt}@localhost`);
  const plugins = join(home, 'enabled_plugins');
  writeFileSync(plugins, '[rabbitmq_mqtt].\n');
  const nodes = ports.map(({ amqp, mqtt, cluster }, index): RabbitNode => {
    const config = join(home, `${index}.conf`);
    writeFileSync(
      config,
      [
        `listeners.tcp.1 = 127.0.0.1:${amqp}`,
        `mqtt.listeners.tcp.1 = 127.0.0.1:${mqtt}`,
        'mqtt.allow_anonymous = true',
        // A session outlives its node only where it is on several.
        ...(count > 2 ? ['mqtt.durable_queue_type = quorum'] : []),
        'cluster_formation.peer_discovery_backend = classic_config',
        // Itself and those before it: RabbitMQ 4 waits for each that is named, 3.10 does not.
        ...names
          .slice(0, index + 1)
          .map((name, at) => `cluster_formation.classic_config.nodes.${at + 1} = ${name}`),
        '',
      ].join('\n'),
    );
    let child: ChildProcess | null = null;
    const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
      if (child) await end(child, signal);
    };
    onTestFinished(() => stop('SIGKILL'));
    return {
      broker: `mqtt://127.0.0.1:${mqtt}`,
      async start() {
        const started = spawn(program, {
          // A group of its own, so that the shell that starts it and its helpers end with it.
          detached: true,
          stdio: 'ignore',
          env: {
            ...process.env,
            HOME: home,
            ERL_EPMD_PORT: String(mapperPort),
            ERL_EPMD_ADDRESS: '127.0.0.1',
            RABBITMQ_CONF_ENV_FILE: join(home, 'none'),
            RABBITMQ_NODENAME: names[index],
            RABBITMQ_NODE_PORT: String(amqp),
            RABBITMQ_DIST_PORT: String(cluster),
            RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
            RABBITMQ_LOG_BASE: join(home, 'log'),
            RABBITMQ_CONFIG_FILE: config,
            RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
            RABBITMQ_PID_FILE: join(home, `${index}.pid`),
            // Two cores and a small machine: one scheduler and no look-ahead will do.
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
          },
        });
        child = started;
        await waitFor(
          () => {
            if (started.exitCode !== null) throw new Error(`RabbitMQ ended; see ${home}/log`);
            return isListening(mqtt);
          },
          { timeoutMs: 120_000, what: 'RabbitMQ' },
        );
      },
      stop,
    };
  });
  for (const node of nodes) await node.start();
  return nodes;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  try {
    process.kill(-pid, signal);
  } catch {
    child.kill(signal);
  }
  await exit;
}
