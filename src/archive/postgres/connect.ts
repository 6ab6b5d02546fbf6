import { readFileSync, statSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { Pool, type PoolClient, types } from 'pg';
import { type ArchiveConfig, isOnThisComputer } from '../../config/sections/headquarters.ts';
import { fileFault, Problem } from '../../platform/problem.ts';
import { awayBecause } from './faults.ts';

/** Where PostgreSQL is, and as whom it is asked. */
export type ArchiveSettings = ArchiveConfig & { host: string };

/** The settings of the archive; null where headquarters has none. */
export function archiveSettingsOf(config: ArchiveConfig): ArchiveSettings | null {
  const { host } = config;
  return host === undefined ? null : { ...config, host };
}

/**
 * Runs one statement. Throws a Problem, an ArchiveAway where PostgreSQL cannot be asked. `name`: of a statement whose text is always the
 * same, so that a connection plans it a few times only; over all months that takes longer than to run it.
 */
export type Ask = <Row extends object>(
  sql: string,
  values?: readonly unknown[],
  name?: string,
) => Promise<Row[]>;

/** Connections to the archive, made as they are needed. */
export interface ArchiveConnections extends AsyncDisposable {
  /** Where PostgreSQL is, for messages. */
  readonly place: string;
  /** On any of the connections. */
  readonly ask: Ask;
  /** Runs statements as one transaction, which is rolled back if `work` throws. */
  transaction<Result>(work: (ask: Ask) => Promise<Result>): Promise<Result>;
}

const connectWithinMs = 3000;

/** Row numbers and times are below 2^53. */
const asNumber = (text: string) => Number(text);
/** Parsed once, by whoever needs it. */
const asText = (text: string) => text;
const typeParsers = {
  getTypeParser(id: number, format?: 'text' | 'binary') {
    if (id === types.builtins.INT8) return asNumber;
    if (id === types.builtins.JSON) return asText;
    return types.getTypeParser(id, format);
  },
};

/** Opens nothing yet. Throws a Problem if a file of the settings cannot be used. `patienceMs`: the longest that a statement may take. */
export function connectArchive(
  settings: ArchiveSettings,
  { connections, patienceMs }: { connections: number; patienceMs: number },
): ArchiveConnections {
  const { host, port, database, user, password, ca } = settings;
  const place = host.startsWith('/') ? `${host}, port ${port}` : `${host}:${port}`;
  const isEncrypted = ca !== undefined || !isOnThisComputer(host);
  const pool = new Pool({
    ...{ host, port, database, user, max: connections, application_name: 'lookout' },
    ...(password !== undefined && { password: readPassword(password) }),
    ...(isEncrypted && { ssl: encryption(host, ca) }),
    connectionTimeoutMillis: connectWithinMs,
    statement_timeout: patienceMs,
    // Where the network is cut, no answer to a statement comes, not even that it took too long.
    query_timeout: patienceMs + 2000,
    keepAlive: true,
    allowExitOnIdle: true,
    // Look-ups are short: to compile them (jit) would take longer than they do.
    options: '-c search_path=lookout,public -c client_min_messages=error -c jit=off',
    types: typeParsers,
  });
  // An idle connection that ends is made again by the next statement.
  pool.on('error', () => {});

  const askOn =
    (client: Pick<PoolClient, 'query'>): Ask =>
    async <Row extends object>(text: string, values: readonly unknown[] = [], name?: string) => {
      try {
        return (await client.query<Row>({ text, values: [...values], name })).rows;
      } catch (error) {
        throw awayBecause(error, place);
      }
    };

  return {
    place,
    ask: askOn(pool),
    async transaction(work) {
      let client: PoolClient;
      try {
        client = await pool.connect();
      } catch (error) {
        throw awayBecause(error, place);
      }
      const ask = askOn(client);
      // One that ends while it is in use says so to its statement as well.
      const ignore = () => {};
      client.on('error', ignore);
      let failed: Error | undefined;
      try {
        await ask('BEGIN');
        const result = await work(ask);
        await ask('COMMIT');
        return result;
      } catch (error) {
        // The connection is closed, and with it its transaction.
        failed = error instanceof Error ? error : new Error('the transaction failed');
        throw error;
      } finally {
        client.off('error', ignore);
        client.release(failed);
      }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** By default an address would not be compared with the names in the certificate. */
function encryption(host: string, ca: string | undefined): ConnectionOptions {
  return {
    ...(ca !== undefined && { ca: readAuthority(ca) }),
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  };
}

function readPassword(path: string): string {
  const text = readSetting(path, 'headquarters.archive.password').trim();
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new Problem(`${path} may be read by others than its owner: chmod 600 it`);
  }
  if (text === '') throw new Problem(`${path} is empty; write the password of PostgreSQL into it`);
  return text;
}

const readAuthority = (path: string): string => readSetting(path, 'headquarters.archive.ca');

function readSetting(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Problem(
      `${setting}: ${path} cannot be read: ${fileFault(error)}; correct the setting, or make that file (INSTALL.md, "The archive")`,
    );
  }
}
