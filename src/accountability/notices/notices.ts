import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Audience, NewNotice, Notice, NoticeKind, NoticeList, Receipt } from './notice.ts';

/** Most notices of one audience; beyond it the oldest go, those that were read first. */
const maxOfAudience = 500;
/** How long a notice is kept once somebody read it, and how long if nobody did. */
const readDays = 90;
const unreadDays = 365;
/** What a clock that was put back may hide is looked through again. */
const overlapMs = 3_600_000;

type Reader = Pick<Actor, 'account' | 'role' | 'permissions'>;

/** Where notices come from: what happened since a time. The same thing found again is told once. */
export interface NoticeSource {
  name: string;
  /** Looked through at most this often. */
  everyMs: number;
  find(sinceMs: number, nowMs: number): readonly NewNotice[];
}

/** Notices to people, with receipts of who read them. */
export interface Notices {
  /** Tells what was not told yet; in the caller's transaction. */
  tell(notices: readonly NewNotice[]): void;
  /** Looks through the sources that are due. */
  gather(nowMs: number): void;
  list(reader: Reader, options: { all: boolean; limit: number }): NoticeList;
  /** Notes that they read these; all of theirs if none is named. Returns how many were new to them. */
  read(
    reader: Reader & Pick<Actor, 'name'>,
    numbers: readonly number[] | null,
    nowMs: number,
  ): number;
  unread(reader: Reader): number;
  /** Notices that nobody has read. */
  unreadByAnyone(): number;
  /** Of a hot plate, also those of its hits and of how they were closed. Throws a Refusal if nobody was told. */
  receipts(kind: 'hit' | 'hotplate', id: string): Receipt[];
  /** Removes what is past its time. */
  sweep(nowMs: number): void;
}

interface Row {
  number: number;
  atMs: number;
  kind: NoticeKind;
  about: string | null;
  text: string;
  readAtMs: number | null;
}

