import { setPriority } from 'node:os';
import { answerCalls } from '../platform/thread-call.ts';
import { applyDelta, writeDelta } from './entries-delta.ts';

interface Files {
  base: string;
  /** The newer file, or the delta. */
  other: string;
  out: string;
}

const handlers = {
  /** For this thread only: reads and alerts have priority. */
  write({ base, other, out }: Files) {
    setPriority(5);
    return writeDelta(base, other, out);
  },
  apply({ base, other, out }: Files) {
    setPriority(5);
    return applyDelta(base, other, out);
  },
};

export type DeltaHandlers = typeof handlers;

answerCalls(handlers);
