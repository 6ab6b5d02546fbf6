import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { type Clock, isoTime, systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { type Operation, operation } from '../gate/operation.ts';
import type { Report } from './alert-update.ts';

const line = z.string().trim().min(3).max(120);
const text = z.string().trim().min(10, 'say it in a sentence').max(4000);
const time = z.iso.datetime({ offset: true });

/** Reports of errors and violations by anyone with an account, kept here and sent to a supervisor (VER-12). */
export function errorReportOperations(deps: {
  db: Database;
  outbox: OutboxWriter;
  clock?: Clock;
}): Operation[] {
  const { db, outbox, clock = systemClock } = deps;
  const insert = db.prepare('INSERT INTO error_report (id, atMs, body) VALUES (?, ?, ?)');
  const between = db
    .prepare<[number, number], string>(
      'SELECT body FROM error_report WHERE atMs >= ? AND atMs < ? ORDER BY atMs DESC',
    )
    .pluck();

  const file = db.transaction((report: Report): Report => {
    const json = JSON.stringify(report);
    insert.run(report.id, Date.parse(report.at), json);
    outbox.add({ id: uuidv7(), lane: 'audit', topic: 'report', json });
    return report;
  });

  return [
    operation({
      name: 'errors.report',
      http: { method: 'POST', path: '/reports' },
      permission: 'errors.report',
      category: 'Error Report',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({
        kind: z.enum(['error', 'violation']),
        subject: line,
        text,
        hitId: z.uuid().optional(),
      }),
      object: ({ kind, subject }) => `${kind}: ${subject}`,
      run({ kind, subject, text: words, hitId = undefined }, { actor }): Report {
        const { account, username, name, role } = actor;
        return file.immediate({
          ...{ id: uuidv7(), kind, at: isoTime(clock()), subject, text: words },
          ...{ hitId: hitId ?? null, by: { account, username, name, role } },
          ...{ to: ['supervisor'], figures: null },
        });
      },
    }),
    operation({
      name: 'errors.list',
      http: { method: 'GET', path: '/reports' },
      permission: 'audit.read',
      category: 'Audit Access',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({ since: time.optional(), until: time.optional() }),
      run({ since, until }, { nowMs }): Report[] {
        const untilMs = until === undefined ? nowMs + 1 : Date.parse(until);
        return between
          .all(since === undefined ? 0 : Date.parse(since), untilMs)
          .map((body) => JSON.parse(body) as Report);
      },
      results: (reports) => reports.length,
    }),
  ];
}
