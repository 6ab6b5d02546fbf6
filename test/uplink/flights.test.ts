import { expect, test } from 'vitest';
import { type Lane, lanes } from '../../src/outbox/outbox.ts';
import { createFlights } from '../../src/uplink/flights.ts';
import { createRepeats } from '../../src/uplink/repeats.ts';

const rankOf = (lane: Lane): number => lanes.indexOf(lane);

/** Flights with a window of `inFlight` and a wire of `receiveMaximum`; `send` starts the next row of a lane. */
function openFlights({ inFlight = 100, receiveMaximum = 100 } = {}) {
  const flights = createFlights({ inFlight, receiveMaximum: () => receiveMaximum });
  let seq = 0;
  const send = (lane: Lane) => {
    seq += 1;
    const rank = rankOf(lane);
    flights.advance(rank, seq);
    return flights.begin({ id: `${lane} ${seq}`, seq }, rank);
  };
  const mayFly = (lane: Lane) => flights.mayFly(rankOf(lane));
  return { flights, send, mayFly, repeats: createRepeats({ flights, resendAfterS: 20 }) };
}

test('a full window of detections holds back detections and images, and no hit', () => {
  const { send, mayFly } = openFlights({ inFlight: 3 });
  for (let count = 0; count < 3; count += 1) send('detection');
  expect(lanes.filter(mayFly)).toEqual(['hit', 'audit']);
});

test('the last two places on the wire are for hits, and images take two at most', () => {
  const { flights, send, mayFly } = openFlights({ receiveMaximum: 5 });
  send('image');
  const second = send('hit-image');
  expect(lanes.filter(mayFly)).toEqual(['hit', 'audit', 'detection']);
  flights.leaveWire(second);
  expect(lanes.filter(mayFly)).toEqual(lanes);
  send('audit');
  send('audit');
  expect(lanes.filter(mayFly)).toEqual(['hit']);
});

test('an image that moves up a lane on the wire frees the place that it took', () => {
  const { flights, send, mayFly } = openFlights();
  const image = send('image');
  send('image');
  expect(mayFly('hit-image')).toBe(false);
  flights.follow(image, rankOf('hit-image'), 9);
  flights.leaveWire(image);
  expect(mayFly('image')).toBe(true);
  expect(flights.isWireBusy()).toBe(true);
});

test('a message that is due again is found by the next look at its lane, and counts as no flight', () => {
  const { flights, send } = openFlights();
  const first = send('detection');
  send('detection');
  flights.again(first);
  expect(flights.cursor(rankOf('detection'))).toBeLessThan(first.seq);
  expect(flights.flying()).toBe(1);
  expect(flights.land(first.id)).toBe(true);
  expect(flights.flying()).toBe(1);
  expect(flights.land(first.id)).toBe(false);
});

test('a message is overtaken once the broker answers what went onto the wire after it', () => {
  const { flights, send, repeats } = openFlights();
  const [first, second, third] = [send('detection'), send('detection'), send('detection')];
  for (const flight of [second, first, third]) flights.enterWire(flight, 500);
  flights.answered(first);
  repeats.handedOver(first);
  expect([first, second, third].map(flights.isOvertaken)).toEqual([false, true, false]);
});

test('when headquarters has what was sent later, a hit is due again and a detection is noted as passed', () => {
  const { flights, send, repeats } = openFlights();
  const [hit, detection, later] = [send('hit'), send('detection'), send('detection')];
  for (const flight of [hit, detection, later]) repeats.handedOver(flight);
  flights.land(later.id);
  repeats.passed(later.first);
  expect(hit.state).toBe('again');
  expect([detection.state, detection.isPassed]).toEqual(['broker', true]);
});
