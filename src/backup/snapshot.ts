import { setTimeout as delay } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { kindOf, Problem } from '../platform/problem.ts';

/** Databases as they were at one moment; disposal lets go of it. */
export interface Snapshot extends Disposable {
  /** The moment, ms since the epoch. */
  readonly atMs: number;
  /** In the order of the paths that were given. */
  readonly databases: readonly SQLite.Database[];
}

const patienceMs = 60_000;
const againAfterMs = 20;

/**
 * Opens databases that other processes write to, all at one moment: for that moment nobody writes to any of them, and
 * `atMoment` runs. Those who write wait for some milliseconds. From then on each is read as it was, whatever is written. Throws a
 * Problem if the moment does not come within a minute.
 */
export async function openSnapshot(
  paths: readonly string[],
  atMoment: () => void = () => {},
): Promise<Snapshot> {
  using open = new DisposableStack();
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    using writers = new DisposableStack();
    if (paths.every((path) => holdsWrites(path, writers))) {
      const databases = paths.map((path) => {
        const db = open.adopt(new SQLite(path, { readonly: true }), (each) => void each.close());
        db.exec('BEGIN');
        // The first read is what fixes the moment.
        db.pragma('schema_version');
        return db;
      });
      atMoment();
      const opened = open.move();
      return { atMs: Date.now(), databases, [Symbol.dispose]: () => opened.dispose() };
    }
    if (performance.now() > untilMs) {
      throw new Problem(
        'the databases are written to without a pause, so that no backup could begin; try again later',
      );
    }
    writers.dispose();
    await delay(againAfterMs);
  }
}

/** Keeps everybody from writing until `writers` is disposed of; false if somebody is writing. It never waits with a lock held. */
function holdsWrites(path: string, writers: DisposableStack): boolean {
  const db = writers.adopt(new SQLite(path, { timeout: 0 }), (each) => void each.close());
  try {
    db.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (kindOf(error) === 'busy') return false;
    throw error;
  }
}
