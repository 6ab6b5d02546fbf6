import { type ConnectionEnd, sessionTakenOver } from './connection-end.ts';

/** How long another client of this id remains a problem: the two throw each other out by turns. */
const shownMs = 600_000;
/** This many connections in a row that the broker ended within this time, though idle, show another client. */
const shortEndsOfRival = 3;
const shortMs = 30_000;

/**
 * Notices another client that uses this client's id, by how connections end: two clients with one id throw each other out
 * by turns; MQTT 3.1.1 and mosquitto before 2.0.12 do not say so.
 */
export function createRivalWatch(clientId: string) {
  let rival: string | null = null;
  let seenAtMs = 0;
  /** Connections in a row that the broker ended early although it owed nothing. */
  let shortEnds = 0;
  return {
    /** A connection ended that was up. `isOwing`: the broker had something to answer. */
    ended(end: ConnectionEnd & { isOwing: boolean; lastedMs: number }): void {
      const isTakenOver = end.reason === sessionTakenOver;
      const isShort = end.by === 'broker' && !end.isOwing && end.lastedMs < shortMs;
      shortEnds = isShort ? shortEnds + 1 : 0;
      if (!isTakenOver && shortEnds < shortEndsOfRival) return;
      seenAtMs = performance.now();
      rival = isTakenOver
        ? `session taken over by another client with this unit's id (${clientId}). Give each unit a unit.id of its own.`
        : `session probably taken over by another client with this unit's id (${clientId}): the broker ends each connection after a short time.`;
    },
    /** A connection did not come about. */
    failed(): void {
      shortEnds = 0;
    },
    /** That there is one, and what to do; null if there is none. */
    problem(): string | null {
      if (performance.now() - seenAtMs > shownMs) rival = null;
      return rival;
    },
  };
}
