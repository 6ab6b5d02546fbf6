import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';
import mqtt from 'mqtt';
import { onTestFinished } from 'vitest';
import {
  type Accountability,
  openAccountability,
} from '../../src/accountability/accountability.ts';
import {
  type AgencyMessage,
  agencyMessageSchema,
} from '../../src/accountability/agency/agency-message.ts';
import { configSchema } from '../../src/config/schema.ts';
import { openSigningKey, publicKeysPem } from '../../src/headquarters/enrolment/signing-keys.ts';
import { createLog } from '../../src/platform/log.ts';
import { agencyMessageTopic, unitTopic } from '../../src/uplink/topics.ts';
import { quickPasswords } from '../support/quick-passwords.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Credentials, openMosquitto } from './mosquitto.ts';
import { openHeadquarters } from './open-headquarters.ts';

export const from = 'command line pts/1';
export const password = 'four wet herons at noon';
const training = { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: '2099-01-15' };
const cletsUntil = '2099-06-30';
const hotPlate = {
  state: 'CA',
  category: 'felony_vehicle',
  reason: 'Used in armed robbery',
  synopsis: 'Robbery of a store on Sonoma Blvd, two males, fled northbound',
  caseNumber: '26-004211',
  days: 14,
};
const inquiry = { purpose: 'investigation', caseNumber: '26-0042' };

interface Stoppable {
  stop: () => Promise<void>;
}

