import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Policy } from '../policy/policy.ts';

/** When the times of the policy were last reviewed, and when the next review is due (RET-3). */
export interface ReviewState {
  /** The last review, or the first start of this unit. */
  since: string;
  dueAt: string | null;
  isDue: boolean;
}

const name = 'reviewedMs';

/** Stores the date of the last review of retention. */
export function createReview(deps: {
  db: Database;
  retention: Policy['retention'];
  nowMs: number;
}) {
  const { db, retention } = deps;
  const read = db
    .prepare<[string], string>('SELECT value FROM retention_note WHERE name = ?')
    .pluck();
  const write = db.prepare('INSERT OR REPLACE INTO retention_note (name, value) VALUES (?, ?)');
  if (read.get(name) === undefined) write.run(name, String(Math.floor(deps.nowMs)));

  const state = (nowMs: number): ReviewState => {
    const sinceMs = Number(read.get(name));
    const { reviewEveryDays } = retention;
    const dueMs = reviewEveryDays === null ? null : sinceMs + reviewEveryDays * dayMs;
    return {
      since: isoTime(sinceMs),
      dueAt: dueMs === null ? null : isoTime(dueMs),
      isDue: dueMs !== null && nowMs >= dueMs,
    };
  };
  return {
    state,
    reviewed(nowMs: number): ReviewState {
      write.run(name, String(Math.floor(nowMs)));
      return state(nowMs);
    },
  };
}
