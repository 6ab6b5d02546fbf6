import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
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
  type ReportView,
  type Suspect,
} from './report.ts';
import { createReportDesk, mayRead } from './report-desk.ts';
import {
  answerReport,
  closeReport,
  listOwnReports,
  listReports,
  openReport,
  reportError,
  takeReport,
} from './report-operations.ts';
import { createReportRows } from './report-rows.ts';

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
  /** Takes a report that was made on a unit, to headquarters; the same again changes nothing. */
  take(report: Report): void;
  /** At headquarters: reports that a unit is lost which nobody has closed, the newest first. */
  lostUnits(): ReportView[];
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

/** The same report of the same person is taken for a repetition for so long, ms. */
const againMs = 15 * 60_000;

/** Opens the reports on `lookout.db`. They are also sent to headquarters, for a supervisor there. */
export function createErrorReports(deps: {
  db: Database;
  outbox: OutboxWriter;
  people: PeopleOfReports;
  hits: Pick<HitDesk, 'hitOrGone'>;
  tell: (notices: readonly NewNotice[]) => void;
}): ErrorReports {
  const { db, outbox, people, hits, tell } = deps;
  const rows = createReportRows(db);
  const desk = createReportDesk({ db, rows, outbox, tell });

  /** With the name of the person in place of the account. */
  const shown = (report: ReportView): ReportView => ({
    ...report,
    about: report.about === null ? null : people.nameOf(report.about),
  });

  const suspectOf = (about: string | undefined): Suspect | null => {
    const suspect = about === undefined ? null : people.find(about);
    if (about === undefined || suspect !== null) return suspect;
    throw new Refusal(
      404,
      'no-such-account',
      `There is no account ${about}. Leave it out if you do not know the username, and name the person in the text.`,
    );
  };

  /** The names of those who may read it. */
  const readersOf = (report: ReportView): string[] =>
    people
      .withPermission(report.kind === 'violation' ? 'reports.violations' : 'reports.read')
      .filter((person) => !isReportedOf(report, person))
      .map(({ name }) => name);

  const operations: Operation[] = [
    reportError.does(
      ({ kind, subject, text, hitId, about }, { actor, nowMs }) => {
        const suspect = suspectOf(about);
        const before = rows
          .sentBy(actor.account)
          .find(
            (each) =>
              each.kind === kind &&
              each.subject === subject &&
              each.text === text &&
              each.about === (suspect?.account ?? null) &&
              nowMs - Date.parse(each.at) < againMs,
          );
        // Who was not answered, as when the unit was restarted, sends it once more.
        if (before !== undefined) return { ...shown(before), readers: readersOf(before) };
        desk.refuseTooMany(actor.account);
        const report = {
          id: uuidv7(),
          kind,
          at: isoTime(nowMs),
          subject,
          text,
          hitId: hitId === undefined ? null : hits.hitOrGone(hitId, actor),
          by: personOf(actor),
          to: ['supervisor' as const],
          figures: null,
        };
        const filed = desk.file(report, suspect?.account ?? null);
        return { ...shown(filed), readers: readersOf(filed) };
      },
      {
        // A report says something of the hit: it asks for the rights that every other deed asks for (USR-9).
        permits({ hitId }, actor) {
          if (hitId !== undefined) hits.hitOrGone(hitId, actor);
        },
      },
    ),
    listOwnReports.does((_, { actor }) => rows.sentBy(actor.account).map(shown)),
    listReports.does(({ state, kind, limit }, { actor }) =>
      rows
        .list(state)
        .filter((report) => (kind ?? report.kind) === report.kind && mayRead(report, actor))
        .slice(0, limit)
        .map(shown),
    ),
    openReport.does(({ number }, { actor, nowMs }) => shown(desk.open(number, actor, nowMs))),
    takeReport.does(({ number }, { actor, nowMs }) =>
      shown(desk.act(number, actor, nowMs, { kind: 'taken' })),
    ),
    answerReport.does(({ number, text }, { actor, nowMs }) =>
      shown(desk.act(number, actor, nowMs, { kind: 'answered', text })),
    ),
    closeReport.does(({ number, outcome, note }, { actor, nowMs }) =>
      shown(desk.act(number, actor, nowMs, { kind: 'closed', outcome, text: note })),
    ),
  ];

  return {
    take: rows.take,
    lostUnits: () => rows.list('open').filter(({ kind }) => kind === 'lost_unit'),
    operations,
    waitingFor: (actor) =>
      actor.permissions.has('reports.read')
        ? rows.list('new').filter((report) => mayRead(report, actor)).length
        : 0,
    waiting: rows.waiting,
    errors: (sinceMs, untilMs) => rows.errorsBetween(sinceMs, untilMs).map(errorOf),
    sweep: rows.sweep,
  };
}

function errorOf(report: ReportView): ReportedError {
  const { number, at, by, subject, text, hitId, state, steps } = report;
  const outcome = steps.findLast((step) => step.outcome !== null)?.outcome ?? null;
  return { number, at, by, subject, text, hitId, state, outcome };
}
