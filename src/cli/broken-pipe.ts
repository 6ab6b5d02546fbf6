import { codeOf } from '../platform/problem.ts';

/** 128 plus the number of SIGPIPE, as for any program that writes to a closed pipe. */
const endedByPipe = 141;

let isOutlived = false;

/** `lookout … | head -1`: the command exits silently when the reader of its output has ended. */
export function exitOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (codeOf(error) !== 'EPIPE') throw error;
      if (!isOutlived) process.exit(endedByPipe);
    });
  }
}

/** The daemon continues without a reader of its output. */
export function ignoreBrokenPipe(): void {
  isOutlived = true;
}
