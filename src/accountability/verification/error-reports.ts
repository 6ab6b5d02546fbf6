import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Actor, Operation } from '../gate/operation.ts';
import { personOf } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { NewNotice } from '../notices/notice.ts';
import type { Report } from './alert-update.ts';
import type { HitDesk } from './hit-desk.ts';
import {
  isReportedOf,
  type ReportOutcome,
  type ReportState,
  type ReportStep,
  type ReportView,
  type Suspect,
} from './report.ts';
import {
  answerReport,
  closeReport,
  listOwnReports,
  listReports,
  openReport,
  reportError,
  takeReport,
} from './report-operations.ts';

/** Reports of one person that may wait at a time. */
const maxWaiting = 50;

interface Row {
  number: number;
  body: string;
  about: string | null;
  state: ReportState;
}

/** An error of the data that an employee reported (AUD-8). */
export interface ReportedError {
  number: number;
  at: string;
  by: string;
  subject: string;
  text: string;
  hitId: string | null;
  state: ReportState;
  outcome: ReportOutcome | null;
}

/** Reports of errors and violations by anyone with an account (VER-12). */
export interface ErrorReports {
  operations: readonly Operation[];
  /** Reports that nobody has taken up, of those that this person may read. */
  waitingFor(actor: Actor): number;
  /** Reports that nobody has taken up. */
  waiting(): number;
  /** Reported errors of data, without violations, oldest first. */
  errors(sinceMs: number, untilMs: number): ReportedError[];
  /** Removes closed reports that are older than this. */
  sweep(beforeMs: number): void;
}

/** What the reports need of the accounts. */
export interface PeopleOfReports {
  find(username: string): Suspect | null;
  /** The name of the person with this account. */
  nameOf(account: string): string;
  /** Active people with this permission. */
  withPermission(permission: 'reports.read' | 'reports.violations'): Suspect[];
}

