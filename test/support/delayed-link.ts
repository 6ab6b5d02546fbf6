import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';
import { isListening } from './is-listening.ts';
import { waitFor } from './wait-for.ts';

/** A way to a TCP server that can stand still: what was sent meanwhile arrives afterwards, as on a bad network. */
export interface DelayedLink {
  port: number;
  standStill(): void;
  goOn(): void;
}

/** Opens a link on loopback to the server on `port` with socat; it closes when the test ends. */
export async function openDelayedLink(port: number): Promise<DelayedLink> {
  const near = await freePort();
  // A process of its own: OpenCV opens a stream on the test's thread. Its group holds a process a connection.
  const socat = spawn(
    'socat',
    [`TCP-LISTEN:${near},bind=127.0.0.1,fork`, `TCP:127.0.0.1:${port}`],
    { stdio: 'ignore', detached: true },
  );
  const { pid } = socat;
  if (pid === undefined) throw new Error('socat did not start');
  onTestFinished(() => {
    process.kill(-pid, 'SIGKILL');
  });
  await waitFor(() => isListening(near), { what: 'the link' });
  return {
    port: near,
    standStill: () => void process.kill(-pid, 'SIGSTOP'),
    goOn: () => void process.kill(-pid, 'SIGCONT'),
  };
}
