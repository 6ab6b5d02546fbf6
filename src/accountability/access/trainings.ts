import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { NewNotice } from '../notices/notice.ts';
import type { NoticeSource } from '../notices/notices.ts';
import type { Training } from './login-api.ts';

/** A line of a person's training history. */
export interface TrainingEntry {
  kind: 'completed' | 'retraining asked' | 'retrained';
  course: string | null;
  completedOn: string | null;
  expiresOn: string | null;
  /** Why the retraining is asked for. */
  note: string | null;
  /** Username of the person who entered it. */
  enteredBy: string;
  enteredAt: string;
}

type Row = Omit<TrainingEntry, 'enteredAt'> & { id: number; account: string; atMs: number };

/** The history of trainings; entries are added and never changed. */
export interface Trainings {
  completed(account: string, training: Training, enteredBy: string, nowMs: number): void;
  /** `why`: retraining is asked for; null: it is done. */
  retraining(account: string, why: string | null, enteredBy: string, nowMs: number): void;
  /** Of one person, newest first. */
  of(account: string): TrainingEntry[];
  /** Tells the person, and those who record trainings, that a retraining is asked for (B 466.6(e)). */
  notices: NoticeSource;
}

export function createTrainings(
  db: Database,
  people: { nameOf(account: string): string; usernameOf(account: string): string },
): Trainings {
  const columns =
    'id, account, kind, course, completed_on AS completedOn, expires_on AS expiresOn, note, ' +
    'entered_by AS enteredBy, at_ms AS atMs';
  const insert = db.prepare(
    `INSERT INTO training (account, kind, course, completed_on, expires_on, note, entered_by, at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const of = db.prepare<[string], Row>(
    `SELECT ${columns} FROM training WHERE account = ? ORDER BY id DESC`,
  );
  const asked = db.prepare<[number], Row>(
    `SELECT ${columns} FROM training WHERE kind = 'retraining asked' AND at_ms >= ? ORDER BY id`,
  );

  const noticesOf = ({ id, account, note, atMs }: Row): NewNotice[] => {
    const told = { key: `retraining ${id}`, kind: 'retraining', about: null, atMs } as const;
    const why = note ?? '';
    return [
      {
        ...told,
        to: { account },
        text: `Retraining in the policy was asked of you: ${why}`,
      },
      {
        ...told,
        to: { permission: 'training.record' },
        text: `Retraining of ${people.nameOf(account)} is asked for: ${why}. Record it when it is done: lookout training record --retrained`,
      },
    ];
  };

  return {
    completed(account, { course, completedOn, expiresOn }, enteredBy, nowMs) {
      insert.run(account, 'completed', course, completedOn, expiresOn, null, enteredBy, nowMs);
    },
    retraining(account, why, enteredBy, nowMs) {
      const kind = why === null ? 'retrained' : 'retraining asked';
      insert.run(account, kind, null, null, null, why, enteredBy, nowMs);
    },
    of: (account) =>
      of.all(account).map(({ id: _, account: __, atMs, enteredBy, ...entry }) => ({
        ...entry,
        enteredBy: people.usernameOf(enteredBy),
        enteredAt: isoTime(atMs),
      })),
    notices: {
      name: 'trainings',
      everyMs: 0,
      find: (sinceMs) => asked.all(sinceMs).flatMap(noticesOf),
    },
  };
}
