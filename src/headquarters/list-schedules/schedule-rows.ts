import { selectList } from '../../platform/columns.ts';
import type { Database } from '../../platform/database.ts';
import type { ScheduleProgress } from './schedule-due.ts';

/** How a schedule stands. */
export interface ScheduleState extends ScheduleProgress {
  /** By what the source's last file is told from a newer one; null: there was none. */
  seen: string | null;
  /** Why the last try came to nothing, or its file stayed out; null if neither. */
  problem: string | null;
  problemMs: number | null;
  /** Whether it is of a file that came, and stays until the next one is taken; else it ends when the source answers. */
  problemStays: boolean;
}

const none: ScheduleState = {
  doneMs: null,
  triedMs: null,
  seen: null,
  problem: null,
  problemMs: null,
  problemStays: false,
};

/** The states of the schedules, in `headquarters.db`; `name`: of the schedule. */
export function createScheduleRows(db: Database) {
  const select = db.prepare<
    [string],
    Omit<ScheduleState, 'problemStays'> & { problemStays: number }
  >(`SELECT ${selectList(Object.keys(none))} FROM list_schedule WHERE name = ?`);
  const put = db.prepare(
    `INSERT OR REPLACE INTO list_schedule (name, done_ms, tried_ms, seen, problem, problem_ms, problem_stays)
     VALUES (@name, @doneMs, @triedMs, @seen, @problem, @problemMs, @problemStays)`,
  );
  const of = (name: string): ScheduleState => {
    const row = select.get(name);
    return row === undefined ? none : { ...row, problemStays: row.problemStays === 1 };
  };
  return {
    of,
    change(name: string, changes: Partial<ScheduleState>): void {
      const { problemStays, ...state } = { ...of(name), ...changes };
      put.run({ ...state, problemStays: problemStays ? 1 : 0, name });
    },
  };
}
