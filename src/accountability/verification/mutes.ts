import { uuidv7 } from 'uuidv7';
import { isListedAsRead } from '../../alerts/odds.ts';
import type { HitMatch } from '../../hotlist/hit-match.ts';
import type { Clock } from '../../platform/clock.ts';
import { isoTime } from '../../platform/clock.ts';
import { selectList } from '../../platform/columns.ts';
import type { Database } from '../../platform/database.ts';
import type { Hit } from '../../records/detection.ts';
import { isMisread } from './disposition.ts';
import { entryHash } from './entry-hash.ts';
import type { Likeness, SeenVehicle } from './seen-vehicle.ts';
import type { Outcome } from './step.ts';

/** A vehicle that no longer raises alerts. */
export interface Mute {
  id: string;
  list: string;
  entry: string;
  /** Null: every read that matches the entry. */
  plate: string | null;
  /** Null: until the entry changes. */
  until: string | null;
  outcome: Outcome;
  hitId: string;
  mutedAt: string;
  mutedBy: string;
}

interface Row {
  id: string;
  listId: string;
  entryId: string;
  entryHash: string;
  plate: string | null;
  untilMs: number | null;
  outcome: Outcome;
  hitId: string;
  mutedAtMs: number;
  mutedBy: string;
}

const columns = selectList([
  'id',
  'listId',
  'entryId',
  'entryHash',
  'plate',
  'untilMs',
  'outcome',
  'hitId',
  'mutedAtMs',
  'mutedBy',
] satisfies (keyof Row)[]);

/** One shift: how long a misread that equals the wanted plate is muted. */
const misreadMs = 12 * 3_600_000;

/**
 * Vehicles that a disposition muted until their entry changes.
 * - recovered, stale or bad entry, not wanted: every read that matches the entry; for a wildcard entry, that plate only.
 * - misread: that reading of the plate, unless the vehicle is the listed one or may be. If it equals the wanted plate, the wanted vehicle itself would read the same,
 *   so it is muted for one shift only. Where nothing counted as read: the plate that a person made out.
 */
export interface Mutes {
  /**
   * Whether this read of this entry raises no alert: one index look-up before alerting. `plate`: the likeliest text, where
   * none counts as read. A mute set after the vehicle was first seen does not withdraw the alert that the sighting has
   * raised.
   */
  isMuted(match: HitMatch, plate: string, firstSeenMs?: number): boolean;
  /**
   * Mutes the vehicle of a hit if its outcome requires that, where its alerts are raised; returns the mute, or null.
   * `likeness`: how the vehicle, as corrected, compares with the entry; `seen`: as a person made it out.
   */
  apply(
    hit: Hit,
    closed: { outcome: Outcome; likeness: Likeness; seen: SeenVehicle },
    mutedBy: string,
  ): Mute | null;
  /** Takes back what a disposition of this hit muted. */
  takeBack(hitId: string): void;
  list(): Mute[];
  /** False if there is no mute with this id. */
  lift(id: string): boolean;
}

export function createMutes(deps: {
  db: Database;
  clock: Clock;
  /** Default: `clock`. */
  believedClock?: Clock;
  /** Whether alerts are raised here; else the mute is the unit's, which takes the disposition. Default: they are. */
  raisesAlerts?: boolean;
}): Mutes {
  const { db, clock, believedClock = clock, raisesAlerts = true } = deps;
  const insert = db.prepare(
    `INSERT INTO verification_mute
       (id, list_id, entry_id, entry_hash, plate, until_ms, outcome, hit_id, muted_at_ms, muted_by)
     VALUES (@id, @listId, @entryId, @entryHash, @plate, @untilMs, @outcome, @hitId, @mutedAtMs, @mutedBy)`,
  );
  const ofEntry = db.prepare<[string, string], Row>(
    `SELECT ${columns} FROM verification_mute WHERE entry_id = ? AND list_id = ?`,
  );
  const all = db.prepare<[], Row>(
    `SELECT ${columns} FROM verification_mute ORDER BY muted_at_ms DESC`,
  );
  const lift = db.prepare('DELETE FROM verification_mute WHERE id = ?');
  const ofHit = db.prepare('DELETE FROM verification_mute WHERE hit_id = ?');
  const ended = db.prepare('DELETE FROM verification_mute WHERE until_ms <= ?');
  const outdated = db.prepare(
    'DELETE FROM verification_mute WHERE entry_id = ? AND list_id = ? AND entry_hash <> ?',
  );

  return {
    isMuted(match, plate, firstSeenMs = Number.POSITIVE_INFINITY) {
      const rows = ofEntry.all(match.entry.id, match.list.id);
      if (rows.length === 0) return false;
      const nowMs = clock();
      const hash = entryHash(match.entry);
      return rows.some(
        (row) =>
          row.entryHash === hash &&
          row.mutedAtMs <= firstSeenMs &&
          (row.plate === null || row.plate === plate) &&
          (row.untilMs === null || row.untilMs > nowMs),
      );
    },
    takeBack: (hitId) => void ofHit.run(hitId),
    apply(hit, { outcome, likeness, seen }, mutedBy) {
      const { tier, list, entry } = hit.match;
      const wasMisread = isMisread(outcome);
      const isOver =
        outcome === 'recovered' ||
        outcome === 'stale_entry' ||
        outcome === 'bad_entry' ||
        outcome === 'not_wanted';
      if (wasMisread ? likeness !== 'other' : !isOver) return null;
      const plate = wasMisread || tier === 'partial' ? readingOf(hit, seen) : null;
      if (plate === undefined) return null;
      const nowMs = Math.floor(clock());
      const readsEqual = wasMisread && (isListedAsRead(hit) || outcome === 'misread_state');
      const row: Row = {
        id: uuidv7(),
        listId: list.id,
        entryId: entry.id,
        entryHash: entryHash(entry),
        plate,
        untilMs: readsEqual ? nowMs + misreadMs : null,
        outcome,
        hitId: hit.id,
        mutedAtMs: nowMs,
        mutedBy,
      };
      if (!raisesAlerts) return muteOf(row);
      // Remove mutes of earlier versions of the entry and expired ones.
      outdated.run(entry.id, list.id, row.entryHash);
      ended.run(Math.floor(Math.min(nowMs, believedClock())));
      insert.run(row);
      return muteOf(row);
    },
    list: () => all.all().map(muteOf),
    lift: (id) => lift.run(id).changes > 0,
  };
}

/**
 * The reading that a mute silences: of a plate that did not count as read the one that a person made out whole; undefined
 * if nobody did.
 */
function readingOf(hit: Hit, seen: SeenVehicle): string | undefined {
  if (hit.unread !== true) return hit.read.plate;
  return seen.plate === null || seen.plate.includes('?') ? undefined : seen.plate;
}

function muteOf(row: Row): Mute {
  const { id, plate, outcome, hitId, mutedBy } = row;
  return {
    id,
    list: row.listId,
    entry: row.entryId,
    plate,
    until: row.untilMs === null ? null : isoTime(row.untilMs),
    outcome,
    hitId,
    mutedAt: isoTime(row.mutedAtMs),
    mutedBy,
  };
}