/** A broker (mosquitto with mutual TLS, or a given one without), a headquarters, and units of one agency that share what people decide on any of them. */
export async function openAgency(
  options: {
    broker?: string;
    /** Starts the headquarters; default: the reference. */
    start?: (
      folder: string,
      link: { broker: string; tls: Partial<Credentials> },
    ) => Promise<Stoppable>;
  } = {},
) {
  const { start: startHeadquarters = openHeadquarters } = options;
  const folder = temporaryFolder();
  const { broker, credentials } =
    options.broker === undefined
      ? await openMosquitto(folder, { units: ['unit-7', 'unit-8'], persistent: true })
      : { broker: options.broker, credentials: () => ({}) };
  const tls = credentials('headquarters');
  const signingKey = openSigningKey(join(folder, 'headquarters'));
  const key = join(folder, 'headquarters.pub');
  writeFileSync(key, publicKeysPem(join(folder, 'headquarters')));
  const secret = join(folder, 'agency.secret');
  writeFileSync(secret, randomBytes(32).toString('base64'));

  /** A unit by its id; it is off until `start`. */
  const openUnit = (id: string) => {
    const dataDir = join(folder, id);
    mkdirSync(dataDir);
    const settings = {
      unit: { agency: 'test-pd', id, dataDir },
      uplink: {
        broker,
        tls: credentials(id),
        reconnectMaxS: 1,
        resendAfterS: 2,
        agency: { key, secret },
      },
      policy: { profile: 'vallejo' },
      records: { minFreeMiB: 0 },
    };
    const config = configSchema.parse(settings);
    let child: ChildProcess | null = null;

    const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
      const running = child;
      child = null;
      if (running === null || running.exitCode !== null || running.signalCode !== null) return;
      const ended = once(running, 'exit');
      running.kill(signal);
      await ended;
    };
    const start = async (): Promise<void> => {
      const program = fileURLToPath(new URL('./agency-unit.ts', import.meta.url));
      child = spawn(process.execPath, [program, JSON.stringify(settings)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout ?? child, 'data');
    };
    onTestFinished(() => stop('SIGKILL'));

    let opened: Promise<Accountability> | null = null;
    onTestFinished(async () => (await opened)?.[Symbol.asyncDispose]());
    /** What people do on this unit at the command line, in another process than the unit's own. */
    const on = async <T>(work: (desk: Accountability) => T | Promise<T>): Promise<T> => {
      opened ??= openAccountability({
        ...{ config, log: createLog({ level: 'silent' }) },
        ...quickPasswords,
      });
      return work(await opened);
    };
    const login = (username: string, word = password) =>
      on(async ({ people }) => {
        const entered = { username, password: word, noticeAcknowledged: true };
        return (await people.login(entered, from)).token;
      });
    /** Performs an operation as the person of this session. */
    const perform = <T = unknown>(token: string, operation: string, input: object) =>
      on(({ gate }) => gate.perform({ token, from, operation, input, inquiry }) as Promise<T>);
    const add = async (token: string, username: string, role = 'officer'): Promise<string> => {
      await perform(token, 'users.create', {
        username,
        name: `Test ${username}`,
        role,
        organisation: 'test-pd',
        requestedBy: 'Sgt. Moss',
        training,
        cletsUntil,
      });
      const approved = await perform(token, 'users.approve', { username });
      return (approved as { temporaryPassword: string }).temporaryPassword;
    };
    const query = <Row>(sql: string, ...values: unknown[]): Row[] => {
      const db = new SQLite(join(dataDir, 'lookout.db'), { readonly: true });
      const rows = db.prepare<unknown[], Row>(sql).all(...values);
      db.close();
      return rows;
    };
    return {
      id,
      dataDir,
      /** Messages that headquarters has not acknowledged. */
      waiting: async () => query('SELECT id FROM outbox').length,
      /** Hot plates in these states, by this unit's database. */
      hotPlates: () => query<{ id: string; state: string }>('SELECT id, state FROM hot_plate'),
      /** The kinds of lines in the logs of these entries. */
      log: (ids: readonly string[]) =>
        ids.map((each) =>
          query<{ kind: string }>(
            'SELECT kind FROM hot_plate_log WHERE hot_plate = ? ORDER BY seq',
            each,
          ).map(({ kind }) => kind),
        ),
      start,
      stop,
      on,
      /** Ends what people do here, so that the data folder can be copied. */
      async leave(): Promise<void> {
        await (await opened)?.[Symbol.asyncDispose]();
        opened = null;
      },
      login,
      perform,
      /** Has a hot plate entered and approved; gives its id. */
      async list(plate: string, by: { enteredBy: string; approvedBy: string }): Promise<string> {
        const typed = { ...hotPlate, plate, plateAgain: plate };
        const { id } = await perform<{ id: string }>(by.enteredBy, 'hotplates.enter', typed);
        await perform(by.approvedBy, 'hotplates.approve', { id });
        return id;
      },
      /** Makes `ada`, the first administrator, and logs her in. */
      async first(username = 'ada'): Promise<string> {
        await on(({ people }) =>
          people.makeFirstAdministrator(
            {
              code: people.firstStartCode() ?? '',
              username,
              name: 'Ada Cole',
              organisation: 'test-pd',
              training,
              cletsUntil,
              password,
            },
            from,
          ),
        );
        return login(username);
      },
      /** Has an account made and approved; gives its temporary password. */
      add,
      /** Adds someone who has changed the temporary password, and logs them in. */
      async join(token: string, username: string, role = 'officer'): Promise<string> {
        const current = await add(token, username, role);
        const own = await login(username, current);
        await perform(own, 'password.change', { current, next: password });
        return own;
      },
    };
  };
  const started = await startHeadquarters(folder, { broker, tls });

  /** Over a link of headquarters' own, which may publish whatever it likes. */
  let opened: ReturnType<typeof openLink> | null = null;
  const link = () => (opened ??= openLink({ broker, tls }));
  return {
    signingKey,
    openUnit,
    /** Every message that the broker keeps and headquarters has stored, as text. */
    async readAll(): Promise<string> {
      const db = new SQLite(join(folder, 'headquarters', 'headquarters.db'), { readonly: true });
      const bodies = ['notice', 'shared'].flatMap((table) =>
        db.prepare<[], string>(`SELECT body FROM ${table}`).pluck().all(),
      );
      db.close();
      return [...bodies, readFileSync(join(folder, 'mosquitto', 'mosquitto.db'), 'latin1')].join();
    },
    /** Stops headquarters; `again` starts it on what it kept. */
    stop: started.stop,
    again: () => startHeadquarters(folder, { broker, tls }),
    folder,
    publish: async (id: string, message: object) =>
      (await link()).publish(
        agencyMessageTopic('test-pd', 'hot-plate', id),
        JSON.stringify(message),
      ),
    /** Closes accounts on every unit, as headquarters does when someone leaves. */
    async revoke(username: string): Promise<void> {
      const at = new Date().toISOString();
      const list = { at, everyone: false, accounts: [{ username, at, reason: 'left' }] };
      const topic = unitTopic('test-pd', 'all', 'revoke');
      await (await link()).publish(topic, JSON.stringify(list));
    },
    /** What the broker keeps for all units about this. */
    retained: async (kind: string, id: string): Promise<AgencyMessage> =>
      agencyMessageSchema.parse(
        JSON.parse(await (await link()).retained(agencyMessageTopic('test-pd', kind, id))),
      ),
  };
}

/** A bare MQTT client. */
async function openLink({ broker, tls }: { broker: string; tls: Partial<Credentials> }) {
  const files = Object.fromEntries(
    Object.entries(tls).map(([name, path]) => [name, readFileSync(path)]),
  );
  const client = await mqtt.connectAsync(broker, { ...files, protocolVersion: 5 });
  onTestFinished(() => client.endAsync(true));
  return {
    publish: async (topic: string, text: string) =>
      void (await client.publishAsync(topic, text, { qos: 1, retain: true })),
    async retained(topic: string): Promise<string> {
      const arrived = Promise.withResolvers<string>();
      client.once('message', (_, payload) => arrived.resolve(payload.toString()));
      await client.subscribeAsync(topic, { qos: 1 });
      const text = await arrived.promise;
      await client.unsubscribeAsync(topic);
      return text;
    },
  };
}

export type AgencyUnit = ReturnType<Awaited<ReturnType<typeof openAgency>>['openUnit']>;
