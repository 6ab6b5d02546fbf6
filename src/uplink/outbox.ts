/** Order in which waiting messages leave: hit, audit, detection, image of a hit, other image (design.md, uplink). */
export type Lane = 'hit' | 'audit' | 'detection' | 'hit-image' | 'image';

/** A message for headquarters. */
export interface OutboxMessage {
  /** uuid v7, made once; headquarters acknowledges and drops repeats by it. */
  id: string;
  lane: Lane;
  /** What follows `lookout/v1/{agency}/{unit}/`. */
  topic: string;
  /** JSON text; for an image the path of its file, relative to the data folder. */
  body: { json: string } | { file: string };
}

/** The part of the outbox that records writes to, inside its own transaction. */
export interface OutboxWriter {
  /** Adds a row on the database that it shares with its caller; call it within the caller's transaction. */
  add(message: OutboxMessage): void;
}
