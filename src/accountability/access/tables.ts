import { timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import type { Config } from '../../config/schema.ts';
import { DamagedDatabase } from '../../platform/damaged-database.ts';
import { type Database, type Migration, openDatabase } from '../../platform/database.ts';
import { closedDatabase } from '../../platform/guarded-database.ts';
import { Problem } from '../../platform/problem.ts';
import { hasUnitKey, openUnitKey, type UnitKey } from './unit-key.ts';

/** `people.db`. */
export const peopleMigrations: readonly Migration[] = [
  {
    id: 'access-1-people',
    sql: `
      CREATE TABLE account (
        id TEXT PRIMARY KEY,
        username TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        organisation TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'deactivated', 'closed')),
        stateSinceMs REAL NOT NULL,
        stateReason TEXT,
        requestedBy TEXT NOT NULL,
        createdBy TEXT NOT NULL,
        createdAtMs REAL NOT NULL,
        approvedBy TEXT,
        approvedAtMs REAL,
        trainingCourse TEXT,
        trainingCompletedOn TEXT,
        trainingExpiresOn TEXT,
        retraining TEXT,
        cletsUntil TEXT,
        listSources TEXT NOT NULL,
        password TEXT,
        passwordTemporaryUntilMs REAL,
        secondFactor BLOB,
        secondFactorConfirmed INTEGER NOT NULL DEFAULT 0,
        secondFactorStep INTEGER NOT NULL DEFAULT 0,
        lastLoginAtMs REAL,
        lockedOutAtMs REAL
      ) STRICT;
      CREATE TABLE session (
        id TEXT PRIMARY KEY,
        tokenHash BLOB NOT NULL UNIQUE,
        account TEXT NOT NULL REFERENCES account (id),
        client TEXT NOT NULL,
        origin TEXT NOT NULL,
        openedAtMs REAL NOT NULL,
        usedAtMs REAL NOT NULL,
        endsAtMs REAL NOT NULL,
        previousLoginAtMs REAL,
        lockedAtMs REAL
      ) STRICT;
      CREATE INDEX sessionByAccount ON session (account);
      CREATE TABLE failedLogin (name BLOB NOT NULL, atMs REAL NOT NULL) STRICT;
      CREATE INDEX failedLoginByName ON failedLogin (name, atMs);
      CREATE TABLE inquiry (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        session TEXT NOT NULL,
        purpose TEXT NOT NULL,
        caseNumber TEXT,
        incidentNumber TEXT,
        reason TEXT,
        begunAtMs REAL NOT NULL
      ) STRICT;
      CREATE TABLE fact (name TEXT PRIMARY KEY, value ANY) STRICT;`,
  },
  {
    id: 'access-2-table-names',
    sql: `
      ALTER TABLE failedLogin RENAME TO failed_login;
      DROP INDEX failedLoginByName;
      CREATE INDEX failed_login_name ON failed_login (name, atMs);
      DROP INDEX sessionByAccount;
      CREATE INDEX session_account ON session (account);`,
  },
  {
    id: 'access-3-column-names',
    sql: `
      ALTER TABLE account RENAME COLUMN stateSinceMs TO state_since_ms;
      ALTER TABLE account RENAME COLUMN stateReason TO state_reason;
      ALTER TABLE account RENAME COLUMN requestedBy TO requested_by;
      ALTER TABLE account RENAME COLUMN createdBy TO created_by;
      ALTER TABLE account RENAME COLUMN createdAtMs TO created_at_ms;
      ALTER TABLE account RENAME COLUMN approvedBy TO approved_by;
      ALTER TABLE account RENAME COLUMN approvedAtMs TO approved_at_ms;
      ALTER TABLE account RENAME COLUMN trainingCourse TO training_course;
      ALTER TABLE account RENAME COLUMN trainingCompletedOn TO training_completed_on;
      ALTER TABLE account RENAME COLUMN trainingExpiresOn TO training_expires_on;
      ALTER TABLE account RENAME COLUMN cletsUntil TO clets_until;
      ALTER TABLE account RENAME COLUMN listSources TO list_sources;
      ALTER TABLE account RENAME COLUMN passwordTemporaryUntilMs TO password_temporary_until_ms;
      ALTER TABLE account RENAME COLUMN secondFactor TO second_factor;
      ALTER TABLE account RENAME COLUMN secondFactorConfirmed TO second_factor_confirmed;
      ALTER TABLE account RENAME COLUMN secondFactorStep TO second_factor_step;
      ALTER TABLE account RENAME COLUMN lastLoginAtMs TO last_login_at_ms;
      ALTER TABLE account RENAME COLUMN lockedOutAtMs TO locked_out_at_ms;
      ALTER TABLE session RENAME COLUMN tokenHash TO token_hash;
      ALTER TABLE session RENAME COLUMN openedAtMs TO opened_at_ms;
      ALTER TABLE session RENAME COLUMN usedAtMs TO used_at_ms;
      ALTER TABLE session RENAME COLUMN endsAtMs TO ends_at_ms;
      ALTER TABLE session RENAME COLUMN previousLoginAtMs TO previous_login_at_ms;
      ALTER TABLE session RENAME COLUMN lockedAtMs TO locked_at_ms;
      ALTER TABLE failed_login RENAME COLUMN atMs TO at_ms;
      ALTER TABLE inquiry RENAME COLUMN caseNumber TO case_number;
      ALTER TABLE inquiry RENAME COLUMN incidentNumber TO incident_number;
      ALTER TABLE inquiry RENAME COLUMN begunAtMs TO begun_at_ms;`,
  },
  {
    id: 'access-4-purpose-of-object',
    sql: `
      CREATE TABLE inquiry_object (
        session TEXT NOT NULL,
        object TEXT NOT NULL,
        inquiry TEXT NOT NULL REFERENCES inquiry (id) ON DELETE CASCADE,
        PRIMARY KEY (session, object)
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    // Accounts of before have no hash that other units can take: it is made at their next login. So it is if an older
    // release changes a password, which leaves the hash of the one before.
    id: 'access-5-shared',
    olderMayUse: true,
    sql: `
      ALTER TABLE account ADD COLUMN shared_password BLOB;
      ALTER TABLE account ADD COLUMN standing_revision INTEGER NOT NULL DEFAULT 1;
      ALTER TABLE account ADD COLUMN rights_revision INTEGER NOT NULL DEFAULT 1;
      ALTER TABLE account ADD COLUMN secrets_revision INTEGER NOT NULL DEFAULT 1;
      ALTER TABLE account ADD COLUMN sealed_secrets TEXT;
      ALTER TABLE account ADD COLUMN unsent_id TEXT;
      -- Those of before are told as soon as the unit shares: version 4, variant 8 to b.
      UPDATE account SET unsent_id = lower(
        hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
        || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)));
      CREATE INDEX account_unsent ON account (unsent_id) WHERE unsent_id IS NOT NULL;`,
  },
  {
    id: 'access-6-trainings',
    sql: `
      -- Every training on file and each retraining that was asked for, as entered; never changed. (B 466.8, V 426.10)
      CREATE TABLE training (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        -- completed, retraining asked, retrained
        kind TEXT NOT NULL,
        course TEXT,
        completed_on TEXT,
        expires_on TEXT,
        note TEXT,
        entered_by TEXT NOT NULL,
        at_ms REAL NOT NULL
      ) STRICT;
      CREATE INDEX training_account ON training (account, id);
      INSERT INTO training (account, kind, course, completed_on, expires_on, entered_by, at_ms)
        SELECT id, 'completed', training_course, training_completed_on, training_expires_on, created_by, created_at_ms
        FROM account WHERE training_completed_on IS NOT NULL;`,
    // A release without it writes no history.
    olderMayUse: true,
  },
  {
    id: 'access-7-told',
    sql: `
      -- The number of the last message of headquarters about each account of the agency, in the same file as the account:
      -- when the file is put back from a backup, both go back together.
      CREATE TABLE account_told (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,
    // A release without it takes messages without noting them: they are taken once more.
    olderMayUse: true,
  },
  {
    id: 'access-8-used-elsewhere',
    sql: `
      -- Of a login on another unit only the day is known (UTC). It was kept as its midnight.
      ALTER TABLE account ADD COLUMN last_used_elsewhere_on TEXT;
      UPDATE account SET last_used_elsewhere_on = date(last_login_at_ms / 1000, 'unixepoch'), last_login_at_ms = NULL
        WHERE CAST(last_login_at_ms AS INTEGER) % 86400000 = 0;`,
    // A release without it keeps midnights again, which count as before.
    olderMayUse: true,
  },
  {
    id: 'access-9-passkeys',
    sql: `
      -- The security keys of people, each for one name of the page; what it signs with stays in the key.
      CREATE TABLE passkey (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        site TEXT NOT NULL,
        name TEXT NOT NULL,
        public_key BLOB NOT NULL,
        counter INTEGER NOT NULL,
        transports TEXT NOT NULL,
        verifies INTEGER NOT NULL,
        added_at_ms REAL NOT NULL,
        used_at_ms REAL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX passkey_account ON passkey (account);`,
    // A release without it asks no key: its login is by the password, and by a code where one is set up.
    olderMayUse: true,
  },
  {
    id: 'access-10-recovery-codes',
    sql: `
      -- Codes that stand in for the app's, each good once; as hashes.
      CREATE TABLE recovery_code (
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        hash TEXT NOT NULL,
        made_at_ms INTEGER NOT NULL,
        used_at_ms INTEGER,
        PRIMARY KEY (account, hash)
      ) STRICT, WITHOUT ROWID;
      -- Who takes the app back, on whichever unit, takes back what stands in for it.
      CREATE TRIGGER recovery_code_gone AFTER UPDATE OF second_factor_confirmed ON account
        WHEN old.second_factor_confirmed = 1 AND new.second_factor_confirmed = 0
        BEGIN DELETE FROM recovery_code WHERE account = new.id; END;`,
    // A release without it takes none of them; the trigger goes on.
    olderMayUse: true,
  },
];

