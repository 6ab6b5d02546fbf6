import type SQLite from 'better-sqlite3';

type Database = Pick<SQLite.Database, 'prepare' | 'exec' | 'transaction'>;

/** One step of a schema. Ids are never changed or reused once released; steps run once, in order. */
export interface SchemaStep {
  id: string;
  sql: string;
  /**
   * Whether a release without this step can go on with the database. If it is not said, only what adds tables, indexes,
   * views and columns counts as that.
   */
  olderMayUse?: boolean;
}

/** Makes the table of the steps that have run, or adds what an older one lacks. */
export function prepareSteps(db: Database): void {
  db.exec(
    `CREATE TABLE IF NOT EXISTS migration (
       id TEXT PRIMARY KEY, ranAt TEXT NOT NULL, older_may_use INTEGER NOT NULL DEFAULT 0
     ) STRICT`,
  );
  if (knowsWayBack(db)) return;
  const add = db.transaction(() => {
    if (knowsWayBack(db)) return;
    db.exec('ALTER TABLE migration ADD COLUMN older_may_use INTEGER NOT NULL DEFAULT 0');
  });
  add.immediate();
}

/** Whether the table of steps says which of them an older release may live with. */
function knowsWayBack(db: Database): boolean {
  const columns = db.prepare<[], string>("SELECT name FROM pragma_table_info('migration')").pluck();
  return columns.all().includes('older_may_use');
}

/** What stands between a database and a release. */
export interface StepsBetween {
  /** Steps of the release that have not run, after which no older release can use the database. */
  closing: string[];
  /** Steps of a newer release which this one cannot live with. */
  strange: string[];
}

/** Compares a database, which may be open for reading only, with the steps of this release. */
export function stepsBetween(db: Database, migrations: readonly SchemaStep[]): StepsBetween {
  const ran = db.prepare<[], string>('SELECT id FROM migration').pluck().all();
  // A new database has nothing that an older release would miss.
  const pending = ran.length === 0 ? [] : migrations.filter(({ id }) => !ran.includes(id));
  const known = new Set(migrations.map(({ id }) => id));
  const bearable = knowsWayBack(db)
    ? db.prepare<[], string>('SELECT id FROM migration WHERE older_may_use = 1').pluck().all()
    : [];
  return {
    closing: pending.filter((step) => !olderMayUse(step)).map(({ id }) => id),
    strange: ran.filter((id) => !known.has(id) && !bearable.includes(id)),
  };
}

/** What a step may do without an older release noticing: it names its columns and never meets the new ones. */
const harmless = /^(?:CREATE (?:TABLE|INDEX|VIEW)|ALTER TABLE \w+ ADD(?: COLUMN)?) /i;
/** A row of a new table that forbids an older release to delete the row it points at. */
const holding = /\bREFERENCES\b(?!\s+\w+\s*(?:\([^)]*\))?\s*ON DELETE (?:CASCADE|SET NULL))/i;

/**
 * Whether a release without this step can go on with a database in which it has run: the step only adds tables, indexes,
 * views and columns, or its author says that the rest of it does no harm.
 */
export function olderMayUse({ sql, olderMayUse: declared }: SchemaStep): boolean {
  if (declared !== undefined) return declared;
  const statements = sql
    .replace(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
    .filter((statement) => statement !== '');
  return statements.every((each) => harmless.test(each) && !holding.test(each));
}
