import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { AuditLog } from './audit-log.ts';
import type { Head } from './chain.ts';

const batch = 50;

/** The record that was last forwarded; null before the first. Verification compares the log with it. */
export function lastForwarded(db: Database): (Head & { log: string }) | null {
  const row = db
    .prepare<[], Head & { log: string }>(
      'SELECT log, seq, hash FROM audit_forward ORDER BY turn DESC LIMIT 1',
    )
    .get();
  return row ?? null;
}

/**
 * Puts every audit record into the outbox exactly once: message and position in the log are committed together. Returns
 * the number forwarded; call again until it is 0.
 */
export function forwardAudit(deps: {
  audit: AuditLog;
  db: Database;
  outbox: OutboxWriter;
}): number {
  const { audit, db, outbox } = deps;
  const placeOf = db
    .prepare<[string], number>('SELECT seq FROM audit_forward WHERE log = ?')
    .pluck();
  const move = db.prepare(
    `INSERT INTO audit_forward (log, seq, hash, turn)
     VALUES (?, ?, ?, (SELECT coalesce(max(turn), 0) + 1 FROM audit_forward))
     ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash, turn = excluded.turn`,
  );
  const { log, seq } = audit.head();
  if ((placeOf.get(log) ?? 0) >= seq) return 0;
  return db
    .transaction((): number => {
      const records = audit.read({}, { limit: batch, beyond: placeOf.get(log) ?? 0 });
      for (const record of records) {
        outbox.add({
          id: uuidv7(),
          lane: 'audit',
          topic: 'audit',
          json: JSON.stringify(record),
        });
      }
      const last = records.at(-1);
      if (last) move.run(log, last.seq, last.hash);
      return records.length;
    })
    .immediate();
}

/**
 * Forwards from its start until it is disposed of: records of this process and of others, such as a command line. If the
 * log cannot be read, its health reports that and forwarding tries again.
 */
export function createAuditForwarding(
  deps: Parameters<typeof forwardAudit>[0] & { log: Log; everyMs?: number },
): { start(): void } & Disposable {
  let trouble: string | null = null;
  const turn = (): void => {
    try {
      // One batch per turn, so that a long backlog does not block the event loop.
      forwardAudit(deps);
      trouble = null;
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== trouble)
        deps.log.error({ problem }, 'audit records could not be queued for headquarters');
      trouble = problem;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      timer = setInterval(turn, deps.everyMs ?? 500).unref();
      turn();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      turn();
    },
  };
}
