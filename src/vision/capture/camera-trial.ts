import { fork } from 'node:child_process';
import type { SourceConfig } from '../../config/sections/heads.ts';
import type { ImageQuality } from './image-quality.ts';

/** What a camera gave; a picture never leaves the process that took it. */
export type CameraTrial =
  | { problem: string }
  | {
      problem: null;
      width: number;
      height: number;
      /** Over `measuredMs`. */
      fps: number;
      measuredMs: number;
      /** From the opening to the first frame. */
      firstAfterMs: number;
      quality: ImageQuality;
    };

/** The message that starts the process. */
export interface TrialOrder {
  cameras: readonly { name: string; source: SourceConfig }[];
  stallAfterS: number;
  measureMs: number;
}

/**
 * Opens the cameras of one head together and reads their frames for `measureMs`. Resolves to one trial a camera, by name;
 * never throws for a camera's fault.
 */
export function tryCameras(order: TrialOrder): Promise<Map<string, CameraTrial>> {
  const trials = new Map<string, CameraTrial>();
  const child = fork(new URL('./camera-trial-process.ts', import.meta.url), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
    env: { ...process.env, UV_THREADPOOL_SIZE: '8' },
  });
  child.on('message', ({ name, trial }: { name: string; trial: CameraTrial }) =>
    trials.set(name, trial),
  );
  child.send(order);
  // Opening a stream takes its stall time twice at worst, and each read once.
  const limitMs = order.measureMs + 4000 * order.stallAfterS + 10_000;
  return new Promise((resolve) => {
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, limitMs);
    child.once('close', (code, signal) => {
      clearTimeout(late);
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const problem = isLate
        ? `the camera gave no answer within ${Math.round(limitMs / 1000)} s; switch it off and on`
        : `reading it ended the process (${how}); check the camera's driver`;
      for (const { name } of order.cameras) {
        if (!trials.has(name)) trials.set(name, { problem });
      }
      resolve(trials);
    });
  });
}
