import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withReader } from '../../accountability/audit/log-reader.ts';
import { claimsIn } from '../../accountability/audit/unit-anchors.ts';
import type { CheckedUnitLog, UnitRecords } from '../../accountability/audit/unit-records.ts';
import { openDatabase } from '../../platform/database.ts';
import { createThread } from '../../platform/thread-call.ts';
import { headquartersMigrations } from '../intake/tables.ts';
import { createUnitAudit, type UnitAuditCalls } from './unit-audit.ts';

/** Opens `headquarters.db`, making it where it is not there yet. */
export function openHeadquartersDatabase(dataDir: string) {
  return openDatabase(join(dataDir, 'headquarters.db'), headquartersMigrations, { erasing: true });
}

/**
 * The audit records of the units, looked up in a thread with its own connection, so that no look-up holds the event loop;
 * a check of all of them has a thread of its own. The database must exist at the first look-up.
 */
export function openUnitRecords(dataDir: string): UnitRecords & AsyncDisposable {
  const start = () =>
    createThread<UnitAuditCalls>(new URL('./unit-audit-worker.ts', import.meta.url), {
      workerData: join(dataDir, 'headquarters.db'),
      ended: 'the look-up of the units’ audit records has ended',
      restarts: true,
      unrefWhenIdle: true,
    });
  const thread = start();
  return {
    newest: (...input) => thread.call('newest', input),
    oldest: (...input) => thread.call('oldest', input),
    count: (...input) => thread.call('count', input),
    people: () => thread.call('people', []),
    about: (...input) => thread.call('about', input),
    states: () => thread.call('states', []),
    async check(...input) {
      await using own = start();
      return await own.call('check', input);
    },
    purgeable: (...input) => thread.call('purgeable', input),
    async purge(...input) {
      await using own = start();
      await own.call('purge', input);
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

/**
 * Checks the logs of the units in a data folder of headquarters, from a running one or a seized disk, and changes nothing there;
 * null in the folder of a unit.
 */
export function checkUnitLogsOf(dataDir: string): CheckedUnitLog[] | null {
  const path = join(dataDir, 'headquarters.db');
  if (!existsSync(path)) return null;
  const claims = claimsIn(dataDir);
  return withReader(path, (db) => createUnitAudit(db).check([claims]));
}
