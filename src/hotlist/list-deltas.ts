import { createThread } from '../platform/thread-call.ts';
import type { DeltaHandlers } from './delta-worker.ts';

/** The file that was written. */
type Written = Awaited<ReturnType<DeltaHandlers['apply']>>;

async function inThread<Name extends keyof DeltaHandlers>(
  name: Name,
  input: Parameters<DeltaHandlers[Name]>[0],
): Promise<Awaited<ReturnType<DeltaHandlers[Name]>>> {
  await using thread = createThread<DeltaHandlers>(new URL('./delta-worker.ts', import.meta.url), {
    ended: 'the difference of two versions of a list was not dealt with',
  });
  return await thread.call(name, input);
}

/** Writes what makes `file` of `base` to `out`, in a thread; null if that is not shorter than the file (`entries-delta.ts`). */
export function makeListDelta(base: string, file: string, out: string): Promise<Written | null> {
  return inThread('write', { base, other: file, out });
}

/** Writes to `out` what a delta makes of `base`, in a thread. Rejects, and leaves nothing, if they do not fit each other. */
export function applyListDelta(base: string, delta: string, out: string): Promise<Written> {
  return inThread('apply', { base, other: delta, out });
}
