import type { Database } from '../../platform/database.ts';
import type { Hit } from '../../records/detection.ts';

/** Who has seen an alert, on whichever screen, and when. */
export interface Seen {
  /** The person, in words. */
  by: string;
  atMs: number;
}

/** An alert as the screens have it: its version, and who has seen that version. */
export interface SeenState {
  /** Ms since the epoch of the last news; it grows with each, also over restarts. */
  revision: number;
  seen: Seen | null;
}

/**
 * Which alerts were seen. A card shows all hits of a vehicle, so all of them are marked together. What is marked goes
 * with its hit.
 */
export interface SeenAlerts {
  /**
   * A hit as it was seen last. It counts as unseen again if it was changed since and `follow` did not say that this is no
   * news: after a power cut an alert is rather shown once more.
   */
  of(hit: Hit): SeenState;
  /** Marks the hits of a card as seen, or (null) as not seen; a hit that is not on the disk is passed over. */
  mark(hits: readonly Hit[], state: SeenState): void;
  /** Says that a change of these hits is no news: what was seen stays so. */
  follow(hits: readonly Hit[]): void;
  /** Lets a vehicle's alert be seen again: there is news of one of its hits. */
  renew(hit: Hit, nowMs: number): void;
}

interface Row {
  hitRevision: number;
  revision: number;
  seenBy: string | null;
  seenAtMs: number | null;
}

/** Needs a database with `seenMigrations`. */
export function createSeenAlerts(db: Database): SeenAlerts {
  const select = db.prepare<[string], Row>(
    `SELECT hit_revision AS hitRevision, revision, seen_by AS seenBy, seen_at_ms AS seenAtMs FROM hit_seen
     WHERE hit_id = ?`,
  );
  const upsert = db.prepare(
    `INSERT INTO hit_seen (hit_id, hit_revision, revision, seen_by, seen_at_ms)
     SELECT id, @hitRevision, @revision, @by, @atMs FROM hit_summary WHERE id = @id
     ON CONFLICT (hit_id) DO UPDATE SET hit_revision = excluded.hit_revision, revision = excluded.revision,
       seen_by = excluded.seen_by, seen_at_ms = excluded.seen_at_ms`,
  );
  const follow = db.prepare(
    'UPDATE hit_seen SET hit_revision = @revision WHERE hit_id = @id AND hit_revision < @revision',
  );
  const forget = db.prepare(
    `UPDATE hit_seen SET seen_by = NULL, seen_at_ms = NULL WHERE hit_id IN
       (SELECT id FROM hit_summary WHERE detection_id = ?)`,
  );

  return {
    of(hit) {
      const changedMs = Date.parse(hit.changedAt);
      const row = select.get(hit.id);
      if (row === undefined) return { revision: changedMs, seen: null };
      const { hitRevision, revision, seenBy, seenAtMs } = row;
      if (hit.revision > hitRevision) {
        return { revision: Math.max(changedMs, revision + 1), seen: null };
      }
      const seen = seenBy === null ? null : { by: seenBy, atMs: seenAtMs ?? 0 };
      return { revision, seen };
    },
    mark(hits, { revision, seen }) {
      db.transaction(() => {
        for (const { id, revision: hitRevision } of hits) {
          const { by, atMs } = seen ?? { by: null, atMs: null };
          upsert.run({
            id,
            hitRevision,
            revision,
            by,
            atMs: atMs === null ? null : Math.floor(atMs),
          });
        }
      }).immediate();
    },
    follow(hits) {
      for (const { id, revision } of hits) follow.run({ id, revision });
    },
    renew(hit, nowMs) {
      const { id, revision: hitRevision, detectionId, changedAt } = hit;
      const last = Math.max(select.get(id)?.revision ?? 0, Date.parse(changedAt));
      const revision = Math.max(last + 1, Math.floor(nowMs));
      forget.run(detectionId);
      upsert.run({ id, hitRevision, revision, by: null, atMs: null });
    },
  };
}
