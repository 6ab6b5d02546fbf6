import { setPriority } from 'node:os';
import type { Config } from '../../config/schema.ts';
import { systemClock } from '../../platform/clock.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import type { FromHead, HeadStart, ToHead } from './messages.ts';
import type { PreviewWish } from './preview-frame.ts';
import { createReportChannel } from './report-channel.ts';
import type { HeadReader, HeadRun, HeadTracker } from './run-head.ts';

/** The parts of a head's process. */
export interface HeadParts {
  createReader(config: Config['reading']): Promise<HeadReader>;
  createTracker(options: {
    head: string;
    config: Config['tracking'];
    inPlayFrom: number;
    regions: Config['reading']['regions'];
  }): HeadTracker;
}

const healthEveryMs = 500;

/** Below the daemon's priority: on a busy machine an alert sounds before another frame is read. */
const niceness = 5;

/**
 * Makes this process a head: waits for `start`, reads until its recording ends or `stop` arrives, and exits. It also
 * exits if the daemon that started it is gone. Exit codes: 0 ended in order, 1 failed (the reason is on standard
 * error), 2 refused (the reason was sent).
 */
export function serveHead(parts: HeadParts): void {
  // The reading worker inherits it from this thread.
  setPriority(niceness);
  let run: HeadRun | null = null;
  let isStopping = false;
  /** As told since the start; null if nothing was. */
  let isSuspended: boolean | null = null;
  let wish: PreviewWish | null = null;

  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    if (run === null) process.exit(0);
    void run.stop();
  };

  process.on('message', (message: ToHead) => {
    if (message.type === 'stop') stop();
    else if (message.type === 'suspend') {
      isSuspended = message.isSuspended;
      run?.suspend(isSuspended);
    } else if (message.type === 'preview') {
      wish = message.wish;
      run?.preview(wish);
    } else
      void serve(
        message,
        parts,
        (started) => {
          run = started;
          if (isSuspended !== null) started.suspend(isSuspended);
          started.preview(wish);
          if (isStopping) void started.stop();
        },
        () => isStopping,
      );
  });
  // Ctrl-C in a terminal reaches the whole process group; only the daemon decides when a head ends.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => (isStopping ? exitNow() : stop()));
  process.on('disconnect', () => {
    void run?.stop();
    // Without the daemon, no other process would kill one that hangs in a driver.
    setTimeout(exitNow, 1500);
  });
}

async function serve(
  start: HeadStart,
  parts: HeadParts,
  onRun: (run: HeadRun) => void,
  isStopping: () => boolean,
): Promise<void> {
  const head = start.head.id;
  try {
    const { startHead } = await import('./run-head.ts').catch((error: unknown) => {
      throw new Problem(`OpenCV does not load (${messageOf(error)}); run scripts/setup again`);
    });
    await using reader = await parts.createReader(start.reading);
    const tracker = parts.createTracker({
      head,
      config: start.tracking,
      inPlayFrom: start.inPlayFrom,
      regions: start.reading.regions,
    });
    const channel = createReportChannel(send);
    const models = reader.models.map(({ name, sha256 }) => ({ name, sha256 }));
    await send({ type: 'ready', head, models });
    const run = startHead({ start, reader, tracker, channel, clock: systemClock });
    onRun(run);
    const timer = setInterval(() => {
      if (run.lost !== null) channel.figure({ type: 'lost', problem: run.lost });
      channel.figure({ type: 'busy', forMs: run.busyForMs });
      channel.figure({ type: 'health', health: run.health() });
    }, healthEveryMs);
    await run.done;
    clearInterval(timer);
    await send({ type: 'health', health: run.health() });
    if (!isStopping()) await send({ type: 'finished', head, framesRead: run.framesRead });
    if (run.isHeld) exitNow();
  } catch (error) {
    if (!(error instanceof Problem)) fail(error);
    await send({ type: 'refused', problem: messageOf(error) });
    process.exit(2);
  }
  process.exit(0);
}

/** Resolves when the message is sent, or if there is no receiver. */
function send(message: FromHead): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });
}

function fail(error: unknown): never {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}

/** Unlike `process.exit`, does not wait for a thread that is inside a native call. */
function exitNow(): void {
  process.kill(process.pid, 'SIGKILL');
}
