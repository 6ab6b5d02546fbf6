import type { Migration } from '../platform/database.ts';

/** In `lookout.db`: which detections the archive does not have as they are now. Filled only while there is a row in `archive_follow`. */
export const archiveMigrations: readonly Migration[] = [
  {
    id: 'archive-1-follow',
    // An older release goes on: the triggers note what it changes, and the next one copies it.
    olderMayUse: true,
    sql: `
      -- One row while headquarters has an archive.
      CREATE TABLE archive_follow (
        -- Of this database and its archive: another's archive is not written to.
        source TEXT NOT NULL,
        -- Number of the last change.
        changes INTEGER NOT NULL DEFAULT 0,
        -- Up to which change the archive is known to have all, and up to which one is on its way.
        copied INTEGER NOT NULL DEFAULT 0,
        sending INTEGER NOT NULL DEFAULT 0,
        -- Detections that were there before: up to which id they are in archive_change; NULL once all are.
        filled_to TEXT DEFAULT '',
        fill_end TEXT,
        -- The archive cannot be used until a person has seen to it.
        refused INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE TABLE archive_change (
        detection_id TEXT PRIMARY KEY,
        change INTEGER NOT NULL,
        at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX archive_change_order ON archive_change (change);
      CREATE VIEW archive_next (change, at_ms) AS
        SELECT changes, CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM archive_follow;
      CREATE TRIGGER archive_detection_add AFTER INSERT ON detection WHEN EXISTS (SELECT 1 FROM archive_follow) BEGIN
        ${note('new.id')}
      END;
      CREATE TRIGGER archive_detection_change AFTER UPDATE ON detection WHEN EXISTS (SELECT 1 FROM archive_follow) BEGIN
        ${note('new.id')}
      END;
      CREATE TRIGGER archive_detection_remove AFTER DELETE ON detection WHEN EXISTS (SELECT 1 FROM archive_follow) BEGIN
        ${note('old.id')}
      END;
      CREATE TRIGGER archive_hit_add AFTER INSERT ON hit WHEN EXISTS (SELECT 1 FROM archive_follow) BEGIN
        ${note('new.detection_id')}
      END;
      CREATE TRIGGER archive_hit_change AFTER UPDATE ON hit WHEN EXISTS (SELECT 1 FROM archive_follow) BEGIN
        ${note('new.detection_id')}
      END;
      CREATE TRIGGER archive_hit_remove AFTER DELETE ON hit WHEN EXISTS (SELECT 1 FROM archive_follow) BEGIN
        ${note('old.detection_id')}
      END;
      CREATE TRIGGER archive_image_add AFTER INSERT ON image WHEN EXISTS (SELECT 1 FROM archive_follow) BEGIN
        ${note('new.detection_id')}
      END;
      CREATE TRIGGER archive_image_change AFTER UPDATE OF ref, current, shed_at_ms ON image WHEN EXISTS (SELECT 1 FROM archive_follow) BEGIN
        ${note('new.detection_id')}
      END;
      CREATE TRIGGER archive_image_remove AFTER DELETE ON image WHEN EXISTS (SELECT 1 FROM archive_follow) BEGIN
        ${note('old.detection_id')}
      END;
    `,
  },
];

/** Notes in a trigger that the archive does not have this detection as it is now. */
function note(id: 'new.id' | 'old.id' | 'new.detection_id' | 'old.detection_id'): string {
  return `UPDATE archive_follow SET changes = changes + 1;
    INSERT INTO archive_change (detection_id, change, at_ms)
      SELECT ${id}, change, at_ms FROM archive_next WHERE true
      ON CONFLICT (detection_id) DO UPDATE SET change = excluded.change;`;
}
