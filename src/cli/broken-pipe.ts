import { codeOf } from '../platform/problem.ts';

/** 128 and the number of SIGPIPE, as for any program that writes into a pipe without an end. */
const endedByPipe = 141;

let isOutlived = false;

/** `lookout … | head -1`: a command ends, without a word, when what reads its output has ended. */
export function exitOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (codeOf(error) !== 'EPIPE') throw error;
      if (!isOutlived) process.exit(endedByPipe);
    });
  }
}

/** The daemon goes on: nobody needs to read what it says. */
export function ignoreBrokenPipe(): void {
  isOutlived = true;
}
