import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { NewNotice } from '../notices/notice.ts';
import type { Report } from './alert-update.ts';
import { isReportedOf, type ReportOutcome, type ReportStep, type ReportView } from './report.ts';
import type { ReportRows } from './report-rows.ts';

/** Reports of one person that may wait at a time. */
const maxWaiting = 50;

/** Whether a person may read a report: violations are for those whom the policy names, and never for whom they are of. */
export function mayRead(report: ReportView, actor: Actor): boolean {
  if (report.kind !== 'violation') return true;
  return actor.permissions.has('reports.violations') && !isReportedOf(report, actor);
}

/** What is done about reports, each deed with its notice to the person who sent it. */
export function createReportDesk(deps: {
  db: Database;
  rows: ReportRows;
  outbox: OutboxWriter;
  tell: (notices: readonly NewNotice[]) => void;
}) {
  const { db, rows, outbox, tell } = deps;

  /** A report that this person may read; the same refusal for one that is not there. */
  const found = (number: number, actor: Actor): ReportView => {
    const report = rows.find(number);
    if (report !== undefined && mayRead(report, actor)) return report;
    throw new Refusal(404, 'no-such-report', `There is no report ${number}.`);
  };

  const tellSender = (number: number, what: string, text: string, atMs: number): void => {
    const account = rows.senderOf(number);
    if (account === null) return;
    const about = `report ${number}`;
    tell([{ key: `${about} ${what}`, kind: 'report', to: { account }, about, text, atMs }]);
  };

  const act = db.transaction(
    (
      number: number,
      actor: Actor,
      nowMs: number,
      done: { kind: ReportStep['kind']; outcome?: ReportOutcome; text?: string },
    ): ReportView => {
      if (found(number, actor).state === 'closed') {
        throw new Refusal(409, 'report-closed', `Report ${number} is closed.`);
      }
      const { kind, outcome } = done;
      rows.addStep(number, { ...done, by: actor, atMs: nowMs });
      const isClosed = kind === 'closed';
      rows.setState(number, isClosed ? 'closed' : 'taken', isClosed ? nowMs : null);
      const ended = outcome === undefined ? '' : ` (${outcome.replaceAll('_', ' ')})`;
      tellSender(
        number,
        `${kind} ${isoTime(nowMs)}`,
        `${actor.name} has ${kind} your report ${number}${ended}; see your own reports`,
        nowMs,
      );
      return found(number, actor);
    },
  );

  const open = db.transaction((number: number, actor: Actor, nowMs: number): ReportView => {
    const report = found(number, actor);
    const { account, name } = actor;
    if (account === rows.senderOf(number) || rows.isKnownTo(number, account)) return report;
    rows.addStep(number, { kind: 'read', by: actor, atMs: nowMs });
    const words = `${name} read your report ${number} at ${localTime(nowMs)}`;
    tellSender(number, `read ${account}`, words, nowMs);
    return found(number, actor);
  });

  const file = db.transaction((report: Report, about: string | null): ReportView | undefined => {
    const number = rows.insert(report, about);
    outbox.add({ id: uuidv7(), lane: 'audit', topic: 'report', json: JSON.stringify(report) });
    return rows.find(number);
  });

  return {
    /** Refuses a report of someone of whom too many are not closed. */
    refuseTooMany(account: string): void {
      if (rows.unclosedOf(account) < maxWaiting) return;
      throw new Refusal(
        429,
        'too-many-reports',
        `${maxWaiting} of your reports are not closed yet. Speak to a supervisor.`,
      );
    },
    /** Stores a report, and sends it to headquarters, for a supervisor there. `about`: the account that it is of. */
    file(report: Report, about: string | null): ReportView {
      const filed = file.immediate(report, about);
      if (filed === undefined) throw new Error('the report was not stored');
      return filed;
    },
    /** Shows a report. That somebody reads it for the first time is noted, and told to the person who sent it. */
    open: open.immediate,
    /** Takes up, answers or closes a report that is not closed. */
    act: act.immediate,
  };
}