/** Opens the reports on `lookout.db`. They are also sent to headquarters, for a supervisor there. */
export function createErrorReports(deps: {
  db: Database;
  outbox: OutboxWriter;
  people: PeopleOfReports;
  hits: Pick<HitDesk, 'hitOrGone'>;
  tell: (notices: readonly NewNotice[]) => void;
}): ErrorReports {
  const { db, outbox, people, hits, tell } = deps;
  const insert = db.prepare('INSERT INTO error_report (id, at_ms, body) VALUES (?, ?, ?)');
  const setAbout = db.prepare('UPDATE report_state SET about = ? WHERE report = ?');
  const numberOf = db
    .prepare<[string], number>('SELECT number FROM report_state WHERE report = ?')
    .pluck();
  const rowColumns =
    'number, body, about, state FROM report_state JOIN error_report ON report = id';
  const one = db.prepare<[number], Row>(`SELECT ${rowColumns} WHERE number = ?`);
  const all = db.prepare<[], Row>(`SELECT ${rowColumns} ORDER BY number DESC`);
  const ofState = db.prepare<[string], Row>(
    `SELECT ${rowColumns} WHERE state = ? ORDER BY number DESC`,
  );
  const ofReporter = db.prepare<[string], Row>(
    `SELECT ${rowColumns} WHERE reporter = ? ORDER BY number DESC LIMIT 200`,
  );
  const waitingOf = db
    .prepare<[string], number>(
      "SELECT count(*) FROM report_state WHERE reporter = ? AND state <> 'closed'",
    )
    .pluck();
  const waiting = db
    .prepare<[], number>("SELECT count(*) FROM report_state WHERE state = 'new'")
    .pluck();
  const between = db.prepare<[number, number], Row>(
    `SELECT ${rowColumns} WHERE kind = 'error' AND at_ms >= ? AND at_ms < ? ORDER BY number`,
  );
  const stepsOf = db.prepare<
    [number],
    Omit<ReportStep, 'at' | 'by'> & { atMs: number; name: string; account: string }
  >(
    'SELECT at_ms AS atMs, kind, account, name, outcome, text FROM report_step WHERE report = ? ORDER BY at_ms, rowid',
  );
  const insertStep = db.prepare(
    'INSERT INTO report_step (report, at_ms, kind, account, name, outcome, text) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const setState = db.prepare(
    'UPDATE report_state SET state = ?, closed_at_ms = ? WHERE number = ?',
  );
  const forget = db.prepare(
    `DELETE FROM error_report WHERE id IN
       (SELECT report FROM report_state WHERE state = 'closed' AND closed_at_ms < ?)`,
  );

  const viewOf = ({ number, body, about, state }: Row): ReportView => {
    const { id, kind, at, subject, text, hitId, by } = JSON.parse(body) as Report;
    return {
      number,
      id,
      kind: kind === 'violation' ? 'violation' : 'error',
      at,
      subject,
      text,
      hitId,
      by: by?.name ?? 'this unit',
      about,
      state,
      steps: stepsOf.all(number).map(({ atMs, name, account: _, ...step }) => ({
        ...step,
        at: isoTime(atMs),
        by: name,
      })),
    };
  };

  /** Violations are for those whom the policy names, and never for the person of whom they are reported. */
  const mayRead = (report: ReportView, actor: Actor): boolean =>
    report.kind === 'error' ||
    (actor.permissions.has('reports.violations') && !isReportedOf(report, actor));

  const found = (number: number, actor: Actor): ReportView => {
    const row = one.get(number);
    const report = row && viewOf(row);
    // The same answer for one that is not there and one that is not for this person.
    if (report !== undefined && mayRead(report, actor)) return report;
    throw new Refusal(404, 'no-such-report', `There is no report ${number}.`);
  };

  /** The account that sent a report; null for an earlier one without. */
  const senderOf = (number: number): string | null => {
    const row = one.get(number);
    return row === undefined ? null : ((JSON.parse(row.body) as Report).by?.account ?? null);
  };

  const tellSender = (number: number, what: string, words: string, nowMs: number): void => {
    const account = senderOf(number);
    if (account === null) return;
    tell([
      {
        key: `report ${number} ${what}`,
        kind: 'report',
        to: { account },
        about: `report ${number}`,
        text: words,
        atMs: nowMs,
      },
    ]);
  };

  const act = db.transaction(
    (
      number: number,
      actor: Actor,
      nowMs: number,
      done: { kind: ReportStep['kind']; outcome?: ReportOutcome; text?: string },
    ): ReportView => {
      const before = found(number, actor);
      if (before.state === 'closed') {
        throw new Refusal(409, 'report-closed', `Report ${number} is closed.`);
      }
      const { kind, outcome = null, text = null } = done;
      const { account, name } = actor;
      insertStep.run(number, Math.floor(nowMs), kind, account, name, outcome, text);
      const isClosed = kind === 'closed';
      setState.run(isClosed ? 'closed' : 'taken', isClosed ? Math.floor(nowMs) : null, number);
      const ended = outcome === null ? '' : ` (${outcome.replaceAll('_', ' ')})`;
      tellSender(
        number,
        `${kind} ${isoTime(nowMs)}`,
        `${name} has ${kind} your report ${number}${ended}; see your own reports`,
        nowMs,
      );
      return found(number, actor);
    },
  );

  /** Notes that somebody read a report for the first time, and tells the person who sent it. */
  const markRead = db.transaction((report: ReportView, actor: Actor, nowMs: number): void => {
    const { account, name } = actor;
    if (account === senderOf(report.number)) return;
    if (stepsOf.all(report.number).some((step) => step.account === account)) return;
    insertStep.run(report.number, Math.floor(nowMs), 'read', account, name, null, null);
    tellSender(
      report.number,
      `read ${account}`,
      `${name} read your report ${report.number} at ${localTime(nowMs)}`,
      nowMs,
    );
  });

  const file = db.transaction((report: Report, about: string | null): number => {
    const json = JSON.stringify(report);
    insert.run(report.id, Date.parse(report.at), json);
    outbox.add({ id: uuidv7(), lane: 'audit', topic: 'report', json });
    if (about !== null) setAbout.run(about, report.id);
    return numberOf.get(report.id) ?? 0;
  });

  const rowsOf = (state: ReportState | 'open' | 'all'): Row[] => {
    if (state === 'all') return all.all();
    return state === 'open'
      ? [...ofState.all('new'), ...ofState.all('taken')].sort((a, b) => b.number - a.number)
      : ofState.all(state);
  };

  const operations: Operation[] = [
    reportError.does(
      ({ kind, subject, text, hitId, about }, { actor, nowMs }) => {
        if ((waitingOf.get(actor.account) ?? 0) >= maxWaiting) {
          throw new Refusal(
            429,
            'too-many-reports',
            `${maxWaiting} of your reports are not closed yet. Speak to a supervisor.`,
          );
        }
        const suspect = about === undefined ? null : people.find(about);
        if (about !== undefined && suspect === null) {
          throw new Refusal(
            404,
            'no-such-account',
            `There is no account ${about}. Leave it out if you do not know the username, and name the person in the text.`,
          );
        }
        const report: Report = {
          id: uuidv7(),
          kind,
          at: isoTime(nowMs),
          subject,
          text,
          hitId: hitId === undefined ? null : hits.hitOrGone(hitId, actor),
          by: personOf(actor),
          to: ['supervisor'],
          figures: null,
        };
        const number = file.immediate(report, suspect?.account ?? null);
        const row = one.get(number);
        if (row === undefined) throw new Error('the report was not stored');
        const filed = viewOf(row);
        const permission = kind === 'violation' ? 'reports.violations' : 'reports.read';
        const readers = people
          .withPermission(permission)
          .filter((person) => !isReportedOf(filed, person))
          .map(({ name }) => name);
        return { ...shown(filed), readers };
      },
      {
        // A report says something of the hit: it asks for the rights that every other deed asks for (USR-9).
        permits({ hitId }, actor) {
          if (hitId !== undefined) hits.hitOrGone(hitId, actor);
        },
      },
    ),
    listOwnReports.does((_, { actor }) => ofReporter.all(actor.account).map(viewOf).map(shown)),
    listReports.does(({ state, kind, limit }, { actor }) =>
      rowsOf(state)
        .map(viewOf)
        .filter((report) => (kind ?? report.kind) === report.kind && mayRead(report, actor))
        .slice(0, limit)
        .map(shown),
    ),
    openReport.does(({ number }, { actor, nowMs }) => {
      markRead.immediate(found(number, actor), actor, nowMs);
      return shown(found(number, actor));
    }),
    takeReport.does(({ number }, { actor, nowMs }) =>
      shown(act.immediate(number, actor, nowMs, { kind: 'taken' })),
    ),
    answerReport.does(({ number, text }, { actor, nowMs }) =>
      shown(act.immediate(number, actor, nowMs, { kind: 'answered', text })),
    ),
    closeReport.does(({ number, outcome, note }, { actor, nowMs }) =>
      shown(act.immediate(number, actor, nowMs, { kind: 'closed', outcome, text: note })),
    ),
  ];

  /** With the name of the person in place of the account. */
  function shown(report: ReportView): ReportView {
    return { ...report, about: report.about === null ? null : people.nameOf(report.about) };
  }

  return {
    operations,
    waitingFor: (actor) =>
      actor.permissions.has('reports.read')
        ? ofState
            .all('new')
            .map(viewOf)
            .filter((report) => mayRead(report, actor)).length
        : 0,
    waiting: () => waiting.get() ?? 0,
    errors: (sinceMs, untilMs) =>
      between
        .all(sinceMs, untilMs)
        .map(viewOf)
        .map((report) => ({
          number: report.number,
          at: report.at,
          by: report.by,
          subject: report.subject,
          text: report.text,
          hitId: report.hitId,
          state: report.state,
          outcome: report.steps.findLast(({ outcome }) => outcome !== null)?.outcome ?? null,
        })),
    sweep: (beforeMs) => void forget.run(beforeMs),
  };
}
