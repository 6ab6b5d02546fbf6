import type { Database } from '../../platform/database.ts';
import type { Detection, Hit, ImageRef } from '../../records/detection.ts';
import type { Outcome } from './alert-update.ts';
import type { Step, StepBody } from './step.ts';

interface Row {
  id: string;
  kind: Step['kind'];
  atMs: number;
  recordedAtMs: number;
  body: string;
}

/** Which hits are asked for. */
export interface HitQuery {
  sinceMs: number;
  untilMs: number;
  list?: string | undefined;
  limit: number;
}

/** Statements on hits and the steps of their verification. */
export function createStepRows(db: Database) {
  const hit = db.prepare<[string], string>('SELECT body FROM hit WHERE id = ?').pluck();
  const detection = db.prepare<[string], string>('SELECT body FROM detection WHERE id = ?').pluck();
  const siblings = db
    .prepare<[string, string], string>(
      'SELECT body FROM hit WHERE detectionId = ? AND id <> ? ORDER BY rowid',
    )
    .pluck();
  const between = db
    .prepare<{ sinceMs: number; untilMs: number; list: string | null; limit: number }, string>(
      `SELECT body FROM hit WHERE changedAtMs >= @sinceMs AND changedAtMs < @untilMs
       AND (@list IS NULL OR listId = @list) ORDER BY changedAtMs DESC, rowid DESC LIMIT @limit`,
    )
    .pluck();
  const undisposed = db
    .prepare<[number], string>(
      `SELECT body FROM verification_open AS open JOIN hit ON hit.id = open.hitId
       ORDER BY open.changedAtMs DESC, hit.rowid DESC LIMIT ?`,
    )
    .pluck();
  const undisposedCount = db.prepare<[], number>('SELECT count(*) FROM verification_open').pluck();
  const openOf = db.prepare<[string], number>(
    `SELECT 1 FROM hit JOIN verification_open ON hitId = hit.id WHERE detectionId = ? LIMIT 1`,
  );
  const steps = db.prepare<[string], Row>(
    `SELECT id, kind, atMs, recordedAtMs, body FROM verification_step WHERE hitId = ?
     ORDER BY atMs, recordedAtMs, id`,
  );
  const hasStep = db.prepare<[string], number>('SELECT 1 FROM verification_step WHERE id = ?');
  const insertStep = db.prepare(
    `INSERT INTO verification_step (id, hitId, kind, atMs, recordedAtMs, body)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const saveOutcome = db.prepare(
    `INSERT INTO verification_outcome (hitId, atMs, listId, tier, head, outcome, judged)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET atMs = excluded.atMs, outcome = excluded.outcome, judged = excluded.judged`,
  );
  const corrected = db.prepare<[number, number], { hitId: string; atMs: number; body: string }>(
    `SELECT hitId, atMs, body FROM verification_step WHERE kind = 'disposition'
     AND atMs >= ? AND atMs < ? AND body ->> '$.outcome' IN
       ('misread_characters', 'misread_state', 'stale_entry', 'bad_entry')
     ORDER BY atMs`,
  );
  const parse = (body: string): Hit => JSON.parse(body) as Hit;

  return {
    hit(id: string): Hit | null {
      const body = hit.get(id);
      return body === undefined ? null : parse(body);
    },
    imagesOf(detectionId: string): ImageRef[] {
      const body = detection.get(detectionId);
      return body === undefined ? [] : (JSON.parse(body) as Detection).images;
    },
    siblingsOf: ({ detectionId, id }: Hit): Hit[] => siblings.all(detectionId, id).map(parse),
    between: ({ sinceMs, untilMs, list = undefined, limit }: HitQuery): Hit[] =>
      between.all({ sinceMs, untilMs, list: list ?? null, limit }).map(parse),
    undisposed: (limit: number): Hit[] => undisposed.all(limit).map(parse),
    undisposedCount: (): number => undisposedCount.get() ?? 0,
    /** Whether one of its hits waits for its disposition. */
    isOpen: (detectionId: string): boolean => openOf.get(detectionId) !== undefined,
    stepsOf: (hitId: string): Step[] =>
      steps.all(hitId).map(({ body, ...row }) => ({ ...JSON.parse(body), ...row }) as Step),
    hasStep: (id: string): boolean => hasStep.get(id) !== undefined,
    addStep(hitId: string, step: Step): void {
      const { id, kind, atMs, recordedAtMs, ...body } = step;
      insertStep.run(id, hitId, kind, atMs, recordedAtMs, JSON.stringify(body));
    },
    saveOutcome(found: Hit, atMs: number, outcome: Outcome, judged: string): void {
      const { list, tier } = found.match;
      saveOutcome.run(found.id, atMs, list.id, tier, found.head, outcome, judged);
    },
    /** Dispositions that name an error of reading or list, with what was corrected (VER-11, AUD-8). */
    errors: (
      sinceMs: number,
      untilMs: number,
    ): { hitId: string; atMs: number; step: Extract<StepBody, { kind: 'disposition' }> }[] =>
      corrected.all(sinceMs, untilMs).map(({ hitId, atMs, body }) => ({
        hitId,
        atMs,
        step: { kind: 'disposition', ...JSON.parse(body) },
      })),
  };
}
