import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { uplinkSection } from '../../src/config/sections/uplink.ts';
import { createLog } from '../../src/platform/log.ts';
import { createLink } from '../../src/uplink/link.ts';
import { waitFor } from '../support/wait-for.ts';
import { openMuteBroker, subscribed, taken } from './mute-broker.ts';

/** A broker that takes connections and publishes and answers nothing. */
async function openSilentBroker() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 0])));
    socket.on('data', () => {}).on('error', () => {});
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `mqtt://127.0.0.1:${address.port}`, sockets };
}

test('nothing is kept of a publish whose connection was lost before the broker answered', async () => {
  const { url, sockets } = await openSilentBroker();
  const config = uplinkSection.parse({ broker: url, protocol: '3.1.1' });
  const listener = { onConnected() {}, onLost() {}, onMessage() {} };
  const log = createLog({ level: 'silent' });
  const link = createLink({ config, clientId: 'unit-7', listener, log });
  onTestFinished(() => link.stop());
  link.start();
  await waitFor(() => link.connected, { what: 'the connection' });
  const lost: string[] = [];
  const publish = (): WeakRef<Promise<void>> => {
    const answer = link.publish('hit', 'payload', { qos: 1 });
    answer.catch((error: Error) => lost.push(error.message));
    return new WeakRef(answer);
  };
  const answer = publish();
  for (const socket of sockets) socket.destroy();
  await waitFor(() => lost.length === 1, { what: 'the publish to be given up' });
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  await waitFor(
    () => {
      collect();
      return answer.deref() === undefined;
    },
    { what: 'the publish to be forgotten' },
  );
  expect(lost).toEqual(['the connection was lost']);
});

test('a broker that keeps the connection and answers nothing is reconnected, and the health says so', async () => {
  const { url } = await openSilentBroker();
  const config = uplinkSection.parse({ broker: url, protocol: '3.1.1' });
  const listener = { onConnected() {}, onLost() {}, onMessage() {} };
  const log = createLog({ level: 'silent' });
  const link = createLink({ config, clientId: 'unit-7', listener, log, answerWithinMs: 100 });
  onTestFinished(() => link.stop());
  link.start();
  await waitFor(() => link.connected, { what: 'the connection' });
  expect(link.problem).toBeNull();
  await expect(link.publish('hit', 'payload', { qos: 1 })).rejects.toThrow('connection was lost');
  await waitFor(() => link.connected && link.connections === 2, { what: 'the next connection' });
  expect(link.problem).toMatch(/has not answered/);
});

test('a broker that says "session taken over" gives the problem its name, and it stays while both go on', async () => {
  // DISCONNECT with reason 0x8e, after each subscription.
  const { broker } = await openMuteBroker({
    connect: ({ level }) => taken(level),
    later: (type, packet, { level }) =>
      type === 8 ? [...subscribed(packet, level, 1), 0xe0, 2, 0x8e, 0] : null,
  });
  const config = uplinkSection.parse({ broker, reconnectMaxS: 1 });
  const whenConnected: (string | null)[] = [];
  const listener = {
    onConnected() {
      whenConnected.push(link.problem);
      link.subscribe('ack').catch(() => {});
    },
    onLost() {},
    onMessage() {},
  };
  const log = createLog({ level: 'silent' });
  const link = createLink({ config, clientId: 'unit-7', listener, log });
  onTestFinished(() => link.stop());
  link.start();
  const problem = /^session taken over by another client with this unit's id \(unit-7\)/;
  await waitFor(() => problem.test(link.problem ?? ''), { what: 'the problem' });
  const before = whenConnected.length;
  await waitFor(() => whenConnected.length > before, { what: 'the next connection' });
  expect(whenConnected.at(-1)).toMatch(problem);
});

test('many topics are asked for in turns of eight, which is as many as every broker takes', async () => {
  const asked: string[][] = [];
  const { broker } = await openMuteBroker({
    connect: ({ level }) => taken(level),
    later(type, packet, { level }) {
      if (type !== 8) return null;
      asked.push(packet.toString('latin1').match(/topic-\d+/g) ?? []);
      return subscribed(packet, level, asked.at(-1)?.length ?? 0);
    },
  });
  const config = uplinkSection.parse({ broker, reconnectMaxS: 1 });
  const log = createLog({ level: 'silent' });
  const listener = { onConnected() {}, onLost() {}, onMessage() {} };
  const link = createLink({ config, clientId: 'unit-7', listener, log });
  onTestFinished(() => link.stop());
  link.start();
  await waitFor(() => link.connected, { what: 'the connection' });
  const topics = Array.from({ length: 19 }, (_, at) => `topic-${at}`);
  await link.subscribe(topics);
  expect(asked.map(({ length }) => length)).toEqual([8, 8, 3]);
  expect(asked.flat()).toEqual(topics);
});
