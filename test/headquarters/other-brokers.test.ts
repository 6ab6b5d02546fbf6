import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect as connectTo, type IClientOptions, type MqttClient } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authorityFiles, revoke } from '../../src/headquarters/enrolment/authority.ts';
import {
  brokerKinds,
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

const run = promisify(execFile);

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
    // RabbitMQ listens a moment before it lets anybody in.
    await waitFor(
      async () => {
        if (ended.exitCode !== null) throw new Error(`${kind} ended`);
        return (await isListening(port)) && (await letsIn());
      },
      { timeoutMs: 240_000, what: kind },
    );
  };
  /** Whether a file of the broker's state has a text, as it is or as NATS writes it. */
  const hasOnDisk = (text: string) => {
    const forms = [text, Buffer.from(text).toString('base64')];
    return readdirSync(stateFolder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => readFileSync(join(each.parentPath, each.name), 'latin1'))
      .some((written) => forms.some((form) => written.includes(form)));
  };
  const ca = readFileSync(join(place.folder, authorityFiles.certificate), 'utf8');
  const pem = readFileSync(join(place.folder, authorityFiles.headquarters), 'utf8');
  const connect = async (
    clientId: string,
    files: ClientFiles,
    { onClient, ...options }: IClientOptions & { onClient?: (client: MqttClient) => void } = {},
  ): Promise<MqttClient> => {
    const client = connectTo(`mqtts://127.0.0.1:${port}`, {
      ...{ ca, ...files, clientId: `lookout-test-pd-${clientId}`, protocolVersion: 4, clean: true },
      ...{ reconnectPeriod: 0, connectTimeout: 30_000 },
      ...options,
    });
    onTestFinished(() => void client.end(true));
    client.on('error', () => undefined);
    onClient?.(client);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      for (const event of ['error', 'close'] as const) {
        client.once(event, (error?: unknown) =>
          reject(error ?? new Error(`the connection of ${clientId} was closed`)),
        );
      }
    });
    return client;
  };
  const headquarters: ClientFiles = { cert: pem, key: pem };
  const letsIn = () =>
    connect('headquarters', headquarters).then(
      (client) => client.endAsync().then(() => true),
      () => false,
    );
  await start();
  return {
    ...{ place, folder, filesOf, enrol, connect, start, stop, hasOnDisk, headquarters },
    reload: () => child?.kill('SIGHUP'),
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
  for (const client of [headquarters, unit, back]) await client.endAsync();
}

/**
 * A unit that is enrolled now gets in; a certificate that is revoked does nothing more, nor what is open by it, while the unit's new
 * one goes on; and so for a unit of which all are revoked. Without a restart of the broker.
 */
async function followsEnrolment(
  broker: Awaited<ReturnType<typeof openBroker>>,
  takeRules: (isRevoked: boolean) => Promise<void>,
): Promise<void> {
  const { place, connect, filesOf } = broker;
  const tell = async (isRevoked: boolean) => {
    expect(await updateBrokerFiles(place)).toMatchObject({ folder: broker.folder });
    await takeRules(isRevoked);
  };
  const old = filesOf('car-1');
  const lost = filesOf('car-2');
  const renewed = await broker.enrol('car-1', {
    again: true,
    out: join(broker.folder, '../again'),
  });
  const pole = await broker.enrol('pole-3');
  await tell(false);
  const open = await connect('car-1', old);
  await revoke(place, { name: 'car-1', keepNewest: true });
  const ended = closed(open);
  await tell(true);
  await ended;
  const stillOpen = await connect('car-2', lost);
  await revoke(place, { name: 'car-2', keepNewest: false });
  const endedToo = closed(stillOpen);
  await tell(true);
  await endedToo;

  const headquarters = await connect('headquarters', broker.headquarters);
  const heard = heardBy(headquarters);
  await headquarters.subscribeAsync(up('+', 'detection'), { qos: 1 });
  for (const [unit, files] of [
    ['car-1', old],
    ['car-2', lost],
  ] as const) {
    expect([unit, await isRefused(connect(unit, files))]).toEqual([unit, true]);
  }
  for (const [unit, files] of [
    ['car-1', renewed],
    ['pole-3', pole],
  ] as const) {
    const client = await connect(unit, files);
    await client.publishAsync(up(unit, 'detection'), 'new', { qos: 1 });
  }
  await expect
    .poll(() => heard)
    .toEqual([`${up('car-1', 'detection')} new`, `${up('pole-3', 'detection')} new`]);
}

/** What waits for a client, and what is retained, is there when the broker was killed and is started again. */
async function outlastsKill(broker: Awaited<ReturnType<typeof openBroker>>): Promise<void> {
  const { connect, filesOf } = broker;
  const session = { clean: false };
  const [ack, order] = [up('car-1', 'ack'), up('all', 'revoke')];
  const before = await connect('car-1', filesOf('car-1'), session);
  await before.subscribeAsync(ack, { qos: 1 });
  await before.endAsync();
  const headquarters = await connect('headquarters', broker.headquarters);
  await headquarters.publishAsync(order, 'retained for all', { qos: 1, retain: true });
  await headquarters.publishAsync(ack, 'waits', { qos: 1 });
  // RabbitMQ acknowledges a retained message before it is on the disk.
  await waitFor(() => broker.hasOnDisk('retained for all'), { what: 'the message on the disk' });
  await broker.stop();
  await broker.start();

  let heard: string[] = [];
  const after = await connect('car-1', filesOf('car-1'), {
    ...session,
    // What waits comes right behind the connection.
    onClient: (client) => {
      heard = heardBy(client);
    },
  });
  await expect.poll(() => heard).toEqual([`${ack} waits`]);
  await after.subscribeAsync(order, { qos: 1 });
  await expect.poll(() => heard).toEqual([`${ack} waits`, `${order} retained for all`]);
}

const title =
  'lets a unit write below its own topics only, read what is for it and for all, nobody else in, and goes on after a kill';

describe.skipIf(missingNats)(
  'the broker of headquarters, NATS (PRA-13)',
  { timeout: 400_000 },
  () => {
    test(title, async () => {
      const broker = await openBroker('nats');
      await holds(broker);
      await outlastsKill(broker);
      await followsEnrolment(broker, async () => void broker.reload());
    });
  },
);

describe.skipIf(missingRabbitMq)(
  'the broker of headquarters, RabbitMQ (PRA-13)',
  { timeout: 600_000 },
  () => {
    test(title, async () => {
      // A port mapper and a node of this test's own.
      const mapper = String(await freePort());
      const mapping = spawn('/usr/bin/epmd', ['-port', mapper, '-address', '127.0.0.1'], {
        stdio: 'ignore',
      });
      onTestFinished(() => void mapping.kill('SIGKILL'));
      const node = `lookout-${mapper}@localhost`;
      const environment = {
        ERL_EPMD_PORT: mapper,
        RABBITMQ_DIST_PORT: String(await freePort()),
        RABBITMQ_NODENAME: node,
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
      };
      const broker = await openBroker('rabbitmq', environment);
      await holds(broker);
      await outlastsKill(broker);
      /** As the command says, but at this test's node. */
      const control = async (command: string) => {
        const words = command.replace('lookout@localhost', node).split(' ').slice(2);
        await run('/usr/lib/rabbitmq/bin/rabbitmqctl', words, {
          env: { ...process.env, ...environment, HOME: broker.folder },
        });
      };
      await followsEnrolment(broker, async (isRevoked) => {
        await control(brokerKinds.rabbitmq.reload(broker.folder));
        if (isRevoked) await control(brokerKinds.rabbitmq.end);
      });
    });
  },
);
