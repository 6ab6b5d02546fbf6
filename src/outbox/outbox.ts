import { selectList } from '../platform/columns.ts';
import type { Database } from '../platform/database.ts';
import { about, refusedBy } from './tables.ts';

/** Order in which messages are sent: hit, audit, detection, image of a hit, other image (src/uplink/README.md). */
export const lanes = ['hit', 'audit', 'detection', 'hit-image', 'image'] as const;
export type Lane = (typeof lanes)[number];

/** A message for headquarters. */
export interface OutboxMessage {
  /** uuid v7; headquarters acknowledges by it and drops repeats. */
  id: string;
  lane: Lane;
  /** The topic after `lookout/v1/{agency}/{unit}/`. */
  topic: string;
  /** The message's body as JSON text; its envelope is added when it is sent. */
  json: string;
  /** For an image: the path of its JPEG, relative to the data folder. */
  file?: string;
}

/** The part of the outbox that other rooms write to, inside their own transactions. */
export interface OutboxWriter {
  /**
   * Adds a row. If its id is waiting already, the row is unchanged, but moves up if `lane` is more urgent (the image of
   * a detection that has become a hit).
   */
  add(message: OutboxMessage): void;
  /** Removes a row, sent or not: its image was shed. */
  remove(id: string): void;
  /** A row by its id; undefined if there is none. */
  find(id: string): WaitingMessage | undefined;
  /** Ids of the waiting messages about a detection: the detection, its hits and its images. */
  waitingAbout(detectionId: string): string[];
  /**
   * Calls `listener` with the ids that headquarters has acknowledged and the detections they were about, within the
   * transaction that removes them. A power cut can undo that transaction until the caller's next commit.
   */
  onAcknowledged(
    listener: (ids: readonly string[], detectionIds: ReadonlySet<string>) => void,
  ): void;
}

/** A waiting row. */
export interface WaitingMessage extends OutboxMessage {
  seq: number;
  createdAtMs: number;
}

/** Number of messages waiting in one lane. */
export interface LaneBacklog {
  waiting: number;
  oldestAgeS: number | null;
}

/** The whole outbox: only the uplink uses the reading side. */
export interface Outbox extends OutboxWriter {
  /** The oldest row of a lane after `seq` that headquarters has not refused; undefined if there is none. */
  nextAfter(lane: Lane, seq: number): WaitingMessage | undefined;
  /** Removes what headquarters has stored. One transaction for the batch; unknown ids are ignored. */
  acknowledged(ids: readonly string[]): void;
  /**
   * Sets aside messages that headquarters cannot process (for example of an older schema). They are kept, counted, and
   * tried again after `retryRefused`.
   */
  refused(ids: readonly string[]): void;
  /** Sets aside messages that the broker does not take. They are kept and counted, as refused ones are. */
  setAside(ids: readonly string[]): void;
  /** Makes messages that were set aside due again, of all lanes or one: the broker may take more now. */
  retrySetAside(lane?: Lane): void;
  /** Makes refused messages, and those set aside, due again: the daemon calls it when it starts. */
  retryRefused(): void;
  /** Calls `listener` after rows were added and committed. */
  onAdded(listener: () => void): void;
  /** `waiting` are neither refused by headquarters nor set aside for the broker. */
  status(): {
    waiting: number;
    refused: number;
    setAside: number;
    lanes: Record<Lane, LaneBacklog>;
  };
}

interface Row {
  seq: number;
  id: string;
  lane: number;
  topic: string;
  json: string;
  file: string | null;
  createdAtMs: number;
}

const columns = selectList([
  'seq',
  'id',
  'lane',
  'topic',
  'json',
  'file',
  'createdAtMs',
] satisfies (keyof Row)[]);

/**
 * The outbox on the records' own database, so that a record and its message are one commit. It holds nothing in memory:
 * 100,000 waiting rows only use disk.
 */
