import type SQLite from 'better-sqlite3';
import { kindOf } from './problem.ts';

/** What a guarded database does with the error of a statement: throws it, or another one in its place. */
type OnDamage = (error: unknown) => never;

/** A database whose connection can be exchanged while statements that were prepared on it are in use. */
export interface GuardedDatabase {
  /** Behaves like better-sqlite3's; an error that shows damage goes through `onDamage`, once no transaction is open. */
  readonly db: SQLite.Database;
  /** From now on every statement runs on this connection. */
  exchange(connection: SQLite.Database): void;
}

/**
 * Guards a database against damaged pages: SQLite finds them when a statement reads them, which may be any statement at
 * any time. Statements and transactions stay usable when the connection is exchanged; they are prepared again.
 */
export function guardDatabase(first: SQLite.Database, onDamage: OnDamage): GuardedDatabase {
  let connection = first;

  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      // A transaction is rolled back first; its own guard then has the same error.
      if (kindOf(error) !== 'damaged' || connection.inTransaction) throw error;
      return onDamage(error);
    }
  }

  /** A value made from the connection, and made again from the next one. */
  function renewed<T>(make: (from: SQLite.Database) => T): () => T {
    let from: SQLite.Database | null = null;
    let made: T | undefined;
    return () => {
      if (from !== connection) {
        made = make(connection);
        from = connection;
      }
      return made as T;
    };
  }

  function prepare(sql: string): unknown {
    const modes: ((statement: SQLite.Statement) => void)[] = [];
    const statement = renewed((from) => {
      const prepared = from.prepare(sql);
      for (const mode of modes) mode(prepared);
      return prepared;
    });
    // Shows a fault of the statement at once, as without a guard.
    guarded(statement);
    const own = {
      run: (...values: unknown[]) => guarded(() => statement().run(...values)),
      get: (...values: unknown[]) => guarded(() => statement().get(...values)),
      all: (...values: unknown[]) => guarded(() => statement().all(...values)),
      iterate: (...values: unknown[]) => guardedRows(() => statement().iterate(...values)),
      raw() {
        modes.push((prepared) => void prepared.raw());
        statement().raw();
        return own;
      },
      pluck() {
        modes.push((prepared) => void prepared.pluck());
        statement().pluck();
        return own;
      },
    };
    return own;
  }

  function* guardedRows(start: () => IterableIterator<unknown>): Generator<unknown> {
    const rows = guarded(start);
    try {
      for (;;) {
        const next = guarded(() => rows.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      rows.return?.();
    }
  }

  function transaction(work: (...values: unknown[]) => unknown): unknown {
    const runs = renewed((from) => from.transaction(work));
    const run = (...values: unknown[]) => guarded(() => runs()(...values));
    return Object.assign(run, {
      deferred: (...values: unknown[]) => guarded(() => runs().deferred(...values)),
      immediate: (...values: unknown[]) => guarded(() => runs().immediate(...values)),
      exclusive: (...values: unknown[]) => guarded(() => runs().exclusive(...values)),
    });
  }

  const db = {
    prepare,
    transaction,
    exec(sql: string) {
      guarded(() => connection.exec(sql));
      return db;
    },
    pragma: (...given: Parameters<SQLite.Database['pragma']>) =>
      guarded(() => connection.pragma(...given)),
    close() {
      connection.close();
      return db;
    },
    get name() {
      return connection.name;
    },
    get open() {
      return connection.open;
    },
    get inTransaction() {
      return connection.inTransaction;
    },
  };

  return {
    // The methods that Lookout uses; `openDatabase` promises no others.
    db: db as unknown as SQLite.Database,
    exchange(next) {
      connection = next;
    },
  };
}

/**
 * Reads from a guarded database. The read that finds it damaged has it set aside, and reads again from the one that then
 * is in its place. Throws what the second read throws.
 */
export function readAgain<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (kindOf(error) !== 'damaged') throw error;
    return read();
  }
}

/** Stands for a database that cannot be opened: every statement throws `error`, so that what needs none goes on. */
export function closedDatabase(error: Error): SQLite.Database {
  const refuse = (): never => {
    throw error;
  };
  const statement = {
    run: refuse,
    get: refuse,
    all: refuse,
    iterate: refuse,
    pluck: () => statement,
  };
  const run = Object.assign(refuse, { deferred: refuse, immediate: refuse, exclusive: refuse });
  const db = {
    prepare: () => statement,
    transaction: () => run,
    exec: refuse,
    pragma: refuse,
    close: () => db,
    name: '',
    open: false,
    inTransaction: false,
  };
  return db as unknown as SQLite.Database;
}
