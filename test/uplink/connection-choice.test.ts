import { expect, onTestFinished, test } from 'vitest';
import { type UplinkConfig, uplinkSection } from '../../src/config/sections/uplink.ts';
import { createLog } from '../../src/platform/log.ts';
import { createLink } from '../../src/uplink/link.ts';
import { waitFor } from '../support/wait-for.ts';
import { openMuteBroker, subscribed, taken } from './mute-broker.ts';

/** A link that subscribes as soon as it is up. */
function openLink(
  broker: string,
  options: {
    protocol?: UplinkConfig['protocol'];
    usualAfterMs?: number;
    warn?: (fields: unknown, message: string) => void;
  } = {},
) {
  const { protocol, warn = () => {}, ...rest } = options;
  const config = uplinkSection.parse({ broker, protocol, reconnectMaxS: 1 });
  const granted: string[] = [];
  const link = createLink({
    config,
    clientId: 'unit-7',
    listener: {
      onConnected: () =>
        void link.subscribe('a').then(
          () => granted.push(link.protocol),
          () => {},
        ),
      onLost() {},
      onMessage() {},
    },
    log: Object.assign(createLog({ level: 'silent' }), { warn }),
    ...rest,
  });
  onTestFinished(() => link.stop());
  link.start();
  return { link, granted };
}

test('a broker that closes twice at MQTT 5 without an answer gets 3.1.1, and 5 again later', async () => {
  let knowsFive = false;
  const { broker, connects, closeAll } = await openMuteBroker({
    connect: ({ level }) => (level === 5 && !knowsFive ? 'close' : taken(level)),
    later: (type, packet, { level }) => (type === 8 ? subscribed(packet, level, 1) : null),
  });
  const { link, granted } = openLink(broker, { usualAfterMs: 1000 });
  await waitFor(() => granted.length === 1, { what: 'the subscription' });
  expect(link).toMatchObject({ connected: true, protocol: '3.1.1', problem: null });
  expect(connects.map(({ level }) => level)).toEqual([5, 5, 4]);

  knowsFive = true;
  await waitFor(
    () => {
      if (link.connected && link.protocol === '3.1.1') closeAll();
      return granted.includes('5');
    },
    { everyMs: 100, what: 'MQTT 5' },
  );
  expect(link.problem).toBeNull();
});

test('a broker that refuses MQTT 5 by its code gets 3.1.1, and nobody is warned', async () => {
  const { broker, connects } = await openMuteBroker({
    connect: ({ level }) => (level === 5 ? [0x20, 2, 0, 1] : taken(level)),
    later: (type, packet, { level }) => (type === 8 ? subscribed(packet, level, 1) : null),
  });
  const warnings: string[] = [];
  const { granted } = openLink(broker, { warn: (_, message) => void warnings.push(message) });
  await waitFor(() => granted.length === 1, { what: 'the subscription' });
  expect(connects.map(({ level }) => level)).toEqual([5, 4]);
  expect(warnings).toEqual([]);
});

test('one close without an answer is no reason to leave MQTT 5', async () => {
  let restarting = true;
  const { broker } = await openMuteBroker({
    connect({ level }) {
      const isDown = restarting;
      restarting = false;
      return isDown ? 'close' : taken(level);
    },
    later: (type, packet, { level }) => (type === 8 ? subscribed(packet, level, 1) : null),
  });
  const { granted } = openLink(broker);
  await waitFor(() => granted.length === 1, { what: 'the subscription' });
  expect(granted).toEqual(['5']);
});

test('a broker that closes at every CONNECT is asked in both ways, and the problem says so', async () => {
  const { broker, connects } = await openMuteBroker({ connect: () => 'close' });
  const { link } = openLink(broker);
  await waitFor(() => connects.length >= 6, { what: 'six tries' });
  expect(connects.slice(0, 6).map(({ level }) => level)).toEqual([5, 5, 4, 4, 5, 5]);
  expect(link.problem).toMatch(/closed the connection without an answer/);
});

test('with protocol 5 a broker without it is not asked in another way', async () => {
  const { broker, connects } = await openMuteBroker({ connect: () => 'close' });
  openLink(broker, { protocol: '5' });
  await waitFor(() => connects.length >= 4, { what: 'four tries' });
  expect(new Set(connects.map(({ level }) => level))).toEqual(new Set([5]));
});

test('a broker that takes the connection and closes twice at SUBSCRIBE gets a second client id, and the first again later', async () => {
  let isSessionLost = true;
  const { broker, connects } = await openMuteBroker({
    connect: ({ level }) => taken(level),
    later: (type, packet, { level, clientId }) => {
      if (type !== 8) return null;
      return isSessionLost && clientId === 'unit-7' ? 'close' : subscribed(packet, level, 1);
    },
  });
  const { link, granted } = openLink(broker, { usualAfterMs: 2000 });
  await waitFor(() => granted.length === 1, { what: 'the subscription' });
  expect(connects).toEqual([
    { level: 5, clean: false, clientId: 'unit-7' },
    { level: 5, clean: false, clientId: 'unit-7' },
    { level: 5, clean: true, clientId: 'unit-7-spare' },
  ]);
  isSessionLost = false;
  await waitFor(() => granted.length === 2, { what: 'the way back' });
  expect(connects.at(-1)).toEqual({ level: 5, clean: false, clientId: 'unit-7' });
  expect(link.problem).toBeNull();
});

test('a broker that twice leaves CONNECT without an answer gets a second client id', async () => {
  const { broker, connects } = await openMuteBroker({
    connect: ({ level, clientId }) => (clientId === 'unit-7' ? null : taken(level)),
    later: (type, packet, { level }) => (type === 8 ? subscribed(packet, level, 1) : null),
  });
  const { link, granted } = openLink(broker);
  await waitFor(() => granted.length === 1, { timeoutMs: 80_000, what: 'the subscription' });
  expect(connects).toEqual([
    { level: 5, clean: false, clientId: 'unit-7' },
    { level: 5, clean: false, clientId: 'unit-7' },
    { level: 5, clean: true, clientId: 'unit-7-spare' },
  ]);
  expect(link.problem).toBeNull();
});

test('where the second client id is refused the link goes back to the first', async () => {
  const { broker, connects } = await openMuteBroker({
    connect: ({ level, clientId }) =>
      clientId === 'unit-7' ? taken(level) : [0x20, 3, 0, 0x85, 0],
    later: (type) => (type === 8 ? 'close' : null),
  });
  openLink(broker);
  await waitFor(() => connects.length >= 4, { what: 'four tries' });
  expect(connects.slice(0, 4).map(({ clientId }) => clientId)).toEqual([
    'unit-7',
    'unit-7',
    'unit-7-spare',
    'unit-7',
  ]);
});
