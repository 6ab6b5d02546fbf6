import { setImmediate as nextTurn } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { isoTime } from '../../platform/clock.ts';
import { selectList } from '../../platform/columns.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Detection } from '../../records/detection.ts';
import { createHeldRelease } from '../../records/image-rows.ts';
import { createOldestFirst } from '../../records/oldest-first.ts';
import { possibleTexts } from '../../records/possible-texts.ts';
import { createRecordReader } from '../../records/record-reader.ts';
import { Refusal } from '../gate/refusal.ts';
import { caseKey, type HoldScope, type HoldSubject, keeps, storedScope } from './hold.ts';

/** A hold as people see it. */
export interface Hold {
  id: string;
  scope: HoldScope;
  caseNumber: string | null;
  reason: string;
  setAt: string;
  /** Name of the person. */
  setBy: string;
  lifted: { at: string; by: string; why: string } | null;
}

/** The canvasses of cases (CAP-12). */
export interface CaseCanvasses {
  /** Case or incident number of a canvass. */
  numberOf(canvass: string): string | null;
  ofCase(number: string): string[];
}

/** How many of the existing detections a hold covers. */
export interface HoldReach {
  detections: number;
  /** False: there are more, and counting stopped. */
  complete: boolean;
}

/** Holds of this unit: data under a hold is neither purged nor removed to free disk space (RET-10). */
export interface Holds {
  /** Cheap if there are no holds. Queries the database, because another process may have set one. */
  isHeld(detectionId: string): boolean;
  set(input: {
    scope: HoldScope;
    caseNumber: string | null;
    reason: string;
    by: string;
    nowMs: number;
  }): Hold;
  lift(input: { id: string; by: string; why: string; nowMs: number }): Promise<Hold>;
  /**
   * Makes shedding examine again the images that it skipped; also at start, because power can fail while a hold is
   * lifted.
   */
  lookAgain(): Promise<void>;
  list(options: { lifted: boolean }): Hold[];
  reach(hold: Hold): Promise<HoldReach>;
  /** Attaches detections to a case, so that a hold of the case covers them and a warning precedes their purge. */
  putToCase(caseNumber: string, detectionIds: readonly string[], account?: string): void;
  /** Accounts of those who put detections to a case. */
  membersOf(caseNumber: string): string[];
  /** Detections of a case: attached to it, hits of an entry with its number, or seen in a canvass of it. */
  ofCase(caseNumber: string): string[];
}

interface Row {
  id: string;
  scope: string;
  caseNumber: string | null;
  reason: string;
  setAtMs: number;
  setBy: string;
  liftedAtMs: number | null;
  liftedBy: string | null;
  liftedWhy: string | null;
}

const columns = selectList([
  'id',
  'scope',
  'caseNumber',
  'reason',
  'setAtMs',
  'setBy',
  'liftedAtMs',
  'liftedBy',
  'liftedWhy',
] satisfies (keyof Row)[]);

const countForMs = 1500;
const sliceMs = 4;
const countAtATime = 50;
const unmarkAtATime = 200;

