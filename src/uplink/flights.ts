import { lanes, type WaitingMessage } from '../outbox/outbox.ts';

/** Most images on the wire at once: more would delay a new hit on a slow link. */
const imagesOnWire = 2;
/** Places on the wire reserved for hits. */
const hitReserve = 2;
const imageRank = lanes.indexOf('hit-image');

/** A message in transit. */
export interface Flight {
  readonly id: string;
  /** Its lane, by urgency, and its place in the lane. */
  rank: number;
  seq: number;
  tries: number;
  /** `wire` until the broker has it, `broker` until headquarters has stored it, `again` when it must be sent again. */
  state: 'wire' | 'broker' | 'again';
  /**
   * While the broker has it: when to send it again, by `performance.now()`, which changes of the clock do not affect.
   */
  resendAtMs: number;
  /** Its places in the order of all publishes: of its first, and of its latest. */
  readonly first: number;
  readonly latest: number;
  /** When an acknowledgement that passed it may make it due again; later with each time. */
  passableAtMs: number;
  /** Something that was sent later was acknowledged before it. */
  isPassed: boolean;
  /** The lane that its place on the wire counts for: it may move up a lane meanwhile. */
  readonly wireRank: number;
  /** Bytes of its packet once it is on the wire; 0 before. */
  bytes: number;
  /** Its place in the order in which messages went onto the wire; 0 before. */
  wired: number;
  /** When the broker was first seen to answer something that went onto the wire later; null until then. */
  overtakenAtMs: number | null;
  /** While it is on the wire: waits for the broker's answer no longer. */
  giveUp: () => void;
}

/** The messages in transit, and how far each lane is sent. */
export type Flights = ReturnType<typeof createFlights>;

/**
 * Keeps the ids of the messages in transit, and says which lane may send. A lane counts only flights of its own and more
 * urgent lanes, so a full window of detections never delays a hit.
 */
export function createFlights(deps: {
  /** Most messages in transit. */
  inFlight: number;
  /** Most messages on the wire, as the broker says. */
  receiveMaximum: () => number;
}) {
  const { inFlight, receiveMaximum } = deps;
  const flights = new Map<string, Flight>();
  /** Per lane: every row up to this number is in `flights` or deleted. */
  const cursors = lanes.map(() => 0);
  const flying = lanes.map(() => 0);
  const onWire = lanes.map(() => 0);
  let published = 0;
  let wired = 0;
  /** The latest message by `wired` that the broker has answered. */
  let answered = 0;

  const change = (counts: number[], rank: number, by: 1 | -1): void => {
    counts[rank] = (counts[rank] ?? 0) + by;
  };

  return {
    find: (id: string): Flight | undefined => flights.get(id),
    all: (): Flight[] => [...flights.values()],
    /** Messages that the broker or the wire holds. */
    flying: (): number => total(flying),
    /** Whether a message is on its way to the wire or on it. */
    isWireBusy: (): boolean => total(onWire) > 0,
    /** Messages on the wire, which the broker has not answered. */
    onWire: (): Flight[] =>
      [...flights.values()].filter(({ state, bytes }) => state === 'wire' && bytes > 0),
    /** Whether a lane may send one more. */
    mayFly(rank: number): boolean {
      const places = Math.max(1, receiveMaximum() - (rank === 0 ? 0 : hitReserve));
      if (total(onWire) >= places || total(flying, 0, rank + 1) >= inFlight) return false;
      return rank < imageRank || total(onWire, imageRank) < imagesOnWire;
    },
    /** Up to which row a lane is sent. */
    cursor: (rank: number): number => cursors[rank] ?? 0,
    /** The row is taken from its lane. */
    advance(rank: number, seq: number): void {
      cursors[rank] = seq;
    },
    /** Every lane is looked through from its beginning. */
    rewind: (): void => void cursors.fill(0),
    /** The row starts, for the first time or again, and takes a place on the wire until `leaveWire`. */
    begin({ id, seq }: Pick<WaitingMessage, 'id' | 'seq'>, rank: number): Flight {
      published += 1;
      const before = flights.get(id);
      const { tries = 0, first = published, passableAtMs = 0, isPassed = false } = before ?? {};
      const flight: Flight = {
        id,
        rank,
        seq,
        tries: tries + 1,
        state: 'wire',
        resendAtMs: 0,
        first,
        latest: published,
        passableAtMs,
        isPassed,
        wireRank: rank,
        bytes: 0,
        wired: 0,
        overtakenAtMs: null,
        giveUp: () => {},
      };
      flights.set(id, flight);
      change(flying, rank, 1);
      change(onWire, rank, 1);
      return flight;
    },
    /** Its packet goes onto the wire. */
    enterWire(flight: Flight, bytes: number): void {
      wired += 1;
      flight.bytes = bytes;
      flight.wired = wired;
    },
    /** The broker has answered it. */
    answered(flight: Flight): void {
      answered = Math.max(answered, flight.wired);
    },
    /** Whether the broker has answered something that went onto the wire later, and not it. */
    isOvertaken: ({ state, wired: place }: Flight): boolean =>
      state === 'wire' && place > 0 && place <= answered,
    /** Its place on the wire is free, whatever became of it. */
    leaveWire: ({ wireRank }: Flight): void => change(onWire, wireRank, -1),
    /** Makes the row due again: the next look at its lane finds it. */
    again(flight: Flight): void {
      if (flight.state === 'again') return;
      flight.state = 'again';
      change(flying, flight.rank, -1);
      cursors[flight.rank] = Math.min(cursors[flight.rank] ?? 0, flight.seq - 1);
    },
    /** The row moved up a lane in transit: from now on it is counted and found there. */
    follow(flight: Flight, rank: number, seq: number): void {
      change(flying, flight.rank, -1);
      change(flying, rank, 1);
      flight.rank = rank;
      flight.seq = seq;
    },
    /** It is in transit no longer. False if it was not. */
    land(id: string): boolean {
      const flight = flights.get(id);
      if (!flight) return false;
      flights.delete(id);
      if (flight.state !== 'again') change(flying, flight.rank, -1);
      return true;
    },
  };
}

function total(counts: readonly number[], from = 0, to = counts.length): number {
  return counts.slice(from, to).reduce((sum, count) => sum + count, 0);
}
