import type { Migration } from '../../platform/database.ts';

/**
 * The steps of hits. They are deleted with their hit; its outcome stays for the figures, without a plate. There is no
 * column for the text of a CLETS response, and none may be added (VER-4, HOT-9).
 */
export const verificationMigrations: readonly Migration[] = [
  {
    id: 'verification-1-steps',
    sql: `
      CREATE TABLE verification_step (
        -- Of headquarters' message, or made here: a repeat changes nothing.
        id TEXT PRIMARY KEY,
        hitId TEXT NOT NULL REFERENCES hit (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        -- When it happened, as stated; the steps of a hit count in this order, however late they arrive.
        atMs INTEGER NOT NULL,
        recordedAtMs INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX verification_step_hit ON verification_step (hitId, atMs);
      CREATE INDEX verification_step_disposed ON verification_step (hitId) WHERE kind = 'disposition';

      CREATE TABLE verification_outcome (
        hitId TEXT PRIMARY KEY,
        atMs INTEGER NOT NULL,
        listId TEXT NOT NULL,
        tier TEXT NOT NULL,
        head TEXT NOT NULL,
        outcome TEXT NOT NULL,
        judged TEXT NOT NULL
      ) STRICT;
      CREATE INDEX verification_outcome_at ON verification_outcome (atMs);

      CREATE TABLE verification_mute (
        id TEXT PRIMARY KEY,
        listId TEXT NOT NULL,
        entryId TEXT NOT NULL,
        -- Of the entry as it was; another one ends the mute.
        entryHash TEXT NOT NULL,
        -- Only reads of this plate; NULL: whatever matches the entry.
        plate TEXT,
        untilMs INTEGER,
        outcome TEXT NOT NULL,
        hitId TEXT NOT NULL,
        mutedAtMs INTEGER NOT NULL,
        mutedBy TEXT NOT NULL
      ) STRICT;
      CREATE INDEX verification_mute_entry ON verification_mute (entryId, listId);

      CREATE TABLE verification_elsewhere (
        hitId TEXT PRIMARY KEY,
        atMs INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;

      CREATE TABLE error_report (
        id TEXT PRIMARY KEY,
        atMs INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX error_report_at ON error_report (atMs);
    `,
  },
  {
    // Open hits are queried often, among years of hits. Withdrawn and repeated hits need no disposition.
    id: 'verification-2-open',
    sql: `
      CREATE TABLE verification_open (
        hitId TEXT PRIMARY KEY REFERENCES hit (id) ON DELETE CASCADE,
        changedAtMs INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX verification_open_changed ON verification_open (changedAtMs);
      INSERT INTO verification_open SELECT id, changedAtMs FROM hit_summary AS hit
        WHERE state <> 'withdrawn' AND repeatOf IS NULL AND NOT EXISTS
          (SELECT 1 FROM verification_step WHERE hitId = hit.id AND kind = 'disposition');
      CREATE TRIGGER verification_open_add AFTER INSERT ON hit
        WHEN new.state <> 'withdrawn' AND new.body ->> '$.repeatOf' IS NULL BEGIN
        INSERT INTO verification_open VALUES (new.id, new.changedAtMs);
      END;
      CREATE TRIGGER verification_open_change AFTER UPDATE ON hit BEGIN
        DELETE FROM verification_open WHERE hitId = new.id;
        INSERT INTO verification_open SELECT new.id, new.changedAtMs
          WHERE new.state <> 'withdrawn' AND new.body ->> '$.repeatOf' IS NULL AND NOT EXISTS
            (SELECT 1 FROM verification_step WHERE hitId = new.id AND kind = 'disposition');
      END;
      CREATE TRIGGER verification_open_close AFTER INSERT ON verification_step
        WHEN new.kind = 'disposition' BEGIN
        DELETE FROM verification_open WHERE hitId = new.hitId;
      END;
    `,
  },
  {
    id: 'verification-3-column-names',
    sql: `
      ALTER TABLE verification_step RENAME COLUMN hitId TO hit_id;
      ALTER TABLE verification_step RENAME COLUMN atMs TO at_ms;
      ALTER TABLE verification_step RENAME COLUMN recordedAtMs TO recorded_at_ms;
      ALTER TABLE verification_outcome RENAME COLUMN hitId TO hit_id;
      ALTER TABLE verification_outcome RENAME COLUMN atMs TO at_ms;
      ALTER TABLE verification_outcome RENAME COLUMN listId TO list_id;
      ALTER TABLE verification_mute RENAME COLUMN listId TO list_id;
      ALTER TABLE verification_mute RENAME COLUMN entryId TO entry_id;
      ALTER TABLE verification_mute RENAME COLUMN entryHash TO entry_hash;
      ALTER TABLE verification_mute RENAME COLUMN untilMs TO until_ms;
      ALTER TABLE verification_mute RENAME COLUMN hitId TO hit_id;
      ALTER TABLE verification_mute RENAME COLUMN mutedAtMs TO muted_at_ms;
      ALTER TABLE verification_mute RENAME COLUMN mutedBy TO muted_by;
      ALTER TABLE verification_elsewhere RENAME COLUMN hitId TO hit_id;
      ALTER TABLE verification_elsewhere RENAME COLUMN atMs TO at_ms;
      ALTER TABLE error_report RENAME COLUMN atMs TO at_ms;
      ALTER TABLE verification_open RENAME COLUMN hitId TO hit_id;
      ALTER TABLE verification_open RENAME COLUMN changedAtMs TO changed_at_ms;
    `,
  },
];