export function createOutbox(db: Database): Outbox {
  const insert = db.prepare(
    'INSERT INTO outbox (id, lane, topic, json, file, created_at_ms) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const byId = db.prepare<[string], Row>(`SELECT ${columns} FROM outbox WHERE id = ?`);
  const deleteById = db.prepare<[string], { about: string | null }>(
    `DELETE FROM outbox WHERE id = ? RETURNING ${about} AS about`,
  );
  const idsAbout = db.prepare<[string], string>(`SELECT id FROM outbox WHERE ${about} = ?`).pluck();
  const markById = db.prepare('UPDATE outbox SET refused = ? WHERE id = ?');
  const next = db.prepare<[number, number], Row>(
    `SELECT ${columns} FROM outbox WHERE refused = 0 AND lane = ? AND seq > ? ORDER BY seq LIMIT 1`,
  );
  const backlog = db.prepare<[number], { waiting: number }>(
    'SELECT rows AS waiting FROM backlog WHERE refused = 0 AND lane = ?',
  );
  const markedCount = db
    .prepare<[number], number>('SELECT coalesce(sum(rows), 0) FROM backlog WHERE refused = ?')
    .pluck();

  const acknowledgedListeners: Parameters<OutboxWriter['onAcknowledged']>[0][] = [];
  const addedListeners: (() => void)[] = [];
  let announcing = false;

  // Transactions are synchronous, so a microtask runs after the commit.
  const announce = () => {
    if (announcing) return;
    announcing = true;
    queueMicrotask(() => {
      announcing = false;
      for (const listener of addedListeners) listener();
    });
  };

  const removeAcknowledged = db.transaction((ids: readonly string[]) => {
    const detections = new Set<string>();
    for (const id of ids) {
      const detection = deleteById.get(id)?.about ?? null;
      if (detection !== null) detections.add(detection);
    }
    for (const listener of acknowledgedListeners) listener(ids, detections);
  });
  // If a power cut undoes an acknowledgement, the message is repeated and headquarters drops it, so each need not be
  // synced at once. The next record's sync covers it.
  const acknowledged = (ids: readonly string[]) => {
    db.pragma('synchronous = NORMAL');
    try {
      removeAcknowledged(ids);
    } finally {
      db.pragma('synchronous = FULL');
    }
  };
  const retry = db.prepare('UPDATE outbox SET refused = 0 WHERE refused >= ?');
  const retryLane = db.prepare('UPDATE outbox SET refused = 0 WHERE refused >= ? AND lane = ?');
  const mark = db.transaction((ids: readonly string[], why: number) => {
    for (const id of ids) markById.run(why, id);
  });

  return {
    add(message) {
      const lane = lanes.indexOf(message.lane);
      const waiting = byId.get(message.id);
      if (waiting && waiting.lane <= lane) return;
      // A row that moves up gets a new number, so that a reader past the old one still finds it.
      if (waiting) deleteById.get(message.id);
      const createdAtMs = waiting?.createdAtMs ?? Date.now();
      const { id, topic, json, file = null } = message;
      insert.run(id, lane, topic, json, file, createdAtMs);
      announce();
    },
    remove: (id) => void deleteById.get(id),
    waitingAbout: (detectionId) => idsAbout.all(detectionId),
    onAcknowledged: (listener) => void acknowledgedListeners.push(listener),
    onAdded: (listener) => void addedListeners.push(listener),
    nextAfter: (lane, seq) => messageOf(next.get(lanes.indexOf(lane), seq)),
    find: (id) => messageOf(byId.get(id)),
    acknowledged: (ids) => acknowledged(ids),
    refused: (ids) => mark(ids, refusedBy.headquarters),
    setAside: (ids) => mark(ids, refusedBy.broker),
    retrySetAside: (lane) =>
      void (lane === undefined
        ? retry.run(refusedBy.broker)
        : retryLane.run(refusedBy.broker, lanes.indexOf(lane))),
    retryRefused: () => void retry.run(refusedBy.headquarters),
    status() {
      const nowMs = Date.now();
      const laneOf = (lane: number): LaneBacklog => {
        const oldest = next.get(lane, 0);
        return {
          waiting: backlog.get(lane)?.waiting ?? 0,
          oldestAgeS: oldest ? Math.max(0, (nowMs - oldest.createdAtMs) / 1000) : null,
        };
      };
      const byLane = Object.fromEntries(lanes.map((lane, rank) => [lane, laneOf(rank)])) as Record<
        Lane,
        LaneBacklog
      >;
      return {
        waiting: Object.values(byLane).reduce((sum, lane) => sum + lane.waiting, 0),
        refused: markedCount.get(refusedBy.headquarters) ?? 0,
        setAside: markedCount.get(refusedBy.broker) ?? 0,
        lanes: byLane,
      };
    },
  };
}

function messageOf(row: Row | undefined): WaitingMessage | undefined {
  if (!row) return undefined;
  const { lane, file, ...rest } = row;
  const name = lanes[lane];
  if (!name) throw new Error(`outbox row ${row.seq} has an unknown lane ${lane}`);
  return { ...rest, lane: name, ...(file === null ? {} : { file }) };
}