/** Opens the holds on `lookout.db`. */
export function createHolds(deps: {
  db: Database;
  /** What was seen in a canvass of a case belongs to the case. */
  canvasses: CaseCanvasses;
}): Holds {
  const { db, canvasses } = deps;
  const records = createRecordReader(db);
  const oldestFirst = createOldestFirst(db);
  const releaseHeld = createHeldRelease(db);
  const insert = db.prepare(
    'INSERT INTO hold (id, scope, case_number, reason, set_at_ms, set_by) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const all = db.prepare<[], Row>(`SELECT ${columns} FROM hold ORDER BY set_at_ms DESC, id DESC`);
  const one = db.prepare<[string], Row>(`SELECT ${columns} FROM hold WHERE id = ?`);
  const activeIds = db
    .prepare<[], string | null>('SELECT group_concat(id) FROM hold WHERE lifted_at_ms IS NULL')
    .pluck();
  const setLifted = db.prepare(
    'UPDATE hold SET lifted_at_ms = ?, lifted_by = ?, lifted_why = ? WHERE id = ? AND lifted_at_ms IS NULL',
  );
  const casesOf = db
    .prepare<[string], string>('SELECT case_number FROM case_detection WHERE detection_id = ?')
    .pluck();
  const put = db.prepare(
    `INSERT OR IGNORE INTO case_detection (case_number, detection_id)
     SELECT ?, id FROM detection_summary WHERE id = ?`,
  );
  const addMember = db.prepare('INSERT OR IGNORE INTO case_member VALUES (?, ?)');
  const membersOf = db
    .prepare<[string], string>('SELECT account FROM case_member WHERE case_number = ?')
    .pluck();
  const putToCase = db.prepare<[string], string>(
    'SELECT detection_id FROM case_detection WHERE case_number = ?',
  );
  const hitsOfCase = db.prepare<[string], string>(
    'SELECT DISTINCT detection_id FROM hit_summary WHERE case_number = ?',
  );

  /** The active holds, read again when their ids change: a hold can only be lifted, not changed. */
  let known = '';
  let keepers: ((subject: HoldSubject) => boolean)[] = [];
  const active = (): typeof keepers => {
    const ids = activeIds.get() ?? '';
    if (ids !== known) {
      keepers = all.all().flatMap((row) => (row.liftedAtMs === null ? [keeps(scopeOf(row))] : []));
      known = ids;
    }
    return keepers;
  };

  const subjectOf = (id: string, record: Detection): HoldSubject => {
    const { read, possible = [], fix, firstSeen, lastSeen, canvass } = record;
    const hits = records.hitsOf(id);
    const canvassNumber = canvass === undefined ? null : canvasses.numberOf(canvass);
    return {
      id,
      firstSeenMs: Date.parse(firstSeen),
      lastSeenMs: Date.parse(lastSeen),
      latitude: fix.latitude,
      longitude: fix.longitude,
      plates: [
        // A hold keeps too much rather than too little.
        ...[...(read ? [read] : []), ...hits.map((hit) => hit.read)]
          .flatMap(possibleTexts)
          .concat(possible)
          .map(({ plate }) => plate),
        ...hits.map((hit) => hit.match.entry.plate),
      ],
      caseNumbers: [
        ...casesOf.all(id),
        ...hits.flatMap((hit) => hit.match.entry.caseNumber ?? []),
        ...(canvassNumber === null ? [] : [canvassNumber]),
      ],
    };
  };

  const lookAgain = async (): Promise<void> => {
    while (releaseHeld(unmarkAtATime) === unmarkAtATime) await nextTurn();
  };

  return {
    lookAgain,

    isHeld(detectionId) {
      const holds = active();
      if (holds.length === 0) return false;
      const record = records.detection(detectionId);
      if (record === undefined) return false;
      const subject = subjectOf(detectionId, record);
      return holds.some((keep) => keep(subject));
    },

    set({ scope, caseNumber, reason, by, nowMs }) {
      const id = uuidv7();
      insert.run(id, JSON.stringify(scope), caseNumber, reason, Math.floor(nowMs), by);
      return holdOf(found(one.get(id), id));
    },

    async lift({ id, by, why, nowMs }) {
      const before = found(one.get(id), id);
      if (before.liftedAtMs !== null) {
        const at = localTime(before.liftedAtMs);
        throw new Refusal(
          409,
          'hold-lifted',
          `The hold ${id} was lifted already by ${before.liftedBy}, ${at}.`,
        );
      }
      setLifted.run(Math.floor(nowMs), by, why, id);
      // Skipped images may now be removed, unless another hold covers them.
      await lookAgain();
      return holdOf(found(one.get(id), id));
    },

    list: ({ lifted }) =>
      all
        .all()
        .filter((row) => lifted || row.liftedAtMs === null)
        .map(holdOf),

    async reach(hold) {
      const keep = keeps(hold.scope);
      const { scope } = hold;
      let detections = 0;
      if (scope.kind === 'detections') {
        for (const id of scope.detectionIds) if (records.detection(id)) detections += 1;
        return { detections, complete: true };
      }
      const fromMs = scope.kind === 'area' ? Date.parse(scope.from) : 0;
      const toMs =
        scope.kind === 'area' && scope.to !== null ? Date.parse(scope.to) : Number.MAX_SAFE_INTEGER;
      const startedMs = performance.now();
      let turnMs = startedMs;
      const next = oldestFirst.detections({ fromMs, toMs, atATime: countAtATime });
      for (;;) {
        const met = next();
        for (const { id, record } of met) if (keep(subjectOf(id, record))) detections += 1;
        if (met.length === 0) return { detections, complete: true };
        if (performance.now() - startedMs > countForMs) return { detections, complete: false };
        if (performance.now() - turnMs > sliceMs) {
          await nextTurn();
          turnMs = performance.now();
        }
      }
    },

    membersOf: (caseNumber) => membersOf.all(caseKey(caseNumber)),

    putToCase(caseNumber, detectionIds, account) {
      db.transaction(() => {
        if (account !== undefined) addMember.run(caseKey(caseNumber), account);
        for (const id of detectionIds) put.run(caseKey(caseNumber), id);
      })();
    },

    ofCase(caseNumber) {
      const key = caseKey(caseNumber);
      const ofCanvasses = canvasses.ofCase(caseNumber).flatMap(records.ofCanvass);
      const ids = [...putToCase.pluck().all(key), ...hitsOfCase.pluck().all(key), ...ofCanvasses];
      return [...new Set(ids)];
    },
  };
}

/** Number of holds in force. */
export function countActiveHolds(db: Database): number {
  const count = db.prepare<[], number>('SELECT count(*) FROM hold WHERE lifted_at_ms IS NULL');
  return count.pluck().get() ?? 0;
}

function found(row: Row | undefined, id: string): Row {
  if (row === undefined) throw new Refusal(404, 'hold-unknown', `There is no hold ${id}.`);
  return row;
}

function scopeOf(row: Row): HoldScope {
  return storedScope(row.scope);
}

function holdOf(row: Row): Hold {
  const { id, caseNumber, reason, setBy, liftedAtMs, liftedBy, liftedWhy } = row;
  return {
    id,
    scope: scopeOf(row),
    caseNumber,
    reason,
    setAt: isoTime(row.setAtMs),
    setBy,
    lifted:
      liftedAtMs === null
        ? null
        : { at: isoTime(liftedAtMs), by: liftedBy ?? '', why: liftedWhy ?? '' },
  };
}
