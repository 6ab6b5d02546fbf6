import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { type Clock, isoTime, systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { periodMs } from '../gate/input-fields.ts';
import type { Operation } from '../gate/operation.ts';
import { personOf } from '../gate/person.ts';
import type { Report } from './alert-update.ts';
import { listErrorReports, reportError } from './operations.ts';

/** Reports of errors and violations by anyone with an account, stored here and sent to a supervisor (VER-12). */
export function errorReportOperations(deps: {
  db: Database;
  outbox: OutboxWriter;
  clock?: Clock;
}): Operation[] {
  const { db, outbox, clock = systemClock } = deps;
  const insert = db.prepare('INSERT INTO error_report (id, at_ms, body) VALUES (?, ?, ?)');
  const between = db
    .prepare<[number, number], string>(
      'SELECT body FROM error_report WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC',
    )
    .pluck();

  const file = db.transaction((report: Report): Report => {
    const json = JSON.stringify(report);
    insert.run(report.id, Date.parse(report.at), json);
    outbox.add({ id: uuidv7(), lane: 'audit', topic: 'report', json });
    return report;
  });

  return [
    reportError.does(({ kind, subject, text, hitId = null }, { actor }) =>
      file.immediate({
        id: uuidv7(),
        kind,
        at: isoTime(clock()),
        subject,
        text,
        hitId,
        by: personOf(actor),
        to: ['supervisor'],
        figures: null,
      }),
    ),
    listErrorReports.does((period, { nowMs }) => {
      const { sinceMs, untilMs } = periodMs(period, nowMs);
      return between.all(sinceMs, untilMs).map((body) => JSON.parse(body) as Report);
    }),
  ];
}
