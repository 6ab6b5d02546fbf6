import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authorityFiles, revoke } from '../../src/headquarters/enrolment/authority.ts';
import {
  updateBrokerFiles,
  writeBrokerFiles,
} from '../../src/headquarters/enrolment/broker-files.ts';
import type { BrokerName } from '../../src/headquarters/enrolment/register.ts';
import { freePort } from '../support/free-port.ts';
import { isListening } from '../support/is-listening.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingNats } from '../uplink/nats.ts';
import { missingRabbitMq } from '../uplink/rabbitmq.ts';
import { type ClientFiles, openAuthority } from './enrolled-broker.ts';

const up = (unit: string, rest: string) => `lookout/v1/test-pd/${unit}/${rest}`;

/** How each is started with the files that headquarters wrote. */
const programs = {
  nats: (folder: string) => ({
    program: '/usr/sbin/nats-server',
    args: ['-c', join(folder, 'nats.conf')],
    env: {},
  }),
  rabbitmq: (folder: string) => ({
    program: '/usr/lib/rabbitmq/bin/rabbitmq-server',
    args: [],
    env: { RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'), HOME: folder },
  }),
};

/** The broker as `lookout headquarters broker --kind` configures it, for two units that are enrolled. */
async function openBroker(
  kind: keyof typeof programs & BrokerName,
  environment: NodeJS.ProcessEnv = {},
) {
  const base = temporaryFolder();
  const { place, filesOf, enrol } = await openAuthority(base, ['car-1', 'car-2']);
  const port = await freePort();
  const folder = join(base, 'broker');
  const stateFolder = join(base, 'state');
  mkdirSync(stateFolder);
  const listen = { address: '127.0.0.1', port };
  await writeBrokerFiles(place, { folder, stateFolder, listen, kind });
  const { program, args, env } = programs[kind](folder);
  let child: ChildProcess | null = null;
  const stop = async () => {
    const running = child;
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null)
      return;
    const exit = once(running, 'exit');
    process.kill(-running.pid, 'SIGKILL');
    await exit;
    // What the shell started may end a moment later.
    await waitFor(async () => !(await isListening(port)), { what: 'the end of the broker' });
  };
  onTestFinished(stop);
  const start = async () => {
    child = spawn(program, args, {
      ...{ detached: true, stdio: 'ignore' },
      env: { ...process.env, ...env, ...environment },
    });
    const ended = child;
    await waitFor(
      () => {
        if (ended.exitCode !== null) throw new Error(`${kind} ended`);
        return isListening(port);
      },
      { timeoutMs: 240_000, what: kind },
    );
  };
  await start();
  const ca = readFileSync(join(place.folder, authorityFiles.certificate), 'utf8');
  const pem = readFileSync(join(place.folder, authorityFiles.headquarters), 'utf8');
  const connect = async (
    clientId: string,
    files: ClientFiles,
    options: IClientOptions = {},
  ): Promise<MqttClient> => {
    const client = await connectAsync(`mqtts://127.0.0.1:${port}`, {
      ...{ ca, ...files, clientId: `lookout-test-pd-${clientId}`, protocolVersion: 4, clean: true },
      ...{ reconnectPeriod: 0, connectTimeout: 30_000 },
      ...options,
    });
    client.on('error', () => undefined);
    onTestFinished(() => void client.end(true));
    return client;
  };
  return {
    ...{ place, folder, filesOf, enrol, connect, start, stop },
    headquarters: { cert: pem, key: pem } satisfies ClientFiles,
  };
}

/** Topics and texts that a client receives. */
function heardBy(client: MqttClient): string[] {
  const heard: string[] = [];
  client.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
  return heard;
}

/** Resolves when a broker, or its client, ends the connection. */
const closed = (client: MqttClient) =>
  new Promise<void>((resolve) => void client.once('close', () => resolve()));

/** Whether it is done; a broker of MQTT 3.1.1 refuses by an answer, by silence, or by the end of the connection. */
const isRefused = (work: Promise<unknown>) =>
  work.then(
    () => false,
    () => true,
  );

