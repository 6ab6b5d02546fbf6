import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { type Archive, openArchive } from '../../src/archive/archive.ts';
import type { ArchiveSettings } from '../../src/archive/postgres/connect.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import { waitFor } from '../support/wait-for.ts';

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
