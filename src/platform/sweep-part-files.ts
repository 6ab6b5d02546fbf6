import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A package for evidence takes minutes, and a command may be at it. */
const packageEndsAfterMs = 86_400_000;
/** Of `writeFileDurably`. */
const partOfFile = /^\.[0-9a-f-]{36}\.part$/;

/**
 * Removes what writes that a crash or a power cut broke off left in the data folder and the folders in it: part files,
 * and packages that are not whole. What was written since this process began stays: it may be a command's. A hot list
 * that arrives in parts goes on with its own, and pictures have a sweep of their own. Returns how many it removed.
 */
export function sweepPartFiles(dataDir: string, startedAtMs = performance.timeOrigin): number {
  let removed = 0;
  const removeIf = (path: string, beforeMs: number): void => {
    const changedAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (changedAtMs >= beforeMs) return;
    rmSync(path, { recursive: true, force: true });
    removed += 1;
  };
  for (const entry of readdirSync(dataDir, { withFileTypes: true })) {
    const path = join(dataDir, entry.name);
    if (!entry.isDirectory()) {
      if (entry.name.endsWith('.part')) removeIf(path, startedAtMs);
    } else if (entry.name !== 'images') {
      for (const name of namesIn(path)) {
        if (partOfFile.test(name)) removeIf(join(path, name), startedAtMs);
        else if (name.startsWith('.part-'))
          removeIf(join(path, name), startedAtMs - packageEndsAfterMs);
      }
    }
  }
  return removed;
}

/** None of a folder that is closed to this user, as the `lost+found` of a disk is. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
