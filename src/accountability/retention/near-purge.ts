import type { UnitMode } from '../../config/sections/unit.ts';
import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { SourceMode } from '../../records/source-mode.ts';
import type { Policy } from '../policy/policy.ts';
import type { Holds } from './holds.ts';
import { modeOfRecord, spanOf } from './keep-times.ts';

/** Reads of a case that will be purged soon: book them into evidence or set a hold before that (RET-9). */
export interface NearPurge {
  caseNumber: string;
  detections: number;
  /** The number that a hold covers. */
  held: number;
  /** When the first without a hold is purged; null if all are held. */
  firstPurgeAt: string | null;
  /** Whole days until then; 0 means today. */
  daysLeft: number | null;
}

interface Row {
  caseNumber: string;
  id: string;
  head: string;
  unitMode: SourceMode;
  hit: number;
  lastSeenMs: number;
}

/** Warns this long before, or a quarter of the time that the policy sets, whichever is less. */
const warnDays = 30;
const maxRows = 5000;

/** The cases with reads that will be purged soon, soonest first. */
export function nearPurge(deps: {
  db: Database;
  retention: Policy['retention'];
  mode: UnitMode;
  holds: Pick<Holds, 'isHeld'>;
  nowMs: number;
}): NearPurge[] {
  const { db, retention, mode, holds, nowMs } = deps;
  const rows = db
    .prepare<[], Row>(
      `SELECT case_number AS caseNumber, id, head, unit_mode AS unitMode, hit, last_seen_ms AS lastSeenMs
       FROM case_detection JOIN detection_summary ON id = detection_id
       UNION
       SELECT case_number AS caseNumber, seen.id, head, unit_mode AS unitMode, hit, last_seen_ms AS lastSeenMs
       FROM hit_summary JOIN detection_summary AS seen ON seen.id = detection_id
       WHERE case_number IS NOT NULL
       ORDER BY last_seen_ms LIMIT ${maxRows}`,
    )
    .all();
  const cases = new Map<string, NearPurge & { firstMs: number }>();
  for (const { caseNumber, id, head, unitMode, hit, lastSeenMs } of rows) {
    const source = { head, mode: modeOfRecord(unitMode, mode) };
    const { maxDays } = spanOf(retention, hit === 1 ? 'hits' : 'reads', source);
    if (maxDays === null) continue;
    const purgeMs = lastSeenMs + maxDays * dayMs;
    if (purgeMs - nowMs > Math.min(warnDays, maxDays / 4) * dayMs) continue;
    const isHeld = holds.isHeld(id);
    const so = cases.get(caseNumber) ?? {
      caseNumber,
      detections: 0,
      held: 0,
      firstPurgeAt: null,
      daysLeft: null,
      firstMs: Number.POSITIVE_INFINITY,
    };
    so.detections += 1;
    if (isHeld) so.held += 1;
    else so.firstMs = Math.min(so.firstMs, purgeMs);
    cases.set(caseNumber, so);
  }
  return [...cases.values()]
    .sort((a, b) => a.firstMs - b.firstMs)
    .map(({ firstMs, ...warning }) =>
      Number.isFinite(firstMs)
        ? {
            ...warning,
            firstPurgeAt: isoTime(firstMs),
            daysLeft: Math.max(0, Math.floor((firstMs - nowMs) / dayMs)),
          }
        : warning,
    );
}