/** What must hold at each broker: tried by a unit that has a certificate, and by who has none. */
async function holds(broker: Awaited<ReturnType<typeof openBroker>>): Promise<void> {
  const { connect, filesOf } = broker;
  const car = () => filesOf('car-1');
  const headquarters = await connect('headquarters', broker.headquarters);
  const above = heardBy(headquarters);
  await headquarters.subscribeAsync([up('+', 'detection'), up('+', 'status')], { qos: 1 });
  const unit = await connect('car-1', car());
  const below = heardBy(unit);
  const mine = ['ack', 'command', 'revoke', 'alert-status', 'alert-step'].map((rest) =>
    up('car-1', rest),
  );
  await unit.subscribeAsync([...mine, up('all', 'agency/+/+'), up('all', 'revoke')], { qos: 1 });
  await unit.publishAsync(up('car-1', 'detection'), 'seen', { qos: 1 });
  const told = [...mine, up('all', 'agency/hot-plate/1'), up('all', 'revoke')];
  for (const topic of told) await headquarters.publishAsync(topic, 'told', { qos: 1 });
  await expect.poll(() => above, { timeout: 20_000 }).toEqual([`${up('car-1', 'detection')} seen`]);
  await expect
    .poll(() => below.toSorted(), { timeout: 20_000 })
    .toEqual(told.map((topic) => `${topic} told`).toSorted());

  // Each attempt has a connection of its own, which a broker may end for it.
  for (const topic of [
    up('car-2', 'detection'),
    up('car-2', 'status'),
    'lookout/v1/other-pd/car-1/detection',
  ]) {
    const forger = await connect('car-1-spare', car());
    await isRefused(
      Promise.race([forger.publishAsync(topic, 'forged', { qos: 1 }), closed(forger)]),
    );
    forger.end(true);
  }
  const forgedOrder = await connect('car-1-spare', car());
  await isRefused(
    Promise.race([
      forgedOrder.publishAsync(up('all', 'revoke'), 'forged', { qos: 1, retain: true }),
      closed(forgedOrder),
    ]),
  );
  for (const filter of [
    '#',
    'lookout/v1/test-pd/#',
    up('+', 'detection'),
    up('car-2', 'ack'),
    '$MQTT/sub/#',
  ]) {
    const spy = await connect('car-1-doctor', car());
    const heard = heardBy(spy);
    await isRefused(Promise.race([spy.subscribeAsync(filter, { qos: 1 }), closed(spy)]));
    await headquarters.publishAsync(up('car-2', 'ack'), 'for car-2', { qos: 1 });
    spy.end(true);
    expect([filter, heard]).toEqual([filter, []]);
  }
  // A last will under another's topics.
  const will = {
    topic: up('car-2', 'status'),
    payload: Buffer.from('offline'),
    qos: 1 as const,
    retain: true,
  };
  await connect('car-1-spare', car(), { will }).then(
    (dying) => dying.stream.destroy(),
    () => undefined,
  );
  // What waits for another goes to nobody who takes its client id.
  const session = { clean: false };
  const rightful = await connect('car-2', filesOf('car-2'), session);
  await rightful.subscribeAsync(up('car-2', 'ack'), { qos: 1 });
  await rightful.endAsync();
  await headquarters.publishAsync(up('car-2', 'ack'), 'waits', { qos: 1 });
  const thief = await connect('car-2', car(), session).catch(() => null);
  const stolen = thief === null ? [] : heardBy(thief);
  await headquarters.publishAsync(up('car-2', 'ack'), 'comes', { qos: 1 });
  thief?.end(true);
  const back = await connect('car-2', filesOf('car-2'), { ...session });
  back.on('message', () => undefined);
  await back.publishAsync(up('car-2', 'detection'), 'seen too', { qos: 1 });
  const seen = [`${up('car-1', 'detection')} seen`, `${up('car-2', 'detection')} seen too`];
  await expect.poll(() => above, { timeout: 20_000 }).toEqual(seen);
  expect(stolen).toEqual([]);

  expect(await isRefused(connect('car-1', {}))).toBe(true);
  const other = await openAuthority(temporaryFolder(), ['car-1']);
  expect(await isRefused(connect('car-1', other.filesOf('car-1')))).toBe(true);
  const poses = [
    { username: 'guest', password: 'guest' },
    { username: 'headquarters', password: '' },
    { username: 'CN=headquarters', password: '' },
  ];
  for (const pose of poses) {
    const posing = await connect('car-1-spare', car(), pose).catch(() => null);
    const refused =
      posing === null ||
      (await isRefused(
        Promise.race([
          posing.subscribeAsync(up('+', 'detection'), { qos: 1 }),
          closed(posing).then(() => Promise.reject(new Error('closed'))),
        ]),
      ));
    expect([pose, refused]).toEqual([pose, true]);
    posing?.end(true);
  }
}

/** A unit that is enrolled now gets in, and one that is revoked writes nothing more, once the broker has the new rules. */
async function followsEnrolment(
  broker: Awaited<ReturnType<typeof openBroker>>,
  takeRules: () => Promise<void>,
): Promise<void> {
  const { place, connect, filesOf } = broker;
  const files = await broker.enrol('pole-3');
  await revoke(place, { name: 'car-2', keepNewest: false });
  expect(await updateBrokerFiles(place)).toMatchObject({ folder: broker.folder });
  await takeRules();
  const headquarters = await connect('headquarters', broker.headquarters);
  const heard = heardBy(headquarters);
  await headquarters.subscribeAsync(up('+', 'detection'), { qos: 1 });
  const revoked = await connect('car-2', filesOf('car-2')).catch(() => null);
  if (revoked !== null) {
    await isRefused(
      Promise.race([
        revoked.publishAsync(up('car-2', 'detection'), 'gone', { qos: 1 }),
        closed(revoked),
      ]),
    );
  }
  const pole = await connect('pole-3', files);
  await pole.publishAsync(up('pole-3', 'detection'), 'new', { qos: 1 });
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual([`${up('pole-3', 'detection')} new`]);
}

describe.skipIf(missingNats)(
  'the broker of headquarters, NATS (PRA-13)',
  { timeout: 400_000 },
  () => {
    test('lets a unit write below its own topics only, read what is for it and for all, and nobody else in', async () => {
      const broker = await openBroker('nats');
      await holds(broker);
      await followsEnrolment(broker, async () => {
        await broker.stop();
        await broker.start();
      });
    });
  },
);

describe.skipIf(missingRabbitMq)(
  'the broker of headquarters, RabbitMQ (PRA-13)',
  { timeout: 600_000 },
  () => {
    test('lets a unit write below its own topics only, read what is for it and for all, and nobody else in', async () => {
      // A port mapper and a node of this test's own.
      const mapper = String(await freePort());
      const mapping = spawn('/usr/bin/epmd', ['-port', mapper, '-address', '127.0.0.1'], {
        stdio: 'ignore',
      });
      onTestFinished(() => void mapping.kill('SIGKILL'));
      const environment = {
        ERL_EPMD_PORT: mapper,
        RABBITMQ_DIST_PORT: String(await freePort()),
        RABBITMQ_NODENAME: `lookout-${mapper}@localhost`,
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
      };
      const broker = await openBroker('rabbitmq', environment);
      await holds(broker);
      await followsEnrolment(broker, async () => {
        await broker.stop();
        await broker.start();
      });
    });
  },
);
