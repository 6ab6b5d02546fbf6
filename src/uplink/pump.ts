import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { lanes, type Outbox, type WaitingMessage } from '../outbox/outbox.ts';
import { isoTime } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { kindOf, messageOf } from '../platform/problem.ts';
import type { Link } from './link.ts';
import { type Ack, envelopeJson, imagePayload, type Sender } from './messages.ts';
import { unitTopic } from './topics.ts';

/** Most images on the wire at once: more would delay a new hit on a slow link. */
const imagesOnWire = 2;
/** Places on the wire reserved for hits. */
const hitReserve = 2;
const longestResendMs = 600_000;
/**
 * A hit that was passed is due again at once, and from then on after this long, doubled each time: a headquarters that
 * acknowledges hits more slowly than other messages is not flooded.
 */
const passedAgainMs = 1000;
const tickMs = 500;

/** Counts of the pump since the start. */
export interface PumpFigures {
  /** Publishes including repeats, and the number of repeats. */
  sent: number;
  resent: number;
  acknowledged: number;
  /** Images whose file was missing. */
  lost: number;
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
  let published = 0;
  let open = false;
  let acks: Ack[] = [];
  const figures = { sent: 0, resent: 0, acknowledged: 0, lost: 0 };
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

  const payloadOf = async (row: WaitingMessage): Promise<string | Buffer | null> => {
    const { id, topic, json, file } = row;
    const type = topic.split('/')[0] ?? topic;
    const text = envelopeJson({ id, type, json }, sender, isoTime(Date.now()));
    if (file === undefined) return text;
    try {
      return imagePayload(text, await readFile(join(dataDir, file)));
    } catch (error) {
      // A disk error or too many open files: the image still exists, and can be read later.
      if (kindOf(error) !== 'missing') throw error;
      // The image was just shed, with its row; or its file is missing, and then nothing can be sent.
      if (outbox.find(id)) {
        log.error({ problem: messageOf(error), image: id }, 'an image could not be sent');
        outbox.remove(id);
        figures.lost += 1;
      }
      return null;
    }
  };

  const handedOver = (flight: Flight): void => {
    if (flight.state !== 'wire') return;
    flight.state = 'broker';
    const waitMs = config.resendAfterS * 1000 * 2 ** (flight.tries - 1);
    flight.resendAtMs = performance.now() + Math.min(waitMs, longestResendMs);
  };

  const fly = async (row: WaitingMessage, flight: Flight): Promise<void> => {
    const wire = flight.rank;
    onWire[wire] = (onWire[wire] ?? 0) + 1;
    try {
      const payload = await payloadOf(row);
      if (payload === null) {
        land(row.id);
        return;
      }
      figures.sent += 1;
      if (flight.tries > 1) figures.resent += 1;
      await link.publish(unitTopic(sender.agency, sender.unit, row.topic), payload, { qos: 1 });
      handedOver(flight);
    } catch (error) {
      if (link.connected) {
        // The broker refused it (quota, rights), or its image could not be read: wait as for an unanswered one, so that
        // the pump does not loop.
        log.warn({ problem: messageOf(error), message: row.id }, 'a message could not be sent');
        handedOver(flight);
      } else if (flights.get(row.id) === flight) {
        again(flight);
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
    const { first = published, passableAtMs = 0 } = before ?? {};
    const orders = { first, latest: published, passableAtMs };
    const flight: Flight = { rank, seq: row.seq, tries, state: 'wire', resendAtMs: 0, ...orders };
    flights.set(row.id, flight);
    flying[rank] = (flying[rank] ?? 0) + 1;
    void fly(row, flight);
  };

  /** Sends as many messages as permitted. */
  function look(): void {
    lastLookAtMs = Date.now();
    if (!open || !link.connected) return;
    for (const [rank, lane] of lanes.entries()) {
      while (mayFly(rank)) {
        const row = outbox.nextAfter(lane, cursors[rank] ?? 0);
        if (!row) break;
        cursors[rank] = row.seq;
        const flight = flights.get(row.id);
        if (flight && flight.state !== 'again') follow(flight, rank, row.seq);
        else start(row, rank);
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
    const newest = Math.max(0, ...ids.map((id) => flights.get(id)?.first ?? 0));
    for (const id of ids) if (land(id)) figures.acknowledged += 1;
    for (const { id } of refused) {
      land(id);
      // Its reason is not logged: headquarters may quote the message.
      log.error({ message: id }, 'headquarters refused a message');
    }
    if (ids.length > 0) lastAcknowledgedAtMs = Date.now();
    if (batch.some((ack) => ack.resend)) startOver();
    passHits(newest);
    look();
  };

  /**
   * Headquarters has something that was sent later than a hit, and not the hit: a broker whose queue overflowed has
   * dropped it, or it is late.
   */
  const passHits = (newest: number): void => {
    const nowMs = performance.now();
    for (const flight of flights.values()) {
      if (flight.rank > 0 || flight.state !== 'broker' || flight.latest > newest) continue;
      if (flight.passableAtMs > nowMs) continue;
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

  const resendDue = (): void => {
    const nowMs = performance.now();
    for (const [id, flight] of flights) {
      const due = flight.state === 'broker' && flight.resendAtMs <= nowMs;
      if (!due && flight.state !== 'again') continue;
      // A row may be deleted without an acknowledgement: its image was shed.
      if (outbox.find(id)) again(flight);
      else land(id);
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
      if (!resumed) startOver();
      look();
    },
    /** The link is down; messages that the broker does not have yet are sent again when it is back. */
    close(): void {
      open = false;
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
