import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { UplinkConfig } from '../../config/sections/uplink.ts';
import { isoTime } from '../../platform/clock.ts';
import { localTime } from '../../platform/local-time.ts';
import { Problem } from '../../platform/problem.ts';
import { lostUnitFile, readLostUnit, writeLostUnit } from './lost-unit-state.ts';

const chunkBytes = 1024 * 1024;

/**
 * Overwrites a file to its end, syncs it, and removes it. The disk may hold other copies, which its encryption
 * protects.
 */
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

/** The files with secrets that a wipe destroys outside the data folder; that of the link last, as it reports. */
export function secretFilesOf({ agency, tls }: Pick<UplinkConfig, 'agency' | 'tls'>): string[] {
  return [agency.secret, tls.key].flatMap((path) => path ?? []);
}

/**
 * Destroys every key: those in the data folder, then those that the configuration names. Returns those of the latter
 * that it may not remove, such as read-only credentials of the service.
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
 * Finishes a wipe whose keys are destroyed: overwrites and removes the databases, then everything else in the data
 * folder except the state of the wipe. Call it while no daemon has the folder open; it resumes after a power cut.
 * False: there is no such wipe, or it is done.
 */
export async function eraseUnit(dataDir: string): Promise<boolean> {
  const state = existsSync(dataDir) ? readLostUnit(dataDir) : null;
  if (!state?.wipe || state.wipe.keysDestroyedAt === null || state.wipe.erasedAt !== null) {
    return false;
  }
  await destroyKeys(dataDir, []);
  const names = readdirSync(dataDir).filter((name) => name !== lostUnitFile);
  const databases = names.filter((name) => /\.db($|-|\.damaged-)/.test(name));
  for (const name of databases) await destroy(join(dataDir, name));
  for (const name of names) await rm(join(dataDir, name), { recursive: true, force: true });
  writeLostUnit(dataDir, {
    ...state,
    wipe: { ...state.wipe, erasedAt: isoTime(Date.now()) },
  });
  return true;
}

/** Carries out a wipe that was ordered while no daemon runs; without a report, because nothing could send it. */
export async function wipeAtOnce(dataDir: string, keyFiles: readonly string[]): Promise<void> {
  await destroyKeys(dataDir, keyFiles);
  const state = readLostUnit(dataDir);
  const keysDestroyedAt = isoTime(Date.now());
  writeLostUnit(dataDir, { ...state, wipe: state.wipe && { ...state.wipe, keysDestroyedAt } });
  await eraseUnit(dataDir);
}

/** Whether a wipe was ordered here and has destroyed the keys. */
export function keysAreDestroyed(dataDir: string): boolean {
  return existsSync(dataDir) && typeof readLostUnit(dataDir).wipe?.keysDestroyedAt === 'string';
}

/** Throws on a unit that was wiped, until someone sets it up again. */
export function refuseWiped(dataDir: string): void {
  if (keysAreDestroyed(dataDir)) throw new Problem(wipeWords(dataDir) ?? '');
}

/**
 * How far a wipe of the unit is, and what follows; null if none was ordered. Throws a Problem if that cannot be read. For
 * people on the unit: who ordered it and why are told.
 */
export function wipeWords(dataDir: string): string | null {
  const wipe = existsSync(dataDir) ? readLostUnit(dataDir).wipe : null;
  if (!wipe) return null;
  const ordered = `ordered ${localTime(wipe.at)} by ${wipe.by} (${wipe.reason})`;
  if (wipe.keysDestroyedAt === null) {
    return `A wipe of this unit is ${ordered}, and not done: it goes on when lookout runs. Start it: sudo systemctl start lookout`;
  }
  return (
    `This unit was wiped: ${ordered}. A unit that is given up: go on with section 15 of INSTALL.md. To use it again, remove ` +
    `${join(dataDir, lostUnitFile)} and set it up like a new unit.`
  );
}
