import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { type Archive, openArchive } from '../../src/archive/archive.ts';
import { createArchiveReader } from '../../src/archive/archive-reader.ts';
import { followChanges } from '../../src/archive/changes.ts';
import { followIntoArchive } from '../../src/archive/copier.ts';
import { type ArchiveSettings, connectArchive } from '../../src/archive/postgres/connect.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import { waitFor } from '../support/wait-for.ts';

const patienceMs = 60_000;
const log = createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' });

/** The archive of a data folder, started; it ends with the test. */
export function startArchive(dataDir: string, settings: ArchiveSettings): Archive {
  const db = openUnitDatabase(dataDir);
  const archive = openArchive({ db, dataDir, settings, log });
  if (archive === null) throw new Error('no archive');
  archive.start();
  onTestFinished(async () => {
    await archive[Symbol.asyncDispose]();
    db.close();
  });
  return archive;
}

/** How many detections of a data folder the archive does not have as they are. */
export function waitingIn(dataDir: string): number {
  const db = new SQLite(join(dataDir, 'lookout.db'), { readonly: true });
  const waiting = waitingOn(db);
  db.close();
  return waiting;
}

/** The same on a connection to its database; one more while what was there before is not all noted. */
export function waitingOn(db: Database): number {
  const count = db.prepare('SELECT count(*) FROM archive_change').pluck().get();
  const isFilling = db.prepare('SELECT filled_to IS NOT NULL FROM archive_follow').pluck().get();
  return Number(count) + Number(isFilling);
}

/** Resolves once the archive has all. */
export async function whenFull(dataDir: string): Promise<void> {
  await waitFor(() => waitingIn(dataDir) === 0, { what: 'a full archive', timeoutMs: 60_000 });
}

/**
 * Copies the detections of a data folder into an archive, and opens it for look-ups, all in this thread. `isHalf`: every second one
 * changed after it was copied.
 */
export async function fillArchive(dataDir: string, archive: ArchiveSettings, isHalf: boolean) {
  const db = openUnitDatabase(dataDir);
  followChanges(db, true);
  const copying = new AbortController();
  const copied = followIntoArchive({
    ...{ db, onHealth() {}, signal: copying.signal },
    connect: () => connectArchive(archive, { connections: 1, patienceMs }),
  });
  const stopCopying = async () => {
    copying.abort();
    await copied;
  };
  const settled = () =>
    waitFor(() => waitingOn(db) === 0, { what: 'a full archive', timeoutMs: 60_000 });
  await settled();
  if (isHalf) {
    await stopCopying();
    // Every second detection waits again to be copied, of very many some: with more in wait an archive is not asked.
    db.exec('UPDATE detection SET closed = closed WHERE rowid % 2 = 0 AND rowid <= 3000');
  }
  const problems: string[] = [];
  const reader = createArchiveReader({
    ...{ db, settings: archive, patienceMs },
    log: (problem) => problems.push(problem),
  });
  const close = async () => {
    await stopCopying();
    await reader[Symbol.asyncDispose]();
    db.close();
  };
  return { archive, reader, settled, problems, close };
}
