import type { AuditRecord } from '../../accountability/audit/audit-record.ts';
import type { Deed } from '../../accountability/audit/deeds.ts';
import type { Database } from '../../platform/database.ts';
import { codeOf, messageOf } from '../../platform/problem.ts';
import type { Detection, Hit } from '../../records/detection.ts';
import type { ReceivedImage, ReceivedRecords } from '../../records/received-records.ts';
import type { HeadquartersRows } from './headquarters-rows.ts';
import type { UnitMessage, UnitNotice } from './read-message.ts';
import { type createSharedRows, share } from './shared-rows.ts';
import type { TakeNotice } from './take-notice.ts';

/** What was new in a batch of messages. */
export interface News {
  detections: Detection[];
  hits: Hit[];
  /** Detections that have a picture more. */
  pictured: Set<string>;
  /** Units of whose audit records one contradicts those before. */
  contradicted: Set<string>;
  /** The records with which the log of a unit goes on from a backup, and how many that it sent before they replace. */
  restored: RestoredLog[];
  /** Whether something came that all units must know. */
  shared: boolean;
  repeats: number;
}

/** A record of a unit that says from which backup its log goes on. */
export interface RestoredLog {
  record: AuditRecord;
  replaced: number;
}

const restoration = 'backup.restored' satisfies Deed;

/** What became of a message: it is on the disk, or why it never will be. */
export type Fate = { message: UnitMessage; problem: string | null };

/** How exactly is kept when a unit was heard last. */
const heardWithinMs = 1000;

const foreignProblem = 'its id is that of something that another unit sent';

/**
 * Writes messages of units to the disk, many in one commit of each database: first the records, then headquarters' own. A
 * crash between the two costs a repeat, since nothing is acknowledged before both. Throws if the disk fails; nothing is
 * acknowledged then.
 */
