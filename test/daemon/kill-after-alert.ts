import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';

/** What a killed unit had told, and what its disk has of it. */
export interface Kill {
  /** Alerts told: raised, amended and withdrawn. */
  told: number;
  /** Those whose hit, in that version or a later one, is not stored, or whose message does not wait. */
  lost: string[];
  /** Versions of hits that wait for headquarters more than once. */
  doubled: string[];
  /** From a report to its alert, of those raised, ms. */
  alertMs: number[];
}

/**
 * Starts a unit on a new folder, and kills it `afterMs` after its alert number `alerts`. Everything that it has told by
 * then counts, also what came after that alert.
 */
export async function killAfterAlert(
  dataDir: string,
  { alerts, afterMs }: { alerts: number; afterMs: number },
): Promise<Kill> {
  const program = fileURLToPath(new URL('./alert-until-killed.ts', import.meta.url));
  const unit = spawn(process.execPath, [program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(unit, 'close');
  const reached = Promise.withResolvers<void>();
  let output = '';
  unit.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > alerts) reached.resolve();
  });
  await Promise.race([
    reached.promise,
    closed.then(() => reached.reject(new Error('the unit ended by itself'))),
  ]);
  await delay(afterMs);
  unit.kill('SIGKILL');
  // Not its exit: what it has told may still be in the pipe then.
  await closed;
  return compared(dataDir, output.split('\n').slice(0, -1));
}

function compared(dataDir: string, lines: readonly string[]): Kill {
  const db = new SQLite(join(dataDir, 'lookout.db'));
  try {
    const stored = new Map(
      db.prepare<[], [string, number]>('SELECT id, revision FROM hit').raw().all(),
    );
    const waiting = db
      .prepare<[], string>(
        "SELECT json ->> '$.id' || ' ' || (json ->> '$.revision') FROM outbox WHERE topic = 'hit'",
      )
      .pluck()
      .all();
    const waits = new Set(waiting);
    const told = lines.map((line) => line.split(' '));
    return {
      told: told.length,
      lost: told
        .filter(
          ([, id = '', revision]) =>
            (stored.get(id) ?? 0) < Number(revision) || !waits.has(`${id} ${revision}`),
        )
        .map((words) => words.join(' ')),
      doubled: waiting.filter((word, index) => waiting.indexOf(word) !== index),
      alertMs: told.filter(([event]) => event === 'raised').map(([, , , ms]) => Number(ms)),
    };
  } finally {
    db.close();
  }
}
