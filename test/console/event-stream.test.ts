import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Actor } from '../../src/accountability/gate/operation.ts';
import { createEventStream, type StreamEvent } from '../../src/console/event-stream.ts';
import { waitFor } from '../support/wait-for.ts';

const person = {} as Actor;
/** More than any link holds on its way. */
const long = 'x'.repeat(60_000);

/** A stream with one page, which takes nothing until the test lets it. */
async function openStalledPage(first: () => readonly StreamEvent[] = () => []) {
  const time = { ms: 0 };
  const stream = createEventStream(() => time.ms);
  const server = createServer((_, response) => {
    response.writeHead(200);
    stream.join({ response, session: 's', isRemote: false, audience: () => person, first });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let rest = '';
  const numbers: number[] = [];
  socket.pause();
  socket.write('GET / HTTP/1.0\r\n\r\n');
  await waitFor(() => stream.ownViewers === 1);
  return {
    ...{ stream, time },
    /** Of the events that it has taken. */
    numbers,
    /** Takes all that comes from now on. */
    goOn() {
      socket.on('data', (piece) => {
        const text = rest + piece.toString('latin1');
        let end = Math.max(0, text.length - 30);
        for (const found of text.matchAll(/"number":(\d+),/g)) {
          numbers.push(Number(found[1]));
          end = Math.max(end, found.index + found[0].length);
        }
        rest = text.slice(end);
      });
      socket.resume();
    },
  };
}

const eventOf = (number: number, key?: string): StreamEvent => ({
  event: 'alert',
  data: () => ({ number, long }),
  ...(key === undefined ? {} : { key }),
});

test('PRA-6: a page that has taken nothing for half a minute is given up, and no sooner, however much waits for it', async () => {
  const page = await openStalledPage();
  for (let number = 0; number < 200; number += 1) page.stream.send(eventOf(number));
  // The link has been handed as much as it holds.
  await new Promise(setImmediate);
  page.time.ms = 29_000;
  page.stream.send(eventOf(200));
  expect(page.stream.ownViewers).toBe(1);
  page.time.ms = 60_000;
  page.stream.send(eventOf(201));
  expect(page.stream.ownViewers).toBe(0);
});

test('PRA-6: a page that goes on after a stop of its link gets all that it has missed, in order', async () => {
  const page = await openStalledPage();
  for (let number = 0; number < 200; number += 1) page.stream.send(eventOf(number));
  page.goOn();
  await waitFor(() => page.numbers.length === 200);
  expect(page.numbers).toEqual(Array.from({ length: 200 }, (_, number) => number));
});

test('of a thing that changes while the link stands still a page is told the last state alone', async () => {
  const page = await openStalledPage();
  for (let number = 0; number < 100; number += 1) page.stream.send(eventOf(number));
  for (let number = 100; number < 900; number += 1) page.stream.send(eventOf(number, 'alert 1'));
  page.goOn();
  await waitFor(() => page.numbers.at(-1) === 899);
  expect(page.numbers).toHaveLength(101);
});

test('where more waits than is kept, a page is told everything anew instead', async () => {
  let isBegun = false;
  const page = await openStalledPage(() => {
    if (isBegun) return [eventOf(1_000_000)];
    isBegun = true;
    return [];
  });
  for (let number = 0; number < 2000; number += 1) page.stream.send(eventOf(number));
  page.goOn();
  await waitFor(() => page.numbers.at(-1) === 1999);
  expect(page.numbers.length).toBeLessThan(1100);
  expect(page.numbers).toContain(1_000_000);
});
