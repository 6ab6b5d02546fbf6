import {
  type Lane,
  lanes,
  type Outbox,
  type OutboxMessage,
  type WaitingMessage,
} from '../../../src/outbox/outbox.ts';

/**
 * The outbox of a simulated unit: in memory, because ten thousand disks are not what is measured. `onStored` gets each
 * message that headquarters has acknowledged.
 */
export function createMemoryOutbox(onStored: (message: WaitingMessage) => void): Outbox {
  const rows = new Map<string, WaitingMessage>();
  /** Oldest first; those that are no longer in `rows` go when they are the oldest. */
  const order = new Map<Lane, WaitingMessage[]>(lanes.map((lane) => [lane, []]));
  const aside = new Set<string>();
  const listeners: (() => void)[] = [];
  let seq = 0;
  let isTelling = false;

  const tell = (): void => {
    if (isTelling) return;
    isTelling = true;
    queueMicrotask(() => {
      isTelling = false;
      for (const listener of listeners) listener();
    });
  };
  const waitingOf = (lane: Lane): WaitingMessage[] =>
    (order.get(lane) ?? []).filter(({ id }) => rows.has(id) && !aside.has(id));
  const putAside = (ids: readonly string[]): void => {
    for (const id of ids) aside.add(id);
  };

  return {
    add(message: OutboxMessage) {
      if (rows.has(message.id)) return;
      seq += 1;
      const row = { ...message, seq, createdAtMs: Date.now() };
      rows.set(row.id, row);
      order.get(row.lane)?.push(row);
      tell();
    },
    remove: (id) => void rows.delete(id),
    find: (id) => rows.get(id),
    waitingAbout: () => [],
    onAcknowledged() {},
    onAdded: (listener) => void listeners.push(listener),
    nextAfter(lane, after) {
      const its = order.get(lane) ?? [];
      for (let [first] = its; first !== undefined && !rows.has(first.id); [first] = its) {
        its.shift();
      }
      for (let at = firstAfter(its, after); at < its.length; at += 1) {
        const row = its[at];
        if (row !== undefined && rows.has(row.id) && !aside.has(row.id)) return row;
      }
      return undefined;
    },
    acknowledged(ids) {
      for (const id of ids) {
        const row = rows.get(id);
        if (row !== undefined && rows.delete(id)) onStored(row);
      }
    },
    refused: putAside,
    setAside: putAside,
    retrySetAside: () => aside.clear(),
    retryRefused: () => aside.clear(),
    status() {
      const laneOf = (lane: Lane) => {
        const its = waitingOf(lane);
        const oldest = its[0]?.createdAtMs;
        const oldestAgeS = oldest === undefined ? null : (Date.now() - oldest) / 1000;
        return { waiting: its.length, oldestAgeS };
      };
      const byLane = { hit: laneOf('hit'), audit: laneOf('audit'), detection: laneOf('detection') };
      const images = { 'hit-image': laneOf('hit-image'), image: laneOf('image') };
      const waiting = rows.size - aside.size;
      return { waiting, refused: aside.size, setAside: 0, lanes: { ...byLane, ...images } };
    },
  };
}

/** Where in a list by `seq` the first one after this number stands. */
function firstAfter(rows: readonly WaitingMessage[], seq: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.seq ?? 0) > seq) high = middle;
    else low = middle + 1;
  }
  return low;
}
