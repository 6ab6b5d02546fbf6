import { workerData } from 'node:worker_threads';
import SQLite from 'better-sqlite3';

// Writes to a database as a command beside the daemon does, again and again, until the flag is raised.
const { path, stop } = workerData as { path: string; stop: SharedArrayBuffer };
const flag = new Int32Array(stop);
const db = new SQLite(path, { timeout: 5000 });
db.pragma('synchronous = OFF');
db.exec('CREATE TABLE beside (x INTEGER) STRICT');
const write = db.prepare('INSERT INTO beside VALUES (1)');
while (Atomics.wait(flag, 0, 0, 1) === 'timed-out') write.run();
db.close();