/**
 * Open hits are those without a disposition, or with a step after it that opened them again. `misread`: the plate or the
 * state was read with an error, whatever the outcome.
 */
export const verificationStandingMigrations: readonly Migration[] = [
  {
    id: 'verification-4-reopened',
    // An older release takes a hit that was opened again for closed, and counts no misread of a right alert.
    olderMayUse: true,
    sql: `
      ALTER TABLE verification_outcome ADD COLUMN misread INTEGER NOT NULL DEFAULT 0;
      UPDATE verification_outcome SET misread = 1 WHERE outcome IN ('misread_characters', 'misread_state');
      CREATE VIEW verification_closed AS SELECT hit_id FROM verification_step AS step WHERE kind = 'disposition'
        AND NOT EXISTS (SELECT 1 FROM verification_step AS later WHERE later.hit_id = step.hit_id
          AND later.kind = 'reopened' AND later.rowid > step.rowid);
      DROP TRIGGER verification_open_change;
      CREATE TRIGGER verification_open_change AFTER UPDATE ON hit BEGIN
        DELETE FROM verification_open WHERE hit_id = new.id;
        INSERT INTO verification_open SELECT new.id, new.changed_at_ms
          WHERE new.state <> 'withdrawn' AND new.body ->> '$.repeatOf' IS NULL AND NOT EXISTS
            (SELECT 1 FROM verification_closed WHERE hit_id = new.id);
      END;
      CREATE TRIGGER verification_open_again AFTER INSERT ON verification_step
        WHEN new.kind = 'reopened' BEGIN
        INSERT OR REPLACE INTO verification_open SELECT id, changed_at_ms FROM hit_summary
          WHERE id = new.hit_id AND state <> 'withdrawn' AND repeat_of IS NULL;
      END;
    `,
  },
];

/** Errors of the reader and the lists outlive the hits that they were found in, without picture, place and free text. */
export const dataErrorMigrations: readonly Migration[] = [
  {
    id: 'verification-6-data-errors',
    // An older release does not look at them; the trigger goes on.
    olderMayUse: true,
    sql: `
      CREATE TABLE data_error (
        hit_id TEXT PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        head TEXT NOT NULL,
        list_name TEXT NOT NULL,
        entry_id TEXT NOT NULL,
        -- As in the step: what was read and what is right, JSON or null; and who found it.
        correction TEXT,
        found_by TEXT NOT NULL
      ) STRICT;
      CREATE INDEX data_error_at ON data_error (at_ms);
      -- Before the steps go with the hit.
      CREATE TRIGGER data_error_keep BEFORE DELETE ON hit BEGIN
        INSERT OR REPLACE INTO data_error
          SELECT old.id, at_ms, body ->> '$.outcome', old.body ->> '$.head', old.body ->> '$.match.list.name',
            old.body ->> '$.match.entry.id', body -> '$.correction', body -> '$.by'
          FROM verification_error WHERE hit_id = old.id;
      END;
      -- The dispositions that count and found an error.
      CREATE VIEW verification_error AS SELECT hit_id, at_ms, body FROM verification_step AS step
        WHERE kind = 'disposition'
        AND (body ->> '$.correction' IS NOT NULL OR body ->> '$.outcome' IN
          ('misread_characters', 'misread_state', 'stale_entry', 'bad_entry'))
        AND NOT EXISTS (SELECT 1 FROM verification_step AS later WHERE later.hit_id = step.hit_id
          AND later.kind IN ('disposition', 'reopened') AND later.rowid > step.rowid);
    `,
  },
];

