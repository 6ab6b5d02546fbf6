import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { ArchiveSettings } from '../../src/archive/postgres/connect.ts';
import { freePort } from '../support/free-port.ts';
import type { Issued } from '../support/test-authority.ts';

const versions = '/usr/lib/postgresql';
const version = existsSync(versions)
  ? (readdirSync(versions)
      .filter((name) => existsSync(join(versions, name, 'bin/initdb')))
      .sort((one, other) => Number(other) - Number(one))[0] ?? null)
  : null;
const hasPostgis = existsSync(`/usr/share/postgresql/${version}/extension/postgis.control`);

/** Why there is no PostgreSQL to test with; false if there is one. */
export const missingPostgres: false | string =
  version === null
    ? 'PostgreSQL is not installed; scripts/setup test does that'
    : !hasPostgis &&
      `PostGIS of PostgreSQL ${version} is not installed; scripts/setup test does that`;

/** PostgreSQL does not run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid = 0, gid = 0] = ['-u', '-g'].map((which) =>
    Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' })),
  );
  return { uid, gid };
}

/** A cluster of PostgreSQL in a folder of its own, on a socket there and on loopback with passwords. */
export interface Postgres extends AsyncDisposable {
  folder: string;
  settings(database: string): ArchiveSettings;
  /** Makes a database with the extensions that an archive needs, whose owner is the user `lookout`. */
  database(name: string): Promise<ArchiveSettings>;
  /** Makes an archive in a database as new. */
  empty(database: string): Promise<void>;
  /** Runs statements as the superuser. */
  run<Row = Record<string, unknown>>(database: string, sql: string): Promise<Row[]>;
  /** Starts it anew with TLS and this certificate. */
  encrypt(issued: Issued): void;
  /** `immediate`: as if its power was cut. */
  stop(how?: 'fast' | 'immediate'): void;
  start(): void;
}

export const password = 'correct horse battery';

/** `more`: further lines of its configuration. */
export async function openPostgres(more: readonly string[] = []): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'lookout-pg-'));
  const user = unprivileged();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const port = await freePort();
  const data = join(folder, 'data');
  const bin = (name: string, ...args: string[]) =>
    execFileSync(join(versions, String(version), 'bin', name), args, {
      ...{ ...user, cwd: folder, stdio: 'ignore', env: { ...process.env, LC_ALL: 'C.UTF-8' } },
    });
  bin('initdb', '-D', data, '-U', 'admin', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-locale');
  writeFileSync(
    join(data, 'pg_hba.conf'),
    'local all all trust\nhost all lookout 127.0.0.1/32 scram-sha-256\n',
  );
  writeFileSync(
    join(data, 'postgresql.auto.conf'),
    `port = ${port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '${folder}'\nfsync = off\nmax_connections = 40\n${more.map((line) => `${line}\n`).join('')}`,
  );
  const start = () => void bin('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), 'start');
  const stop = (how: 'fast' | 'immediate' = 'fast') =>
    void bin('pg_ctl', '-D', data, '-w', '-m', how, 'stop');
  start();
  const settings = (database: string): ArchiveSettings => ({
    ...{ host: folder, port, database, user: 'lookout' },
  });
  async function run<Row = Record<string, unknown>>(database: string, sql: string): Promise<Row[]> {
    const client = new Client({ host: folder, port, user: 'admin', database });
    client.on('error', () => {});
    await client.connect();
    try {
      const { rows } = await client.query(sql);
      return rows as Row[];
    } finally {
      await client.end();
    }
  }
  await run('postgres', `CREATE ROLE lookout LOGIN PASSWORD '${password}'`);
  await run('postgres', 'CREATE DATABASE model');
  await run(
    'model',
    'CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist',
  );
  return {
    ...{ folder, settings, run, stop, start },
    async database(name) {
      await run('postgres', `CREATE DATABASE ${name} TEMPLATE model OWNER lookout`);
      return settings(name);
    },
    encrypt({ certificate, key }) {
      stop();
      for (const [from, name] of [
        [certificate, 'server.crt'],
        [key, 'server.key'],
      ] as const) {
        const path = join(data, name);
        copyFileSync(from, path);
        chmodSync(path, 0o600);
        if (user !== undefined) chownSync(path, user.uid, user.gid);
      }
      appendFileSync(join(data, 'postgresql.auto.conf'), 'ssl = on\n');
      start();
    },
    async empty(database) {
      const tables = [
        ...['archive_mark', 'archived_detection', 'archived_hit', 'archived_image'],
        'archived_plate',
      ];
      await run(database, `TRUNCATE ${tables.map((name) => `lookout.${name}`).join(', ')}`);
    },
    async [Symbol.asyncDispose]() {
      try {
        stop('immediate');
      } catch {
        // A test has stopped it.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
