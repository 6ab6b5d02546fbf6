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
}

const none: ScheduleState = {
  doneMs: null,
  triedMs: null,
  seen: null,
  problem: null,
  problemMs: null,
};

/** The states of the schedules, in `headquarters.db`; `name`: of the schedule. */
export function createScheduleRows(db: Database) {
  const select = db.prepare<[string], ScheduleState>(
    `SELECT ${selectList(Object.keys(none))} FROM list_schedule WHERE name = ?`,
  );
  const put = db.prepare(
    `INSERT OR REPLACE INTO list_schedule (name, done_ms, tried_ms, seen, problem, problem_ms)
     VALUES (@name, @doneMs, @triedMs, @seen, @problem, @problemMs)`,
  );
  const of = (name: string): ScheduleState => select.get(name) ?? none;
  return {
    of,
    change(name: string, changes: Partial<ScheduleState>): void {
      put.run({ ...of(name), ...changes, name });
    },
  };
}
