import type { UplinkConfig } from '../config/sections/uplink.ts';
import { type Lane, lanes, type Outbox } from '../outbox/outbox.ts';
import type { Log } from '../platform/log.ts';
import { createAcknowledgements } from './acknowledgements.ts';
import { createBrokerLimits } from './broker-limits.ts';
import { type ConnectionEnd, packetTooLarge } from './connection-end.ts';
import { createFlights } from './flights.ts';
import { createHandOver, type HandOverFigures } from './hand-over.ts';
import type { Link } from './link.ts';
import type { Ack, Sender } from './messages.ts';
import { createRepeats } from './repeats.ts';

/** A large message that was passed, and not acknowledged after this many tries, is one that the broker drops silently. */
const triesOfDropped = 3;
/** A message that headquarters has not acknowledged after this many tries, over two minutes by default, is not slow. */
const triesOfUnheard = 4;
/** How often hits that were set aside are tried again. */
const hitsAgainMs = 3_600_000;
const tickMs = 500;

/** Counts of the pump since the start. */
export interface PumpFigures extends HandOverFigures {
  acknowledged: number;
  inFlight: number;
  lastAcknowledgedAtMs: number | null;
  /** When the outbox was last checked. */
  lastLookAtMs: number;
}

/**
 * Sends from the outbox to the link: most urgent lane first, oldest first within a lane. The pump holds only ids; a row is
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
  const { inFlight, resendAfterS } = config;
  const flights = createFlights({ inFlight, receiveMaximum: () => link.receiveMaximum });
  const repeats = createRepeats({ flights, resendAfterS });
  const limits = createBrokerLimits();
  const wire = { flights, repeats, limits };
  const handOver = createHandOver({ outbox, link, ...wire, sender, dataDir, log });
  /** The broker's limit at the connection before; the daemon has just made all messages due. */
  let limitSaid: number | null = null;
  let hitsRetriedAtMs = performance.now();
  let open = false;
  let lastLookAtMs = Date.now();
  let tick: NodeJS.Timeout | null = null;

  const isSuspectOnWire = (): boolean =>
    limits.suspects() > 0 &&
    flights.all().some(({ id, state }) => state === 'wire' && limits.isSuspect(id));

  /** Sends as many messages as permitted. */
  const look = (): void => {
    lastLookAtMs = Date.now();
    if (!open || !link.connected || isSuspectOnWire()) return;
    for (const [rank, lane] of lanes.entries()) {
      while (flights.mayFly(rank)) {
        const row = outbox.nextAfter(lane, flights.cursor(rank));
        if (!row) break;
        const flight = flights.find(row.id);
        const isFlying = flight !== undefined && flight.state !== 'again';
        // Whatever is less urgent waits for a moment, until the wire is free for it alone.
        if (!isFlying && limits.isSuspect(row.id) && flights.isWireBusy()) return;
        flights.advance(rank, row.seq);
        if (isFlying) flights.follow(flight, rank, row.seq);
        else void handOver.send(row, flights.begin(row, rank)).finally(look);
        if (limits.isSuspect(row.id)) return;
      }
    }
  };
  const acks = createAcknowledgements({ outbox, ...wire, log, onSettled: look });
  outbox.onAdded(look);

  const retrySetAside = (lane?: Lane): void => {
    if (outbox.status().setAside === 0) return;
    outbox.retrySetAside(lane);
    flights.rewind();
  };

  const resendDue = (): void => {
    const nowMs = performance.now();
    repeats.giveUpOvertaken(nowMs);
    // The broker closed by chance each time, or is set otherwise now: no hit waits for the next start.
    if (nowMs - hitsRetriedAtMs > hitsAgainMs) {
      hitsRetriedAtMs = nowMs;
      retrySetAside('hit');
    }
    for (const flight of flights.all()) {
      const { id, bytes } = flight;
      const isDue = repeats.isDue(flight, nowMs);
      if (!isDue && flight.state !== 'again') continue;
      // A row may be deleted without an acknowledgement: its image was shed.
      if (!outbox.find(id)) {
        flights.land(id);
        continue;
      }
      const isDropped =
        isDue && flight.isPassed && flight.tries >= triesOfDropped && limits.isUnproved(bytes);
      if (isDropped) handOver.notTaken(flight, false);
      else flights.again(flight);
    }
    look();
  };

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
      if (!resumed) repeats.startOver();
      look();
    },
    /** The link is down; messages that the broker does not have yet are sent again when it is back. */
    close(end: ConnectionEnd): void {
      open = false;
      const culprit = limits.ended(end, flights.onWire());
      if (culprit) handOver.notTaken(culprit, end.reason === packetTooLarge);
    },
    /** Bytes of the largest packet that the broker takes, as it says or as was found; null if none is known. */
    limit(): number | null {
      const limit = handOver.limit();
      return limit < Number.POSITIVE_INFINITY ? limit : null;
    },
    /** Kinds of topics that the broker does not let this unit write. */
    denied: handOver.denied,
    /** Messages that the broker took again and again, and headquarters has not acknowledged. */
    unheard: (): number =>
      flights.all().filter(({ state, tries }) => state === 'broker' && tries >= triesOfUnheard)
        .length,
    acknowledge: (ack: Ack): void => acks.take(ack),
    figures: (): PumpFigures => ({
      ...handOver.figures(),
      ...acks.figures(),
      inFlight: flights.flying(),
      lastLookAtMs,
    }),
    stop(): void {
      open = false;
      if (tick !== null) clearInterval(tick);
      acks.finish();
    },
  };
}
