import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { readdirSync, readlinkSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** What keeps a process busy or is shared with others: timers, also those that are unref'd, sockets, processes, threads. */
const kinds = new Set([
  'Timeout',
  'TCPWRAP',
  'TCPSERVERWRAP',
  'UDPWRAP',
  'PIPEWRAP',
  'PIPESERVERWRAP',
  'PROCESSWRAP',
  'SIGNALWRAP',
  'WORKER',
  'FSEVENTWRAP',
]);

/**
 * Watches what a piece of work opens, however indirectly: each handle is identified by the asynchronous context in which it
 * was made, so those of the test itself do not count.
 */
export function watchHandles(): {
  /** Does the work in the watched context. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** The kinds of all handles that the work has opened and that are not closed yet, sorted. */
  open(): string[];
} {
  const context = new AsyncLocalStorage<true>();
  const open = new Map<number, string>();
  const hook = createHook({
    init(id, kind) {
      if (kinds.has(kind) && context.getStore() === true) open.set(id, kind);
    },
    destroy: (id) => void open.delete(id),
  }).enable();
  onTestFinished(() => void hook.disable());
  return {
    during: (work) => context.run(true, work),
    open: () => [...open.values()].sort(),
  };
}

/** The files under a folder that this process has open. */
export function openFilesUnder(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(`${folder}/`) ? [path] : [];
    } catch {
      // The one that listed the folder.
      return [];
    }
  });
}
