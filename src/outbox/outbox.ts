import type { Database } from '../platform/database.ts';
import { about } from './tables.ts';

/** Order in which waiting messages leave: hit, audit, detection, image of a hit, other image (src/uplink/README.md). */
export const lanes = ['hit', 'audit', 'detection', 'hit-image', 'image'] as const;
export type Lane = (typeof lanes)[number];

/** A message for headquarters. */
export interface OutboxMessage {
  /** uuid v7, made once; headquarters acknowledges and drops repeats by it. */
  id: string;
  lane: Lane;
  /** What follows `lookout/v1/{agency}/{unit}/`. */
  topic: string;
  /** The message's own body as JSON text; the envelope is put around it when it leaves. */
  json: string;
  /** For an image: the path of its JPEG, relative to the data folder. */
  file?: string;
}

/** The part of the outbox that records writes to. All of it runs inside the caller's transaction. */
export interface OutboxWriter {
  /**
   * Adds a row. An id that already waits stays as it is, but moves up when `lane` is a more urgent one
   * (the image of a detection that has become a hit).
   */
  add(message: OutboxMessage): void;
  /** Takes a row back, unsent or not: its image was shed. */
  remove(id: string): void;
  /** Ids of the messages about a detection that still wait: the detection, its hits and its images. */
  waitingAbout(detectionId: string): string[];
  /**
   * Calls `listener` with the ids that headquarters has acknowledged and the detections they were about, within the
   * transaction that removes them. A power cut may take that transaction back until the next commit of the caller's
   * own.
   */
  onAcknowledged(
    listener: (ids: readonly string[], detectionIds: ReadonlySet<string>) => void,
  ): void;
}

/** A row that waits. */
export interface WaitingMessage extends OutboxMessage {
  seq: number;
  createdAtMs: number;
}

/** How much waits in one lane. */
export interface LaneBacklog {
  waiting: number;
  oldestAgeS: number | null;
}

/** The whole outbox: the reading side belongs to the uplink. */
export interface Outbox extends OutboxWriter {
  /** The oldest row of a lane after `seq` that headquarters has not refused; undefined when there is none. */
  nextAfter(lane: Lane, seq: number): WaitingMessage | undefined;
  /** A row by its id; undefined when it is gone. */
  find(id: string): WaitingMessage | undefined;
  /** Removes what headquarters has stored. One transaction for the batch; unknown ids are no error. */
  acknowledged(ids: readonly string[]): void;
  /**
   * Sets aside messages that headquarters cannot take (an older schema, say). They stay, are counted, and are
   * tried again after `retryRefused`.
   */
  refused(ids: readonly string[]): void;
  /** What was refused goes again: the daemon calls it when it starts. */
  retryRefused(): void;
  /** Calls `listener` after rows were added and committed. */
  onAdded(listener: () => void): void;
  status(): { waiting: number; refused: number; lanes: Record<Lane, LaneBacklog> };
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

/**
 * The outbox on the records' own database, so that a record and its message are one commit. Nothing of it is
 * held in memory: 100,000 waiting rows cost disk alone.
 */
export function createOutbox(db: Database): Outbox {
  const insert = db.prepare(
    'INSERT INTO outbox (id, lane, topic, json, file, createdAtMs) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const byId = db.prepare<[string], Row>('SELECT * FROM outbox WHERE id = ?');
  const deleteById = db.prepare<[string], { about: string | null }>(
    `DELETE FROM outbox WHERE id = ? RETURNING ${about} AS about`,
  );
  const idsAbout = db.prepare<[string], string>(`SELECT id FROM outbox WHERE ${about} = ?`).pluck();
  const refuseById = db.prepare('UPDATE outbox SET refused = 1 WHERE id = ?');
  const next = db.prepare<[number, number], Row>(
    'SELECT * FROM outbox WHERE refused = 0 AND lane = ? AND seq > ? ORDER BY seq LIMIT 1',
  );
  const backlog = db.prepare<[number], { waiting: number }>(
    'SELECT rows AS waiting FROM backlog WHERE refused = 0 AND lane = ?',
  );
  const refusedCount = db
    .prepare('SELECT coalesce(sum(rows), 0) FROM backlog WHERE refused = 1')
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
  // An acknowledgement that a power cut takes back costs a repeat, which headquarters drops: no need to hold up
  // the event loop until each is on the disk. It is there with the next record at the latest.
  const acknowledged = (ids: readonly string[]) => {
    db.pragma('synchronous = NORMAL');
    try {
      removeAcknowledged(ids);
    } finally {
      db.pragma('synchronous = FULL');
    }
  };
  const retry = db.prepare('UPDATE outbox SET refused = 0 WHERE refused = 1');
  const refused = db.transaction((ids: readonly string[]) => {
    for (const id of ids) refuseById.run(id);
  });

  return {
    add(message) {
      const lane = lanes.indexOf(message.lane);
      const waiting = byId.get(message.id);
      if (waiting && waiting.lane <= lane) return;
      // A row that moves up gets a new place, so that a reader past the old one still meets it.
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
    refused: (ids) => refused(ids),
    retryRefused: () => void retry.run(),
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
        refused: Number(refusedCount.get()),
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