/** Opens the notices on `lookout.db`. */
export function createNotices(deps: { db: Database; sources: readonly NoticeSource[] }): Notices {
  const { db, sources } = deps;
  const insert = db.prepare(
    `INSERT INTO notice (key, audience, at_ms, kind, about, text) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (audience, key) DO NOTHING`,
  );
  const count = db
    .prepare<[string], number>('SELECT count(*) FROM notice WHERE audience = ?')
    .pluck();
  const dropOldest = db.prepare(
    `DELETE FROM notice WHERE number IN (SELECT number FROM notice WHERE audience = ?
     ORDER BY NOT EXISTS (SELECT 1 FROM notice_read WHERE notice = number), number LIMIT ?)`,
  );
  const noteDropped = db.prepare(
    `INSERT INTO notice_dropped VALUES (?, ?)
     ON CONFLICT (audience) DO UPDATE SET count = count + excluded.count`,
  );
  const droppedOf = db
    .prepare<[string], number>(
      'SELECT coalesce(sum(count), 0) FROM notice_dropped WHERE audience IN (SELECT value FROM json_each(?))',
    )
    .pluck();
  const listed = db.prepare<
    { account: string; audiences: string; all: number; limit: number },
    Row
  >(
    `SELECT number, notice.at_ms AS atMs, kind, about, text, notice_read.at_ms AS readAtMs
     FROM notice LEFT JOIN notice_read ON notice = number AND account = @account
     WHERE audience IN (SELECT value FROM json_each(@audiences)) AND (@all OR notice_read.at_ms IS NULL)
     ORDER BY number DESC LIMIT @limit`,
  );
  const unread = db
    .prepare<{ account: string; audiences: string }, number>(
      `SELECT count(*) FROM notice WHERE audience IN (SELECT value FROM json_each(@audiences))
       AND NOT EXISTS (SELECT 1 FROM notice_read WHERE notice = number AND account = @account)`,
    )
    .pluck();
  const unreadByAnyone = db
    .prepare<[], number>(
      'SELECT count(*) FROM notice WHERE NOT EXISTS (SELECT 1 FROM notice_read WHERE notice = number)',
    )
    .pluck();
  const mark = db.prepare(
    `INSERT INTO notice_read SELECT number, @account, @name, @atMs FROM notice
     WHERE audience IN (SELECT value FROM json_each(@audiences))
       AND (@numbers IS NULL OR number IN (SELECT value FROM json_each(@numbers)))
     ON CONFLICT DO NOTHING`,
  );
  const told = db.prepare<{ about: string; entry: string | null }, Row & { audience: string }>(
    // A hit's notice names its hot plate by the id, and outlives the hit.
    `SELECT number, at_ms AS atMs, kind, about, text, audience FROM notice
     WHERE about = @about OR (kind IN ('hit', 'disposition') AND instr(text, @entry) > 0) ORDER BY number`,
  );
  const readers = db.prepare<[number], { name: string; atMs: number }>(
    'SELECT name, at_ms AS atMs FROM notice_read WHERE notice = ? ORDER BY at_ms',
  );
  const forget = db.prepare(
    `DELETE FROM notice WHERE at_ms < @unreadBeforeMs OR (at_ms < @readBeforeMs
     AND EXISTS (SELECT 1 FROM notice_read WHERE notice = number AND notice_read.at_ms < @readBeforeMs))`,
  );
  const through = db
    .prepare<[string], number>('SELECT through_ms FROM notice_source WHERE name = ?')
    .pluck();
  const setThrough = db.prepare(
    `INSERT INTO notice_source VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET through_ms = excluded.through_ms`,
  );

  const tell: Notices['tell'] = (notices) => {
    for (const { key, kind, to, about, text, atMs } of notices) {
      const audience = audienceText(to);
      if (insert.run(key, audience, Math.floor(atMs), kind, about, text).changes === 0) continue;
      const over = (count.get(audience) ?? 0) - maxOfAudience;
      if (over > 0) noteDropped.run(audience, dropOldest.run(audience, over).changes);
    }
  };

  return {
    tell,

    gather(nowMs) {
      for (const { name, everyMs, find } of sources) {
        const lastMs = through.get(name) ?? 0;
        // A clock that was ahead must not keep the source from being looked through.
        if (lastMs <= nowMs && nowMs - lastMs < everyMs) continue;
        const sinceMs = Math.max(0, Math.min(lastMs, nowMs) - overlapMs);
        const found = find(sinceMs, nowMs);
        db.transaction(() => {
          tell(found);
          setThrough.run(name, Math.floor(nowMs));
        }).immediate();
      }
    },

    list(reader, { all, limit }) {
      const { account } = reader;
      const audiences = audiencesOf(reader);
      const rows = listed.all({ account, audiences, all: all ? 1 : 0, limit });
      return {
        notices: rows.map(noticeOf),
        unread: unread.get({ account, audiences }) ?? 0,
        dropped: droppedOf.get(audiences) ?? 0,
      };
    },

    read(reader, numbers, nowMs) {
      const { account, name } = reader;
      return mark.run({
        account,
        name,
        atMs: Math.floor(nowMs),
        audiences: audiencesOf(reader),
        numbers: numbers === null ? null : JSON.stringify(numbers),
      }).changes;
    },

    unread: (reader) =>
      unread.get({ account: reader.account, audiences: audiencesOf(reader) }) ?? 0,
    unreadByAnyone: () => unreadByAnyone.get() ?? 0,

    receipts(kind, id) {
      const rows = told.all({ about: `${kind} ${id}`, entry: kind === 'hotplate' ? id : null });
      if (rows.length === 0) {
        const what = kind === 'hit' ? `hit ${id}` : `hot plate ${id}, nor of a hit of it`;
        throw new Refusal(404, 'nobody-told', `Nobody was told of ${what}.`);
      }
      return rows.map(({ number, atMs, kind, text, audience }) => ({
        number,
        at: isoTime(atMs),
        kind,
        text,
        to: audienceWords(audience),
        read: readers.all(number).map(({ name, atMs }) => ({ by: name, at: isoTime(atMs) })),
      }));
    },

    sweep(nowMs) {
      forget.run({
        unreadBeforeMs: nowMs - unreadDays * dayMs,
        readBeforeMs: nowMs - readDays * dayMs,
      });
    },
  };
}

function noticeOf({ atMs, readAtMs, ...row }: Row): Notice {
  return { ...row, at: isoTime(atMs), readAt: readAtMs === null ? null : isoTime(readAtMs) };
}

function audienceText(to: Audience): string {
  if ('account' in to) return `account:${to.account}`;
  return 'role' in to ? `role:${to.role}` : `permission:${to.permission}`;
}

/** In words, without the account's id. */
function audienceWords(audience: string): string {
  const [kind = '', name = ''] = audience.split(':');
  if (kind === 'account') return 'one person';
  return kind === 'role' ? `every ${name}` : `everyone with ${name}`;
}

/** Every audience that a person belongs to, as JSON. */
function audiencesOf({ account, role, permissions }: Reader): string {
  return JSON.stringify(
    [{ account }, { role }, ...[...permissions].map((permission) => ({ permission }))].map(
      audienceText,
    ),
  );
}
