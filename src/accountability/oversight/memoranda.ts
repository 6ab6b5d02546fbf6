import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { WholeVerification } from '../audit/audit-verification.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Officials } from '../officials/officials.ts';
import type { DataErrors } from './data-errors.ts';
import { memoOf } from './memo.ts';
import {
  type Done,
  type JudgedByAuditor,
  type Memorandum,
  memoName,
  memoOfText,
  type Verdict,
} from './memorandum.ts';
import type { AuditSample } from './sample.ts';

/** A draw, as it is kept. */
interface Body {
  sample: AuditSample;
  drawnBy: string;
  /** The profile's requirements for an inquiry, in words. */
  demands: string;
  verification: WholeVerification;
}

interface Row {
  number: number;
  drawnAtMs: number;
  body: string;
  finished: string | null;
  finalText: string | null;
  filed: string | null;
}

/** Memoranda from the draw over the auditor's verdicts to the place where they are filed (V 426.8). */
export interface Memoranda {
  draw(body: Body, nowMs: number): { memorandum: Memorandum; text: string };
  list(): Memorandum[];
  /** `reference`: its number or its name. */
  open(reference: string): { memorandum: Memorandum; sample: AuditSample; text: string };
  judge(
    reference: string,
    verdict: { inquiry: number; verdict: Verdict; note: string },
    actor: Actor,
    nowMs: number,
  ): Memorandum;
  finish(
    reference: string,
    actor: Actor,
    verification: WholeVerification,
    nowMs: number,
  ): Memorandum;
  file(reference: string, where: string, actor: Actor, nowMs: number): Memorandum;
  /** Removes those drawn before this time. */
  purge(beforeMs: number): void;
}

