import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditFilter } from './audit-filter.ts';
import type { AuditLog } from './audit-log.ts';
import type { AuditRecord } from './audit-record.ts';

const atOnce = 200;

/** Every record that matches, oldest first, read in pages so that the event loop is not blocked. */
export async function* allRecords(log: AuditLog, filter: AuditFilter): AsyncGenerator<AuditRecord> {
  const within = log.span(filter);
  let beyond = 0;
  for (;;) {
    const records = log.read(filter, { limit: atOnce, beyond, within });
    yield* records;
    const last = records.at(-1);
    if (last === undefined || records.length < atOnce) return;
    beyond = last.seq;
    await nextTurn();
  }
}
