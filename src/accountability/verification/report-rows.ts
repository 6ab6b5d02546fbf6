import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Report } from './alert-update.ts';
import type { ReportOutcome, ReportState, ReportStep, ReportView } from './report.ts';

interface Row {
  number: number;
  body: string;
  about: string | null;
  state: ReportState;
}

/** A step of an account, to be written. */
export interface NewReportStep {
  kind: ReportStep['kind'];
  by: { account: string; name: string };
  atMs: number;
  outcome?: ReportOutcome | undefined;
  text?: string | undefined;
}

/** The reports in `lookout.db`. */
export type ReportRows = ReturnType<typeof createReportRows>;

/** The statements on reports and on what was done about them. They judge nothing: who may read is decided elsewhere. */
export function createReportRows(db: Database) {
  const insert = db.prepare('INSERT INTO error_report (id, at_ms, body) VALUES (?, ?, ?)');
  const take = db.prepare(
    'INSERT INTO error_report (id, at_ms, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const setAbout = db.prepare('UPDATE report_state SET about = ? WHERE report = ?');
  const numberOf = db
    .prepare<[string], number>('SELECT number FROM report_state WHERE report = ?')
    .pluck();
  const columns = 'number, body, about, state FROM report_state JOIN error_report ON report = id';
  const one = db.prepare<[number], Row>(`SELECT ${columns} WHERE number = ?`);
  const all = db.prepare<[], Row>(`SELECT ${columns} ORDER BY number DESC`);
  const ofState = db.prepare<[string], Row>(
    `SELECT ${columns} WHERE state = ? ORDER BY number DESC`,
  );
  const ofReporter = db.prepare<[string], Row>(
    `SELECT ${columns} WHERE reporter = ? ORDER BY number DESC LIMIT 200`,
  );
  const unclosedOf = db
    .prepare<[string], number>(
      "SELECT count(*) FROM report_state WHERE reporter = ? AND state <> 'closed'",
    )
    .pluck();
  const waiting = db
    .prepare<[], number>("SELECT count(*) FROM report_state WHERE state = 'new'")
    .pluck();
  const errorsBetween = db.prepare<[number, number], Row>(
    `SELECT ${columns} WHERE kind = 'error' AND at_ms >= ? AND at_ms < ? ORDER BY number`,
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
      kind: kind === 'violation' || kind === 'lost_unit' ? kind : 'error',
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

  return {
    /** Stores a report with the account of the person of whom it is; gives its number. */
    insert(report: Report, about: string | null): number {
      insert.run(report.id, Date.parse(report.at), JSON.stringify(report));
      if (about !== null) setAbout.run(about, report.id);
      return numberOf.get(report.id) ?? 0;
    },
    /** Stores a report that was made elsewhere; the same again changes nothing. */
    take: (report: Report): void =>
      void take.run(report.id, Date.parse(report.at), JSON.stringify(report)),
    find(number: number): ReportView | undefined {
      const row = one.get(number);
      return row && viewOf(row);
    },
    /** The account that sent a report; null for an earlier one without. */
    senderOf(number: number): string | null {
      const row = one.get(number);
      return row === undefined ? null : ((JSON.parse(row.body) as Report).by?.account ?? null);
    },
    /** Newest first. */
    list(state: ReportState | 'open' | 'all'): ReportView[] {
      if (state === 'all') return all.all().map(viewOf);
      if (state !== 'open') return ofState.all(state).map(viewOf);
      const open = [...ofState.all('new'), ...ofState.all('taken')];
      return open.sort((one, other) => other.number - one.number).map(viewOf);
    },
    /** Those that an account sent, newest first. */
    sentBy: (account: string): ReportView[] => ofReporter.all(account).map(viewOf),
    /** How many of an account's reports are not closed. */
    unclosedOf: (account: string): number => unclosedOf.get(account) ?? 0,
    /** How many reports nobody has taken up. */
    waiting: (): number => waiting.get() ?? 0,
    /** Reports of errors, without violations, oldest first. */
    errorsBetween: (sinceMs: number, untilMs: number): ReportView[] =>
      errorsBetween.all(sinceMs, untilMs).map(viewOf),
    /** Whether an account has done something about a report, or read it. */
    isKnownTo: (number: number, account: string): boolean =>
      stepsOf.all(number).some((step) => step.account === account),
    addStep(number: number, { kind, by, atMs, outcome, text }: NewReportStep): void {
      const done = [outcome ?? null, text ?? null];
      insertStep.run(number, Math.floor(atMs), kind, by.account, by.name, ...done);
    },
    /** `closedAtMs`: null while it is not closed. */
    setState(number: number, state: ReportState, closedAtMs: number | null): void {
      setState.run(state, closedAtMs === null ? null : Math.floor(closedAtMs), number);
    },
    /** Removes closed reports that are older than this. */
    sweep: (beforeMs: number): void => void forget.run(beforeMs),
  };
}
