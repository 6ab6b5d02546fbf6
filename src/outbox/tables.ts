import type { Migration } from '../platform/database.ts';

/**
 * SQL: the detection that a message is about; null for other messages. Index `outbox_about` needs exactly this text.
 */
export const about =
  "CASE topic WHEN 'detection' THEN json ->> '$.id' ELSE json ->> '$.detectionId' END";

/** Values of the column `refused`; 0 for a message that waits. */
export const refusedBy = { headquarters: 1, broker: 2 } as const;

/** Messages for headquarters, in `lookout.db` beside the records, and the number waiting in each lane. */
export const outboxMigrations: readonly Migration[] = [
  {
    id: 'uplink-1-outbox',
    sql: `
      CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        lane INTEGER NOT NULL,
        topic TEXT NOT NULL,
        json TEXT NOT NULL,
        file TEXT,
        createdAtMs INTEGER NOT NULL,
        refused INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX outbox_lane ON outbox (lane, seq) WHERE refused = 0;
    `,
  },
  {
    // Counting 100,000 rows for each status would block the event loop.
    id: 'uplink-2-backlog',
    sql: `
      CREATE TABLE backlog (
        lane INTEGER NOT NULL, refused INTEGER NOT NULL, rows INTEGER NOT NULL,
        PRIMARY KEY (lane, refused)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO backlog SELECT lane, refused, count(*) FROM outbox GROUP BY lane, refused;
      CREATE TRIGGER backlog_add AFTER INSERT ON outbox BEGIN
        INSERT INTO backlog VALUES (new.lane, new.refused, 1)
          ON CONFLICT DO UPDATE SET rows = rows + 1;
      END;
      CREATE TRIGGER backlog_remove AFTER DELETE ON outbox BEGIN
        UPDATE backlog SET rows = rows - 1 WHERE lane = old.lane AND refused = old.refused;
      END;
      CREATE TRIGGER backlog_move AFTER UPDATE OF refused ON outbox WHEN old.refused <> new.refused BEGIN
        UPDATE backlog SET rows = rows - 1 WHERE lane = old.lane AND refused = old.refused;
        INSERT INTO backlog VALUES (new.lane, new.refused, 1)
          ON CONFLICT DO UPDATE SET rows = rows + 1;
      END;
    `,
  },
  { id: 'uplink-3-about', sql: `CREATE INDEX outbox_about ON outbox (${about})` },
  {
    id: 'uplink-4-column-names',
    sql: 'ALTER TABLE outbox RENAME COLUMN createdAtMs TO created_at_ms;',
  },
];
