import { Problem } from '../../platform/problem.ts';
import type { Ask } from './connect.ts';
import { awayFor } from './faults.ts';
import { archiveSteps } from './tables.ts';

/** PostgreSQL 14 is the oldest that these tables were made for; its number is 140000. */
const oldestVersion = 140_000;
const needed = ['postgis', 'pg_trgm', 'btree_gist'] as const;

/** What a PostgreSQL is, for `doctor`. */
export interface ArchiveServer {
  version: string;
  postgis: string;
}

/** Throws a Problem if this database cannot hold an archive. Changes nothing. */
export async function examineServer(ask: Ask, place: string): Promise<ArchiveServer> {
  const [server] = await ask<{
    number: string;
    version: string;
    encoding: string;
    isReadOnly: boolean;
    mayWrite: boolean;
  }>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version,
       current_setting('server_encoding') AS encoding, current_setting('transaction_read_only') = 'on' AS "isReadOnly",
       has_database_privilege(current_database(), 'CREATE')
         AND coalesce(has_schema_privilege(to_regnamespace('lookout')::oid, 'CREATE'), true) AS "mayWrite"`,
  );
  const { number = '0', version = '', encoding = '', isReadOnly, mayWrite } = server ?? {};
  if (Number(number) < oldestVersion) {
    throw new Problem(`PostgreSQL at ${place} is ${version}; version 14 or newer is needed`);
  }
  if (encoding !== 'UTF8') {
    throw new Problem(
      `the database at ${place} has the encoding ${encoding}; make one with UTF8 (createdb --encoding UTF8 --template template0)`,
    );
  }
  const installed = await ask<{ extname: string; extversion: string }>(
    'SELECT extname, extversion FROM pg_extension',
  );
  const names = installed.map(({ extname }) => extname);
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const statements = missing.map((name) => `CREATE EXTENSION ${name}`).join('; ');
    throw new Problem(
      `the database at ${place} lacks ${missing.join(', ')}; have its superuser run in it: ${statements} (Debian: the package postgresql-postgis has them)`,
    );
  }
  const postgis = installed.find(({ extname }) => extname === 'postgis')?.extversion ?? '';
  if (isReadOnly) throw awayFor('25006', place);
  if (!mayWrite) throw awayFor('42501', place);
  await stepOf(ask, place);
  return { version, postgis };
}

/** How many of the steps this archive has seen. Throws a Problem if a newer release has made more. */
async function stepOf(ask: Ask, place: string): Promise<number> {
  const [known] = await ask<{ done: string | null }>(
    "SELECT obj_description(to_regnamespace('lookout'), 'pg_namespace') AS done",
  );
  const done = Number(/^archive step (\d+)$/.exec(known?.done ?? '')?.[1] ?? 0);
  if (done > archiveSteps.length) {
    throw new Problem(
      `a newer Lookout has written the archive at ${place}; install that version again`,
    );
  }
  return done;
}

/** Makes the tables of the archive, or brings them to this release, in the caller's transaction. Throws a Problem if it cannot. */
export async function makeArchive(ask: Ask, place: string): Promise<void> {
  await examineServer(ask, place);
  await ask('SELECT pg_advisory_xact_lock(7440, 1)');
  await ask('CREATE SCHEMA IF NOT EXISTS lookout');
  const done = await stepOf(ask, place);
  if (done === archiveSteps.length) return;
  for (const step of archiveSteps.slice(done)) await ask(step);
  await ask(`COMMENT ON SCHEMA lookout IS 'archive step ${archiveSteps.length}'`);
}