/** Which alerts people have seen, on whichever screen. */
export const seenMigrations: readonly Migration[] = [
  {
    id: 'verification-7-seen',
    // An older release keeps on each screen what was seen there.
    olderMayUse: true,
    sql: `
      CREATE TABLE hit_seen (
        hit_id TEXT PRIMARY KEY REFERENCES hit (id) ON DELETE CASCADE,
        -- Of the hit: a later one is news.
        hit_revision INTEGER NOT NULL,
        -- Of the card: ms since the epoch of its last news.
        revision INTEGER NOT NULL,
        -- NULL while nobody has seen the last news.
        seen_by TEXT,
        seen_at_ms INTEGER
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

/** Steps that were made at another place, and an order of steps that is the same at each. */
export const exchangedStepsMigrations: readonly Migration[] = [
  {
    id: 'verification-8-exchanged',
    // An older release adds none of these, and goes by the order in which steps are stored.
    olderMayUse: true,
    sql: `
      -- Where it stands among the steps of its hit, if not by at_ms.
      ALTER TABLE verification_step ADD COLUMN order_ms INTEGER;
      -- When it came from another place; NULL: it was made here.
      ALTER TABLE verification_step ADD COLUMN taken_at_ms INTEGER;
      -- How a hit was closed and opened again went by the order of storing: it stays as it is.
      UPDATE verification_step SET order_ms = stored.order_ms FROM (
        SELECT id, max(at_ms - place) OVER (PARTITION BY hit_id ORDER BY place) + place AS order_ms FROM (
          SELECT id, hit_id, at_ms, row_number() OVER (PARTITION BY hit_id ORDER BY rowid) AS place
          FROM verification_step WHERE kind IN ('disposition', 'reopened'))) AS stored
        WHERE stored.id = verification_step.id AND stored.order_ms <> at_ms;
      DROP INDEX verification_step_disposed_at;
      CREATE INDEX verification_step_disposed_at
        ON verification_step (coalesce(taken_at_ms, recorded_at_ms)) WHERE kind = 'disposition';

      DROP VIEW verification_closed;
      CREATE VIEW verification_closed AS SELECT hit_id FROM verification_step AS step WHERE kind = 'disposition'
        AND NOT EXISTS (SELECT 1 FROM verification_step AS later
          WHERE later.hit_id = step.hit_id AND later.kind = 'reopened'
          AND (coalesce(later.order_ms, later.at_ms), later.recorded_at_ms, later.id)
            > (coalesce(step.order_ms, step.at_ms), step.recorded_at_ms, step.id));
      DROP VIEW verification_error;
      CREATE VIEW verification_error AS SELECT hit_id, at_ms, body FROM verification_step AS step
        WHERE kind = 'disposition'
        AND (body ->> '$.correction' IS NOT NULL OR body ->> '$.outcome' IN
          ('misread_characters', 'misread_state', 'stale_entry', 'bad_entry'))
        AND NOT EXISTS (SELECT 1 FROM verification_step AS later
          WHERE later.hit_id = step.hit_id AND later.kind IN ('disposition', 'reopened')
          AND (coalesce(later.order_ms, later.at_ms), later.recorded_at_ms, later.id)
            > (coalesce(step.order_ms, step.at_ms), step.recorded_at_ms, step.id));

      DROP TRIGGER verification_open_close;
      DROP TRIGGER verification_open_again;
      -- A step of another place may come after one that counts more.
      CREATE TRIGGER verification_open_stepped AFTER INSERT ON verification_step
        WHEN new.kind IN ('disposition', 'reopened') BEGIN
        DELETE FROM verification_open WHERE hit_id = new.hit_id;
        INSERT INTO verification_open SELECT id, changed_at_ms FROM hit_summary
          WHERE id = new.hit_id AND state <> 'withdrawn' AND repeat_of IS NULL
          AND NOT EXISTS (SELECT 1 FROM verification_closed WHERE hit_id = new.hit_id);
      END;
    `,
  },
];

/** After the names of records' columns: what became of the reports of employees. */
export const reportMigrations: readonly Migration[] = [
  {
    id: 'verification-5-report-state',
    // An older release shows no state, and its reports get theirs by the trigger.
    olderMayUse: true,
    sql: `
      CREATE TABLE report_state (
        -- What people name a report by.
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        report TEXT NOT NULL UNIQUE REFERENCES error_report (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        reporter TEXT,
        -- The account that a violation is reported of, where the reporter names one.
        about TEXT,
        state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'taken', 'closed')),
        closed_at_ms INTEGER
      ) STRICT;
      INSERT INTO report_state (report, kind, reporter)
        SELECT id, body ->> '$.kind', body ->> '$.by.account' FROM error_report
        WHERE body ->> '$.kind' <> 'command' ORDER BY at_ms, id;
      CREATE TRIGGER report_state_add AFTER INSERT ON error_report
        WHEN new.body ->> '$.kind' <> 'command' BEGIN
        INSERT INTO report_state (report, kind, reporter)
          VALUES (new.id, new.body ->> '$.kind', new.body ->> '$.by.account');
      END;
      CREATE INDEX report_state_open ON report_state (state);
      CREATE INDEX report_state_reporter ON report_state (reporter);
      CREATE TABLE report_step (
        report INTEGER NOT NULL REFERENCES report_state (number) ON DELETE CASCADE,
        at_ms INTEGER NOT NULL,
        -- read, taken, answered or closed
        kind TEXT NOT NULL,
        account TEXT NOT NULL,
        name TEXT NOT NULL,
        outcome TEXT,
        text TEXT
      ) STRICT;
      CREATE INDEX report_step_report ON report_step (report, at_ms);
      -- Dispositions are looked through for the notices of those who entered the vehicle.
      CREATE INDEX verification_step_disposed_at ON verification_step (recorded_at_ms)
        WHERE kind = 'disposition';
    `,
  },
];
