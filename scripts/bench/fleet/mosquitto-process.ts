import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

/** A broker of a bench that can be killed and started again. */
export interface BenchBroker {
  urls: string[];
  pids(): number[];
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** mosquitto on a free port of loopback that keeps its sessions on the disk; not started. */
export async function createMosquitto(folder: string): Promise<BenchBroker> {
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(
    file,
    [
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'log_type error',
      'max_queued_messages 0',
      'max_inflight_messages 1000',
      'persistence true',
      `persistence_location ${folder}/`,
      'autosave_interval 10',
      '',
    ].join('\n'),
  );
  let child: ChildProcess | null = null;
  return {
    urls: [`mqtt://127.0.0.1:${port}`],
    pids: () => (child?.pid === undefined ? [] : [child.pid]),
    async kill() {
      const running = child;
      if (running === null || running.exitCode !== null || running.signalCode !== null) return;
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await ended;
    },
    async start() {
      child = spawn('/usr/sbin/mosquitto', ['-c', file], { stdio: 'inherit' });
      await delay(300);
      if (child.exitCode !== null) throw new Error('mosquitto ended');
    },
  };
}
