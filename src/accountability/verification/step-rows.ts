import type { Database } from '../../platform/database.ts';
import type { Hit, ImageRef } from '../../records/detection.ts';
import { type BriefHit, createRecordReader } from '../../records/record-reader.ts';
import type { Outcome, Step } from './step.ts';

interface Row {
  id: string;
  kind: Step['kind'];
  atMs: number;
  recordedAtMs: number;
  orderMs: number | null;
  body: string;
}

/** A hit that waits for its disposition, and the detection of its vehicle. */
export interface OpenVehicle {
  hitId: string;
  detectionId: string;
  changedAtMs: number;
}

export type StepRows = ReturnType<typeof createStepRows>;

/** Queries of hits and of the steps of their verification. */
export function createStepRows(db: Database) {
  const records = createRecordReader(db);
  const undisposed = db
    .prepare<[number], string>(
      'SELECT hit_id FROM verification_open ORDER BY changed_at_ms DESC, hit_id DESC LIMIT ?',
    )
    .pluck();
  const openVehicles = db.prepare<[], OpenVehicle>(
    `SELECT hit_id AS hitId, detection_id AS detectionId, open.changed_at_ms AS changedAtMs
     FROM verification_open AS open JOIN hit_summary ON hit_summary.id = hit_id
     ORDER BY open.changed_at_ms DESC, hit_id DESC`,
  );
  const newest = db.prepare<[], number | null>('SELECT max(rowid) FROM verification_step').pluck();
  const steppedAfter = db
    .prepare<[number], string>('SELECT DISTINCT hit_id FROM verification_step WHERE rowid > ?')
    .pluck();
  const undisposedCount = db.prepare<[], number>('SELECT count(*) FROM verification_open').pluck();
  const isUndisposed = db.prepare<[string], number>(
    'SELECT 1 FROM verification_open WHERE hit_id = ?',
  );
  const steps = db.prepare<[string], Row>(
    `SELECT id, kind, at_ms AS atMs, recorded_at_ms AS recordedAtMs, order_ms AS orderMs, body
     FROM verification_step WHERE hit_id = ?
     ORDER BY rowid`,
  );
  const claimed = db
    .prepare<{ account: string; sinceMs: number }, string>(
      `SELECT DISTINCT step.hit_id FROM verification_open AS open
       JOIN verification_step AS step ON step.hit_id = open.hit_id
       WHERE step.kind = 'claimed' AND step.at_ms > @sinceMs AND step.body ->> '$.by.account' = @account
         AND step.body ->> '$.by.place' IS NULL`,
    )
    .pluck();
  const hasStep = db.prepare<[string], number>('SELECT 1 FROM verification_step WHERE id = ?');
  const insertStep = db.prepare(
    `INSERT INTO verification_step (id, hit_id, kind, at_ms, recorded_at_ms, order_ms, taken_at_ms, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const removeStep = db.prepare('DELETE FROM verification_step WHERE id = ?');
  const replaceStep = db.prepare('UPDATE verification_step SET body = ? WHERE id = ?');
  const saveOutcome = db.prepare(
    `INSERT INTO verification_outcome (hit_id, at_ms, list_id, tier, head, outcome, judged, misread)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, outcome = excluded.outcome, judged = excluded.judged,
       misread = excluded.misread`,
  );
  const forgetOutcome = db.prepare('DELETE FROM verification_outcome WHERE hit_id = ?');

  return {
    hit: (id: string): Hit | null => records.hit(id) ?? null,
    idsLike: records.hitIdsLike,
    imagesOf: (detectionId: string): ImageRef[] => records.detection(detectionId)?.images ?? [],
    hitsOf: records.hitsOf,
    repeatsOf: records.repeatsOf,
    raised: records.hitsRaised,
    /** Every hit that waits for its disposition, the one that was raised last first. */
    everyUndisposed: (): BriefHit[] =>
      undisposed
        .all(-1)
        .flatMap((id) => records.briefHit(id) ?? [])
        .sort((a, b) =>
          a.raisedAt === b.raisedAt ? (a.id < b.id ? 1 : -1) : a.raisedAt < b.raisedAt ? 1 : -1,
        ),
    openVehicles: (): OpenVehicle[] => openVehicles.all(),
    /** The newest step, and the hits that have one after `after`; steps go with their hits, so that it may be less. */
    steppedAfter: (after: number): { newest: number; hitIds: string[] } => ({
      newest: newest.get() ?? 0,
      hitIds: steppedAfter.all(after),
    }),
    isUndisposed: (hitId: string): boolean => isUndisposed.get(hitId) !== undefined,
    undisposedCount: (): number => undisposedCount.get() ?? 0,
    /** Whether one of the detection's hits has no disposition yet. */
    isOpen: (detectionId: string): boolean =>
      records.hitIdsOf(detectionId).some((id) => isUndisposed.get(id) !== undefined),
    /** In the order in which they were recorded. */
    stepsOf: (hitId: string): Step[] =>
      steps
        .all(hitId)
        .map(
          ({ body, orderMs, ...row }) =>
            ({ ...JSON.parse(body), ...row, ...(orderMs !== null && { orderMs }) }) as Step,
        ),
    /** Open hits that this account has taken here since; another may have taken them over, or it gave them back. */
    claimedHere: (account: string, sinceMs: number): string[] => claimed.all({ account, sinceMs }),
    hasStep: (id: string): boolean => hasStep.get(id) !== undefined,
    /** `takenAtMs`: when it came here, if it was made at another place. */
    addStep(hitId: string, step: Step, takenAtMs: number | null = null): void {
      const { id, kind, atMs, recordedAtMs, orderMs = null, ...body } = step;
      const json = JSON.stringify(body);
      insertStep.run(id, hitId, kind, atMs, recordedAtMs, orderMs, takenAtMs, json);
    },
    /** Makes room for another form of the same step; a text of it is overwritten in the file. */
    removeStep: (id: string): void => void removeStep.run(id),
    /** Writes a step whose text was struck; the old text is overwritten in the file. */
    strike({ id, kind: _, atMs: __, recordedAtMs: ___, orderMs: ____, ...body }: Step): void {
      replaceStep.run(JSON.stringify(body), id);
    },
    saveOutcome(
      { id, head, match: { list, tier } }: Hit,
      outcome: { atMs: number; outcome: Outcome; judged: string; isMisread: boolean },
    ): void {
      const { atMs, outcome: ended, judged, isMisread } = outcome;
      saveOutcome.run(id, atMs, list.id, tier, head, ended, judged, isMisread ? 1 : 0);
    },
    forgetOutcome: (hitId: string): void => void forgetOutcome.run(hitId),
  };
}