/** Single named values of the unit beside the tables of people. */
export interface Facts {
  read(name: FactName): unknown;
  write(name: FactName, value: string | number | Uint8Array | null): void;
}
type FactName = 'belongsTo' | 'latestTimeMs' | 'headquartersHeardAtMs' | 'firstStartCode';

/** `people.db` and the key that it needs. */
export interface PeopleDatabase {
  db: Database;
  key: UnitKey;
  facts: Facts;
}

/**
 * Opens `people.db` of a unit. Throws a Problem if it belongs to another unit or its key is missing, so that accounts
 * made elsewhere are not accepted here. `mayBeDamaged`, for the daemon: a damaged one counts as closed, and every use of
 * it throws the DamagedDatabase.
 */
export function openPeopleDatabase(
  unit: Config['unit'],
  options: { mayBeDamaged: boolean } = { mayBeDamaged: false },
): PeopleDatabase {
  try {
    return openWhole(unit);
  } catch (error) {
    if (!options.mayBeDamaged || !(error instanceof DamagedDatabase)) throw error;
    return {
      db: closedDatabase(error),
      key: openUnitKey(unit.dataDir),
      facts: { read: () => undefined, write() {} },
    };
  }
}

function openWhole(unit: Config['unit']): PeopleDatabase {
  const path = join(unit.dataDir, 'people.db');
  const db = openDatabase(path, peopleMigrations, {
    ifDamaged:
      'Nobody can log in until it is mended; alerts go on. Restore people.db and people.key from one backup, or move ' +
      'both away to begin again with a new first administrator.',
  });
  try {
    const facts = createFacts(db);
    const mark = facts.read('belongsTo');
    if (mark instanceof Uint8Array && !hasUnitKey(unit.dataDir)) {
      throw new Problem(
        `${path}: its key (people.key beside it) is missing. Restore the key from the same backup, or move ` +
          'people.db away to start again with a new first administrator.',
      );
    }
    const key = openUnitKey(unit.dataDir);
    if (!(mark instanceof Uint8Array)) facts.write('belongsTo', markOf(key, unit));
    else if (!isMarkOf(mark, key, unit)) throw new Problem(ofAnotherUnit(path, unit));
    return { db, key, facts };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What stands in `people.db` of the unit that it belongs to. */
function markOf(key: UnitKey, unit: Config['unit']): Buffer {
  return key.hash('belongs to', `${unit.agency}/${unit.id}`);
}

function isMarkOf(mark: Uint8Array, key: UnitKey, unit: Config['unit']): boolean {
  const ours = markOf(key, unit);
  return mark.byteLength === ours.byteLength && timingSafeEqual(mark, ours);
}

function ofAnotherUnit(path: string, { agency, id }: Config['unit']): string {
  return (
    `${path}: belongs to another unit, not to ${agency}/${id}, so its accounts are not valid here. ` +
    'If unit.agency or unit.id was changed, set it back; else restore the database of this unit, or move people.db ' +
    'and people.key away to start again without accounts.'
  );
}

/** Why the daemon will not take the `people.db` that is there, as far as it is bound to a unit; null if it will. Changes nothing. */
export function faultOfOwner(unit: Config['unit']): string | null {
  const path = join(unit.dataDir, 'people.db');
  if (!hasUnitKey(unit.dataDir)) return null;
  const db = new SQLite(path, { readonly: true, fileMustExist: true });
  try {
    const mark = createFacts(db).read('belongsTo');
    if (!(mark instanceof Uint8Array)) return null;
    return isMarkOf(mark, openUnitKey(unit.dataDir), unit) ? null : ofAnotherUnit(path, unit);
  } finally {
    db.close();
  }
}

function createFacts(db: Database): Facts {
  const select = db.prepare('SELECT value FROM fact WHERE name = ?').pluck();
  const upsert = db.prepare(
    'INSERT INTO fact VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return {
    read: (name) => select.get(name),
    write: (name, value) => void upsert.run(name, value),
  };
}
