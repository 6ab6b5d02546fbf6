import type { UplinkConfig } from '../config/sections/uplink.ts';
import { type Lane, lanes, type Outbox, type WaitingMessage } from '../outbox/outbox.ts';
import type { Log } from '../platform/log.ts';
import { codeOf, kindOf, messageOf } from '../platform/problem.ts';
import { createBrokerLimits, type OnWire } from './broker-limits.ts';
import { type ConnectionEnd, packetTooLarge } from './connection-end.ts';
import type { Link } from './link.ts';
import { messagePayload } from './message-payload.ts';
import type { Ack, Sender } from './messages.ts';
import { unitTopic } from './topics.ts';

/** Most images on the wire at once: more would delay a new hit on a slow link. */
const imagesOnWire = 2;
/** Places on the wire reserved for hits. */
const hitReserve = 2;
/** A large message that was passed, and not acknowledged after this many tries, is one that the broker drops silently. */
const triesOfDropped = 3;
/** How often hits that were set aside are tried again. */
const hitsAgainMs = 3_600_000;
const longestResendMs = 600_000;
/**
 * A hit that was passed is due again at once, and from then on after this long, doubled each time: a headquarters that
 * acknowledges hits more slowly than other messages is not flooded.
 */
const passedAgainMs = 1000;
const tickMs = 500;

/** PUBACK of MQTT 5, whatever is tried: topic name invalid, payload format invalid. */
const neverTaken = new Set([0x90, 0x99]);

/** Counts of the pump since the start. */
export interface PumpFigures {
  /** Publishes including repeats, and the number of repeats. */
  sent: number;
  resent: number;
  acknowledged: number;
  /** Images whose file was missing. */
  lost: number;
  /** Images that were sent as smaller copies, for the broker's limit; each try counts. */
  reduced: number;
  inFlight: number;
  lastAcknowledgedAtMs: number | null;
  /** When the outbox was last checked. */
  lastLookAtMs: number;
}

/**
 * A message in transit: `wire` until the broker has it, `broker` until headquarters has stored it, `again` when it must
 * be sent again.
 */
interface Flight {
  rank: number;
  seq: number;
  tries: number;
  state: 'wire' | 'broker' | 'again';
  /**
   * While the broker has it: when to send it again, by `performance.now()`, which changes of the clock do not affect.
   */
  resendAtMs: number;
  /** Its places in the order of all publishes: of its first, and of its latest. */
  first: number;
  latest: number;
  /** When an acknowledgement that passed it may make it due again; later with each time. */
  passableAtMs: number;
  /** Bytes of its packet once it is on the wire; 0 before. */
  bytes: number;
  /** Something that was sent later was acknowledged before it. */
  isPassed: boolean;
  /** Its place in the order in which messages went onto the wire; 0 before. */
  wired: number;
  /** When the broker was first seen to answer something that went onto the wire later; null until then. */
  overtakenAtMs: number | null;
  /** While it is on the wire: waits for the broker's answer no longer. */
  giveUp: () => void;
}

/**
 * Sends from the outbox to the link: most urgent lane first, oldest first within a lane. A lane counts only flights of
 * its own and more urgent lanes, so a full window of detections never delays a hit. The pump holds only ids; a row is
 * deleted from the outbox when headquarters acknowledges it.
 */