/** Opens the memoranda on `lookout.db`. */
export function createMemoranda(deps: {
  db: Database;
  unit: { agency: string; id: string };
  officials: Pick<Officials, 'during'>;
  dataErrors: DataErrors;
}): Memoranda {
  const { db, unit, officials, dataErrors } = deps;
  const columns =
    'number, drawn_at_ms AS drawnAtMs, body, finished, final_text AS finalText, filed FROM audit_memo';
  const insert = db.prepare(
    'INSERT INTO audit_memo (drawn_at_ms, from_at, to_at, body) VALUES (?, ?, ?, ?)',
  );
  const one = db.prepare<[number], Row>(`SELECT ${columns} WHERE number = ?`);
  const all = db.prepare<[], Row>(`SELECT ${columns} ORDER BY number DESC LIMIT 500`);
  const overlapping = db
    .prepare<[string, string, number], number>(
      'SELECT number FROM audit_memo WHERE from_at < ? AND to_at > ? AND number < ? ORDER BY number',
    )
    .pluck();
  const verdictsOf = db.prepare<
    [number],
    Omit<JudgedByAuditor, 'at' | 'by'> & { name: string; atMs: number }
  >(
    'SELECT inquiry, verdict, note, name, at_ms AS atMs FROM audit_verdict WHERE memo = ? ORDER BY inquiry',
  );
  const setVerdict = db.prepare(
    'INSERT OR REPLACE INTO audit_verdict VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const setFinished = db.prepare(
    'UPDATE audit_memo SET finished = ?, final_text = ? WHERE number = ? AND finished IS NULL',
  );
  const setFiled = db.prepare('UPDATE audit_memo SET filed = ? WHERE number = ?');
  const forget = db.prepare('DELETE FROM audit_memo WHERE drawn_at_ms < ?');

  const rowOf = (reference: string): Row => {
    const { unit: of, number } = memoOfText(reference);
    if (of !== null && of !== unit.id) {
      throw new Refusal(
        404,
        'memo-elsewhere',
        `Memorandum ${reference} is not of this unit (${unit.id}); it is on the unit that drew it.`,
      );
    }
    const row = one.get(number);
    if (row !== undefined) return row;
    throw new Refusal(404, 'no-such-memo', `There is no memorandum ${reference} on ${unit.id}.`);
  };
  const bodyOf = ({ body }: Row): Body => JSON.parse(body) as Body;
  const doneBy = ({ name, username }: Actor, nowMs: number): Done => ({
    by: `${name} (${username})`,
    at: isoTime(nowMs),
  });

  const view = (row: Row): Memorandum => {
    const { number, drawnAtMs, finished, filed } = row;
    const { sample, drawnBy } = bodyOf(row);
    return {
      number,
      name: memoName(unit.id, number),
      state: filed !== null ? 'filed' : finished !== null ? 'final' : 'open',
      from: sample.from,
      to: sample.to,
      drawn: { by: drawnBy, at: isoTime(drawnAtMs) },
      inquiries: sample.inquiries.length,
      verdicts: verdictsOf
        .all(number)
        .map(({ name, atMs, ...verdict }) => ({ ...verdict, by: name, at: isoTime(atMs) })),
      finished: finished === null ? null : (JSON.parse(finished) as Done),
      filed: filed === null ? null : (JSON.parse(filed) as Memorandum['filed']),
    };
  };

  const textOf = (row: Row, memorandum = view(row), verification = bodyOf(row).verification) => {
    const { sample, demands } = bodyOf(row);
    const { from, to } = sample;
    return memoOf(sample, memorandum, {
      agency: unit.agency,
      unit: unit.id,
      overseers: officials.during('overseer', Date.parse(from), Date.parse(to) - 1),
      demands,
      otherDraws: overlapping.all(to, from, row.number).map((number) => memoName(unit.id, number)),
      dataErrors: dataErrors(sample),
      verification,
    });
  };

  const stillOpen = (reference: string): Row => {
    const row = rowOf(reference);
    if (row.finished === null) return row;
    throw new Refusal(
      409,
      'memo-final',
      `Memorandum ${memoName(unit.id, row.number)} is final; nothing in it changes any more.`,
    );
  };

  return {
    draw(body, nowMs) {
      const { from, to } = body.sample;
      const { lastInsertRowid } = insert.run(Math.floor(nowMs), from, to, JSON.stringify(body));
      const row = rowOf(String(lastInsertRowid));
      return { memorandum: view(row), text: textOf(row) };
    },

    list: () => all.all().map(view),

    open(reference) {
      const row = rowOf(reference);
      const memorandum = view(row);
      const filed =
        memorandum.filed === null
          ? ''
          : `\nFiled: ${memorandum.filed.where}, by ${memorandum.filed.by}, ${localTime(memorandum.filed.at)}\n`;
      return {
        memorandum,
        sample: bodyOf(row).sample,
        text: row.finalText === null ? textOf(row) : `${row.finalText}${filed}`,
      };
    },

    judge(reference, { inquiry, verdict, note }, actor, nowMs) {
      return db
        .transaction(() => {
          const row = stillOpen(reference);
          const { number } = row;
          const drawn = bodyOf(row).sample.inquiries[inquiry - 1];
          if (drawn === undefined) {
            throw new Refusal(
              404,
              'no-such-inquiry',
              `Memorandum ${memoName(unit.id, number)} has the inquiries 1 to ${bodyOf(row).sample.inquiries.length}.`,
            );
          }
          // An account that was made on another unit may have another id here.
          const isOwn = ({ who }: AuditRecord) =>
            who.account === actor.account || who.username === actor.username;
          if (drawn.looks.some(isOwn)) {
            throw new Refusal(
              403,
              'own-looks',
              `Inquiry ${inquiry} is your own; another auditor must judge it.`,
            );
          }
          const { account, name } = actor;
          setVerdict.run(number, inquiry, verdict, note, account, name, Math.floor(nowMs));
          return view(row);
        })
        .immediate();
    },

    finish(reference, actor, verification, nowMs) {
      return db
        .transaction(() => {
          const row = stillOpen(reference);
          const { number } = row;
          const { inquiries, verdicts: given } = view(row);
          const open = Array.from({ length: inquiries }, (_, at) => at + 1).filter(
            (each) => !given.some(({ inquiry }) => inquiry === each),
          );
          if (open.length > 0) {
            throw new Refusal(
              409,
              'not-judged',
              `Not judged yet: ${open.join(', ')}. Each inquiry needs a verdict: lookout audit judge ${memoName(unit.id, number)} NO --verdict … --note …`,
            );
          }
          const finished = doneBy(actor, nowMs);
          const text = textOf(row, { ...view(row), state: 'final', finished }, verification);
          setFinished.run(JSON.stringify(finished), text, number);
          return view(rowOf(reference));
        })
        .immediate();
    },

    file(reference, where, actor, nowMs) {
      return db
        .transaction(() => {
          const row = rowOf(reference);
          const { number } = row;
          if (row.finished === null) {
            throw new Refusal(
              409,
              'memo-open',
              `Memorandum ${memoName(unit.id, number)} is not finished; finish it before it is filed.`,
            );
          }
          setFiled.run(JSON.stringify({ ...doneBy(actor, nowMs), where }), number);
          return view(rowOf(reference));
        })
        .immediate();
    },

    purge: (beforeMs) => void forget.run(beforeMs),
  };
}