export function createMessageKeeper(deps: {
  /** `lookout.db`. */
  db: Database;
  records: ReceivedRecords;
  /** `headquarters.db`. */
  own: Database;
  rows: HeadquartersRows;
  shared: ReturnType<typeof createSharedRows>;
  takeNotice: TakeNotice;
  /** A read that is to be compared with those of other units; in the transaction that stores it. */
  noteRead: (detection: Detection) => void;
  clock: () => number;
}): (messages: readonly UnitMessage[]) => { fates: Fate[]; news: News } {
  const { db, records, own, rows, shared, takeNotice, noteRead, clock } = deps;

  /** When each unit was noted as heard last. */
  const heardMs = new Map<string, number>();

  /** The work of one batch; `inOwn` is done once the records are on the disk. */
  const begin = (messages: readonly UnitMessage[]) => {
    const news: News = {
      detections: [],
      hits: [],
      pictured: new Set(),
      contradicted: new Set(),
      restored: [],
      shared: false,
      repeats: 0,
    };
    const inOwn: (() => void)[] = [];
    // One look-up for all, as each on its own locks the file.
    const withEarly = new Set(rows.earlyAmong(messages.flatMap((each) => vehicleOf(each) ?? [])));
    const earlyHere: { unit: string; image: ReceivedImage }[] = [];
    const waitingHere: { notice: UnitNotice; waitsFor: string }[] = [];

    /** What came before its detection or hit, in a batch before or in this one. */
    const takeEarly = (detectionId: string): void => {
      const before = withEarly.has(detectionId) ? rows.earlyOf(detectionId) : [];
      const here = earlyHere.filter(({ image }) => image.detectionId === detectionId);
      for (const { unit, image } of [...before, ...here]) {
        if (records.image(image, unit) !== 'no detection') news.pictured.add(detectionId);
        inOwn.push(() => rows.dropEarly(image.ref.id));
      }
    };
    const takeWaiting = ({ id: hitId, agency, unit }: Hit): void => {
      const here = waitingHere.flatMap(({ notice, waitsFor }) =>
        waitsFor === hitId ? notice : [],
      );
      for (const notice of [...rows.waitingFor(hitId), ...here]) {
        // Only the unit of a hit speaks of it; what another said of it must not hold up the hit.
        if (notice.unit !== unit) continue;
        if (takeNotice({ ...notice, agency }) === 'taken')
          inOwn.push(() => rows.tookEffect(notice.id));
      }
    };

    const keepNotice = (notice: UnitNotice): void => {
      if (rows.hasNotice(notice.id)) {
        news.repeats += 1;
        return;
      }
      const taken = takeNotice(notice);
      const waitsFor = taken === 'taken' ? null : taken.waitsFor;
      if (waitsFor !== null) waitingHere.push({ notice, waitsFor });
      inOwn.push(() => {
        rows.addNotice(notice, waitsFor, clock());
        share(notice, shared);
        news.shared = true;
      });
    };

    /** Returns why it never can be kept; null if it was. */
    const keep = (message: UnitMessage): string | null => {
      switch (message.kind) {
        case 'refused':
          return message.problem;
        case 'notice':
          keepNotice(message.notice);
          return null;
        case 'audit': {
          const { record } = message;
          inOwn.push(() => {
            if (!rows.addAudit(record)) {
              news.repeats += 1;
              return;
            }
            if (record.operation === restoration) {
              news.restored.push({ record, replaced: rows.replaceLogFrom(record) });
            }
            if (rows.contradicts(record)) news.contradicted.add(record.unit);
          });
          return null;
        }
        case 'detection': {
          const receipt = records.detection(message.detection);
          if (receipt === 'foreign') return foreignProblem;
          if (receipt === 'repeat') news.repeats += 1;
          else {
            news.detections.push(message.detection);
            noteRead(message.detection);
          }
          takeEarly(message.detection.id);
          return null;
        }
        case 'hit': {
          const receipt = records.hit(message.hit);
          if (receipt === 'foreign') return foreignProblem;
          if (receipt === 'repeat') news.repeats += 1;
          else news.hits.push(message.hit);
          takeEarly(message.hit.detectionId);
          takeWaiting(message.hit);
          return null;
        }
        case 'image': {
          const { image } = message;
          const receipt = records.image(image, message.unit);
          if (receipt === 'foreign') return foreignProblem;
          if (receipt === 'no detection') {
            earlyHere.push({ unit: message.unit, image });
            inOwn.push(() => rows.addEarly(image, message, clock()));
          } else if (receipt === 'repeat') news.repeats += 1;
          else news.pictured.add(image.detectionId);
          return null;
        }
      }
    };
    return { news, keep, inOwn };
  };

  const keepAll = (messages: readonly UnitMessage[]) => {
    const { news, keep, inOwn } = begin(messages);
    const fates = messages.map((message): Fate => ({ message, problem: keep(message) }));
    return { fates, news, inOwn };
  };

  /** A savepoint each: one that no rule of the database lets in must not hold up the others. */
  const keepEach = (messages: readonly UnitMessage[]) => {
    const { news, keep, inOwn } = begin(messages);
    const keepAlone = db.transaction(keep);
    const fateOf = (message: UnitMessage): Fate => {
      const before = inOwn.length;
      try {
        return { message, problem: keepAlone(message) };
      } catch (error) {
        if (!isOfMessage(error)) throw error;
        inOwn.length = before;
        return { message, problem: messageOf(error) };
      }
    };
    return { fates: messages.map(fateOf), news, inOwn };
  };
  const allAtOnce = db.transaction(keepAll);
  const eachAlone = db.transaction(keepEach);

  /** Whether what a person did on a unit takes effect with it, and is told in the audit log, where nothing is undone. */
  const isDeed = (message: UnitMessage): boolean =>
    message.kind === 'notice' ||
    (message.kind === 'hit' && rows.waitingFor(message.hit.id).length > 0);

  /** Savepoints only where one was needed, which is rare; and for what cannot be done a second time. */
  const keepRecords = (messages: readonly UnitMessage[]) => {
    if (messages.some(isDeed)) return eachAlone.immediate(messages);
    try {
      return allAtOnce.immediate(messages);
    } catch (error) {
      if (!isOfMessage(error)) throw error;
      return eachAlone.immediate(messages);
    }
  };

  /** Without a commit of its own where nothing is to be written but that a unit was heard, which it was a moment ago. */
  const keepOwn = (messages: readonly UnitMessage[], inOwn: readonly (() => void)[]): void => {
    const nowMs = clock();
    const units = new Set(messages.map(({ unit }) => unit));
    const heard = [...units].filter((unit) => isLongAgo(heardMs.get(unit), nowMs));
    if (heard.length === 0 && inOwn.length === 0) return;
    own
      .transaction(() => {
        for (const unit of heard) rows.hear(unit, nowMs);
        for (const work of inOwn) work();
      })
      .immediate();
    for (const unit of heard) heardMs.set(unit, nowMs);
  };

  return (messages) => {
    const { fates, news, inOwn } = keepRecords(messages);
    keepOwn(messages, inOwn);
    return { fates, news };
  };
}

/** Also after the clock was put back. */
const isLongAgo = (thenMs: number | undefined, nowMs: number): boolean =>
  thenMs === undefined || Math.abs(nowMs - thenMs) >= heardWithinMs;

/** The detection that a message is or speaks of; null for other messages. */
function vehicleOf(message: UnitMessage): string | null {
  if (message.kind === 'detection') return message.detection.id;
  return message.kind === 'hit' ? message.hit.detectionId : null;
}

/** Whether the message is at fault, and not the disk or the database. */
function isOfMessage(error: unknown): boolean {
  const code = codeOf(error);
  return (
    typeof code !== 'string' || !code.startsWith('SQLITE') || code.startsWith('SQLITE_CONSTRAINT')
  );
}
