import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { isListening } from '../support/is-listening.ts';
import { waitFor } from '../support/wait-for.ts';

const program = '/usr/sbin/nats-server';

/** Says why tests with NATS are skipped; null where they run. */
export const missingNats = existsSync(program) ? null : 'nats-server is not installed';

/** A real NATS server that speaks MQTT, on loopback and without certificates. */
export async function openNats(folder: string) {
  const home = join(folder, 'nats');
  mkdirSync(home, { recursive: true });
  const [port, mqtt] = [await freePort(), await freePort()];
  const config = join(home, 'nats.conf');
  writeFileSync(
    config,
    [
      'server_name: lookout',
      `listen: "127.0.0.1:${port}"`,
      `jetstream { store_dir: "${home}" }`,
      `mqtt { listen: "127.0.0.1:${mqtt}" }`,
      '',
    ].join('\n'),
  );
  let child: ChildProcess | null = null;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const exit = once(running, 'exit');
    running.kill(signal);
    await exit;
  };
  const start = async (): Promise<void> => {
    child = spawn(program, ['-c', config], { stdio: 'ignore' });
    await waitFor(() => isListening(mqtt), { what: 'NATS' });
  };
  onTestFinished(() => stop('SIGKILL'));
  await start();
  return { broker: `mqtt://127.0.0.1:${mqtt}`, start, stop };
}