export function createPump(deps: {
  outbox: Outbox;
  link: Link;
  config: Pick<UplinkConfig, 'inFlight' | 'resendAfterS'>;
  sender: Sender;
  dataDir: string;
  log: Log;
}) {
  const { outbox, link, config, sender, dataDir, log } = deps;
  const flights = new Map<string, Flight>();
  /** Per lane: every row up to this number is in `flights` or deleted. */
  const cursors = lanes.map(() => 0);
  const flying = lanes.map(() => 0);
  const onWire = lanes.map(() => 0);
  const imageRank = lanes.indexOf('hit-image');
  const limits = createBrokerLimits();
  /** The broker's limit at the connection before; the daemon has just made all messages due. */
  let limitSaid: number | null = null;
  let hitsRetriedAtMs = performance.now();
  let published = 0;
  let wired = 0;
  /** The latest message by `wired` that the broker has answered. */
  let answered = 0;
  let open = false;
  let acks: Ack[] = [];
  const figures = { sent: 0, resent: 0, acknowledged: 0, lost: 0, reduced: 0 };
  let lastAcknowledgedAtMs: number | null = null;
  let lastLookAtMs = Date.now();

  const total = (counts: readonly number[], from = 0, to = counts.length): number =>
    counts.slice(from, to).reduce((sum, count) => sum + count, 0);

  const mayFly = (rank: number): boolean => {
    const wire = total(onWire);
    const places = Math.max(1, link.receiveMaximum - (rank === 0 ? 0 : hitReserve));
    if (wire >= places || total(flying, 0, rank + 1) >= config.inFlight) return false;
    return rank < imageRank || total(onWire, imageRank) < imagesOnWire;
  };

  /** Makes the row due again: the next check of its lane finds it. */
  const again = (flight: Flight): void => {
    if (flight.state === 'again') return;
    flight.state = 'again';
    flying[flight.rank] = (flying[flight.rank] ?? 0) - 1;
    cursors[flight.rank] = Math.min(cursors[flight.rank] ?? 0, flight.seq - 1);
  };

  /** The row moved up a lane in transit: from now on it is counted and found there. */
  const follow = (flight: Flight, rank: number, seq: number): void => {
    flying[flight.rank] = (flying[flight.rank] ?? 0) - 1;
    flying[rank] = (flying[rank] ?? 0) + 1;
    flight.rank = rank;
    flight.seq = seq;
  };

  const land = (id: string): boolean => {
    const flight = flights.get(id);
    if (!flight) return false;
    flights.delete(id);
    if (flight.state !== 'again') flying[flight.rank] = (flying[flight.rank] ?? 0) - 1;
    return true;
  };

  /** The row's image was just shed, with its row; or its file is missing, and then nothing can be sent. */
  const loseImage = (id: string, error: unknown): void => {
    if (!outbox.find(id)) return;
    log.error({ problem: messageOf(error), image: id }, 'an image could not be sent');
    outbox.remove(id);
    figures.lost += 1;
  };

  const setAside = (id: string): void => {
    log.error({ message: id }, 'the broker does not take a message; it is set aside');
    outbox.setAside([id]);
    land(id);
  };

  /** The broker does not take this message: an image goes smaller the next time, anything else is set aside. */
  const notTaken = ({ id, bytes }: OnWire, isTold: boolean): void => {
    const flight = flights.get(id);
    if (!flight) return;
    const isForSize = limits.learn({ id, bytes }, isTold);
    log.warn({ message: id, bytes, limit: limits.limit() }, 'the broker does not take a message');
    flight.tries = 0;
    if (isForSize) again(flight);
    else setAside(id);
  };

  const handedOver = (flight: Flight): void => {
    if (flight.state !== 'wire') return;
    flight.state = 'broker';
    const waitMs = config.resendAfterS * 1000 * 2 ** (flight.tries - 1);
    flight.resendAtMs = performance.now() + Math.min(waitMs, longestResendMs);
  };

  const afterFailure = (id: string, flight: Flight, error: unknown): void => {
    const code = codeOf(error);
    if (code === packetTooLarge) notTaken({ id, bytes: flight.bytes }, true);
    else if (typeof code === 'number' && neverTaken.has(code)) setAside(id);
    else if (!link.connected) again(flight);
    else {
      // The broker refused it (quota, rights), or its image could not be read: wait as for an unanswered one, so that
      // the pump does not loop.
      log.warn({ problem: messageOf(error), message: id }, 'a message could not be sent');
      handedOver(flight);
    }
  };

  const fly = async (row: WaitingMessage, flight: Flight): Promise<void> => {
    const wire = flight.rank;
    onWire[wire] = (onWire[wire] ?? 0) + 1;
    const { id } = row;
    const topic = unitTopic(sender.agency, sender.unit, row.topic);
    try {
      const limit = Math.min(link.maximumPacketSize, limits.limit());
      const payload = await messagePayload(row, { sender, topic, dataDir, limit });
      if (payload === null) {
        setAside(id);
        return;
      }
      flight.bytes = payload.bytes;
      figures.sent += 1;
      if (flight.tries > 1) figures.resent += 1;
      if (payload.isReduced) figures.reduced += 1;
      wired += 1;
      flight.wired = wired;
      const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<'given-up'>();
      flight.giveUp = () => giveUp('given-up');
      const sending = link.publish(topic, payload.data, { qos: 1 });
      const end = await Promise.race([sending, givenUp]);
      if (end === 'given-up') {
        // The connection's end still rejects it.
        sending.catch(() => {});
        log.warn({ message: id, bytes: flight.bytes }, 'the broker does not answer a message');
      } else {
        answered = Math.max(answered, flight.wired);
        limits.taken(id);
      }
      handedOver(flight);
    } catch (error) {
      if (kindOf(error) === 'missing') {
        loseImage(id, error);
        land(id);
      } else if (flights.get(id) === flight) {
        afterFailure(id, flight, error);
      }
    } finally {
      onWire[wire] = (onWire[wire] ?? 0) - 1;
      look();
    }
  };

  const start = (row: WaitingMessage, rank: number): void => {
    const before = flights.get(row.id);
    const tries = (before?.tries ?? 0) + 1;
    published += 1;
    const { first = published, passableAtMs = 0, isPassed = false } = before ?? {};
    const flight: Flight = {
      rank,
      seq: row.seq,
      tries,
      state: 'wire',
      resendAtMs: 0,
      first,
      latest: published,
      passableAtMs,
      bytes: 0,
      isPassed,
      wired: 0,
      overtakenAtMs: null,
      giveUp: () => {},
    };
    flights.set(row.id, flight);
    flying[rank] = (flying[rank] ?? 0) + 1;
    void fly(row, flight);
  };

  const onWireNow = (): OnWire[] =>
    [...flights].flatMap(([id, { state, bytes }]) =>
      state === 'wire' && bytes > 0 ? [{ id, bytes }] : [],
    );
  const isSuspectOnWire = (): boolean =>
    limits.suspects() > 0 &&
    [...flights].some(([id, { state }]) => state === 'wire' && limits.isSuspect(id));

  /** Sends as many messages as permitted. */
  function look(): void {
    lastLookAtMs = Date.now();
    if (!open || !link.connected || isSuspectOnWire()) return;
    for (const [rank, lane] of lanes.entries()) {
      while (mayFly(rank)) {
        const row = outbox.nextAfter(lane, cursors[rank] ?? 0);
        if (!row) break;
        const flight = flights.get(row.id);
        const isFlying = flight !== undefined && flight.state !== 'again';
        // Whatever is less urgent waits for a moment, until the wire is free for it alone.
        if (!isFlying && limits.isSuspect(row.id) && total(onWire) > 0) return;
        cursors[rank] = row.seq;
        if (isFlying) follow(flight, rank, row.seq);
        else start(row, rank);
        if (limits.isSuspect(row.id)) return;
      }
    }
  }

  const settleAcks = (): void => {
    const batch = acks;
    acks = [];
    const ids = batch.flatMap((ack) => ack.ids);
    const refused = batch.flatMap((ack) => ack.refused ?? []);
    try {
      if (ids.length > 0) outbox.acknowledged(ids);
      if (refused.length > 0) outbox.refused(refused.map((each) => each.id));
    } catch (error) {
      // Still in the outbox, so they are sent and acknowledged again.
      log.error({ problem: messageOf(error) }, 'acknowledgements could not be written');
      return;
    }
    const landed = ids.flatMap((id) => flights.get(id) ?? []);
    const newest = Math.max(0, ...landed.map(({ first }) => first));
    for (const { bytes } of landed) limits.acknowledged(bytes);
    for (const id of ids) if (land(id)) figures.acknowledged += 1;
    for (const { id } of refused) {
      land(id);
      // Its reason is not logged: headquarters may quote the message.
      log.error({ message: id }, 'headquarters refused a message');
    }
    if (ids.length > 0) lastAcknowledgedAtMs = Date.now();
    if (batch.some((ack) => ack.resend)) startOver();
    pass(newest);
    look();
  };

  /**
   * Headquarters has something that was sent later than a hit, and not the hit: a broker whose queue overflowed has
   * dropped it, or it is late.
   */
  const pass = (newest: number): void => {
    const nowMs = performance.now();
    for (const flight of flights.values()) {
      if (flight.state !== 'broker' || flight.latest > newest) continue;
      flight.isPassed = true;
      if (flight.rank > 0 || flight.passableAtMs > nowMs) continue;
      flight.passableAtMs = nowMs + passedAgainMs * 2 ** (flight.tries - 1);
      again(flight);
    }
  };

  /** Neither broker nor headquarters holds what was sent before: everything is sent again. */
  const startOver = (): void => {
    for (const flight of flights.values()) {
      again(flight);
      flight.tries = 0;
    }
  };

  const retrySetAside = (lane?: Lane): void => {
    if (outbox.status().setAside === 0) return;
    outbox.retrySetAside(lane);
    cursors.fill(0);
  };

  /**
   * A broker answers in the order of sending, or nearly: what it answers nothing to while it answers what came later, it
   * has dropped. Such a message gives its place on the wire to others and is sent again like any that was lost.
   */
  const giveUpOvertaken = (nowMs: number): void => {
    for (const flight of flights.values()) {
      if (flight.state !== 'wire' || flight.wired === 0 || flight.wired > answered) continue;
      flight.overtakenAtMs ??= nowMs;
      if (nowMs - flight.overtakenAtMs >= config.resendAfterS * 1000) flight.giveUp();
    }
  };

  const resendDue = (): void => {
    const nowMs = performance.now();
    giveUpOvertaken(nowMs);
    // The broker closed by chance each time, or is set otherwise now: no hit waits for the next start.
    if (nowMs - hitsRetriedAtMs > hitsAgainMs) {
      hitsRetriedAtMs = nowMs;
      retrySetAside('hit');
    }
    for (const [id, flight] of flights) {
      const due = flight.state === 'broker' && flight.resendAtMs <= nowMs;
      if (!due && flight.state !== 'again') continue;
      // A row may be deleted without an acknowledgement: its image was shed.
      if (!outbox.find(id)) {
        land(id);
        continue;
      }
      const isDropped =
        due && flight.isPassed && flight.tries >= triesOfDropped && limits.isUnproved(flight.bytes);
      if (isDropped) notTaken({ id, bytes: flight.bytes }, false);
      else again(flight);
    }
    look();
  };
  let tick: NodeJS.Timeout | null = null;
  outbox.onAdded(look);

  return {
    /** From now on checks the outbox at intervals, also without a link. */
    start(): void {
      tick ??= setInterval(resendDue, tickMs);
      look();
    },
    /** The link is up: send. `resumed`: the broker still holds the messages that it had accepted for headquarters. */
    open(resumed: boolean): void {
      open = true;
      const said = link.maximumPacketSize;
      if (said !== limitSaid) {
        limitSaid = said;
        limits.forget();
        retrySetAside();
      }
      if (!resumed) startOver();
      look();
    },
    /** The link is down; messages that the broker does not have yet are sent again when it is back. */
    close(end: ConnectionEnd): void {
      open = false;
      const culprit = limits.ended(end, onWireNow());
      if (culprit) notTaken(culprit, end.reason === packetTooLarge);
    },
    /** Bytes of the largest packet that the broker takes, as it says or as was found; null if none is known. */
    limit(): number | null {
      const limit = Math.min(link.maximumPacketSize, limits.limit());
      return limit < Number.POSITIVE_INFINITY ? limit : null;
    },
    acknowledge(ack: Ack): void {
      // Acknowledgements from one read of the socket are one commit.
      if (acks.length === 0) setImmediate(settleAcks);
      acks.push(ack);
    },
    figures: (): PumpFigures => ({
      ...figures,
      inFlight: total(flying),
      lastAcknowledgedAtMs,
      lastLookAtMs,
    }),
    stop(): void {
      open = false;
      if (tick !== null) clearInterval(tick);
      if (acks.length > 0) settleAcks();
    },
  };
}
