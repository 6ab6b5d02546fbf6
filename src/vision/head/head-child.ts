import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withoutSecrets } from '../../platform/without-secrets.ts';
import type { FromHead, ToHead } from './messages.ts';
import type { PreviewWish } from './preview-frame.ts';

/** The process of a head, running until `ended` resolves. */
export interface HeadChild {
  readonly pid: number | null;
  /** Resolves when the process has exited and its last messages have arrived. */
  readonly ended: Promise<HeadEnd>;
  /** Asks the head to stop in order, and kills it if it does not. */
  stop(): Promise<void>;
  /** Whether it may look at frames. */
  suspend(isSuspended: boolean): void;
  /** What somebody looks at; null if nobody does. */
  preview(wish: PreviewWish | null): void;
  /** Kills it at once. */
  kill(): void;
}

export interface HeadEnd {
  /** "exit code 1" or "signal SIGKILL". */
  how: string;
  /** The last lines of its standard error, without passwords. */
  lastWords: string[];
}

/** Time for the head to report its tracks; with the rest of the daemon's stop this stays under 10 s. */
const orderlyMs = 4000;
const termMs = 1500;

/** Built by scripts/setup from src/vision/capture/decoder-threads.c, which explains its purpose. */
const decoderThreads = fileURLToPath(
  new URL(
    '../../../node_modules/@u4/opencv4nodejs/build/Release/decoder-threads.so',
    import.meta.url,
  ),
);

/** Without the library a head works too, but gets RTSP frames some frames late. */
function preload(): { LD_PRELOAD?: string } {
  if (!existsSync(decoderThreads)) return {};
  const others = process.env.LD_PRELOAD;
  return { LD_PRELOAD: others === undefined ? decoderThreads : `${decoderThreads}:${others}` };
}

/** Starts a head process and sends it its configuration. */
export function startHeadChild(options: {
  entry: URL;
  start: ToHead;
  onMessage: (message: FromHead) => void;
}): HeadChild {
  const child = fork(options.entry, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    // Camera reads that hang block a thread of the pool each; the others continue. Frames are allocated in all of these
    // threads, and glibc would keep the free memory of each apart: with two arenas a head reached 502 MiB instead of 601.
    env: { MALLOC_ARENA_MAX: '2', ...process.env, UV_THREADPOOL_SIZE: '8', ...preload() },
  });
  const lastWords: string[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(-2000);
    lastWords.push(...lines.map(withoutSecrets));
    lastWords.splice(0, lastWords.length - 12);
  });

  const ended = new Promise<HeadEnd>((resolve) => {
    const settle = (how: string) => resolve({ how, lastWords });
    child.once('error', (error) => {
      if (child.pid === undefined) settle(`could not start (${error.message})`);
    });
    const how = (code: number | null, signal: NodeJS.Signals | null) =>
      signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`;
    // 'close' comes after the last message; a pipe that hangs must not keep a dead head listed as running.
    child.once('close', (code, signal) => settle(how(code, signal)));
    child.once('exit', (code, signal) => {
      void wait(2000, undefined, { ref: false }).then(() => settle(how(code, signal)));
    });
  });

  const send = (message: ToHead) => {
    // `ended` reports that a head has exited.
    if (child.connected) child.send(message, () => {});
  };
  child.on('message', (message) => options.onMessage(message as FromHead));
  send(options.start);

  const endsWithin = (ms: number) =>
    Promise.race([ended.then(() => true), wait(ms, false, { ref: false })]);

  return {
    pid: child.pid ?? null,
    ended,
    async stop() {
      send({ type: 'stop' });
      if (await endsWithin(orderlyMs)) return;
      child.kill('SIGTERM');
      if (await endsWithin(termMs)) return;
      child.kill('SIGKILL');
      await ended;
    },
    suspend: (isSuspended) => send({ type: 'suspend', isSuspended }),
    preview: (wish) => send({ type: 'preview', wish }),
    kill: () => child.kill('SIGKILL'),
  };
}
