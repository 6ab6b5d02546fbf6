import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isoTime } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { lostUnitFile, readLostUnit, writeLostUnit } from './lost-unit-state.ts';

const chunkBytes = 1024 * 1024;

/** Overwrites a file to its end, syncs it, and removes it. What the disk keeps besides is for its encryption to hide. */
async function destroy(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size; at += chunkBytes) {
      await file.write(randomBytes(Math.min(chunkBytes, size - at)), 0, undefined, at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rm(path, { force: true });
}

/**
 * Destroys every key: those in the data folder, then those that the configuration names. Returns which of the latter
 * it may not touch, such as credentials that the system hands to the service read-only.
 */
export async function destroyKeys(dataDir: string, others: readonly string[]): Promise<string[]> {
  for (const name of readdirSync(dataDir)) {
    if (name.endsWith('.key')) await destroy(join(dataDir, name));
  }
  const left: string[] = [];
  for (const path of others) await destroy(path).catch(() => left.push(path));
  return left;
}

/**
 * Ends a wipe whose keys are destroyed: databases are overwritten and removed, then everything else in the data folder
 * but the word on the wipe. Call it when no daemon has the folder open; it goes on where a power cut ended it. False:
 * there is no such wipe, or it is done.
 */
export async function eraseUnit(dataDir: string): Promise<boolean> {
  const state = existsSync(dataDir) ? readLostUnit(dataDir) : null;
  if (!state?.wipe || state.wipe.keysDestroyedAt === null || state.wipe.erasedAt !== null) {
    return false;
  }
  await destroyKeys(dataDir, []);
  const names = readdirSync(dataDir).filter((name) => name !== lostUnitFile);
  const databases = names.filter((name) => /\.db(-wal|-shm)?$/.test(name));
  for (const name of databases) await destroy(join(dataDir, name));
  for (const name of names) await rm(join(dataDir, name), { recursive: true, force: true });
  writeLostUnit(dataDir, {
    ...state,
    wipe: { ...state.wipe, erasedAt: isoTime(Date.now()) },
  });
  return true;
}

/** Carries out a wipe that was ordered while no daemon runs: without a report, for nothing could send it. */
export async function wipeAtOnce(dataDir: string, keyFiles: readonly string[]): Promise<void> {
  await destroyKeys(dataDir, keyFiles);
  const state = readLostUnit(dataDir);
  const keysDestroyedAt = isoTime(Date.now());
  writeLostUnit(dataDir, { ...state, wipe: state.wipe && { ...state.wipe, keysDestroyedAt } });
  await eraseUnit(dataDir);
}

/** Whether a wipe was ordered here and has come past the point of no return. */
export function keysAreDestroyed(dataDir: string): boolean {
  return existsSync(dataDir) && typeof readLostUnit(dataDir).wipe?.keysDestroyedAt === 'string';
}

/** Refuses to work on a unit that was wiped, until someone sets it up anew. */
export function refuseWiped(dataDir: string): void {
  const wipe = existsSync(dataDir) ? readLostUnit(dataDir).wipe : null;
  if (!wipe || wipe.keysDestroyedAt === null) return;
  throw new Problem(
    `This unit was wiped: ordered ${wipe.at} by ${wipe.by} (${wipe.reason}). To use it again, remove ` +
      `${join(dataDir, lostUnitFile)} and set it up like a new unit.`,
  );
}
