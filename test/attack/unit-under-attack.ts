import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import type { Login } from '../../src/accountability/access/login-api.ts';
import {
  type Accountability,
  openAccountability,
} from '../../src/accountability/accountability.ts';
import type { UnitClient } from '../../src/accountability/gate/client.ts';
import { perform as performOn } from '../../src/accountability/gate/perform.ts';
import type { Role } from '../../src/accountability/gate/permissions.ts';
import { createSoundControl } from '../../src/alerts/sound-control.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import { type Console, createConsole } from '../../src/console/console.ts';
import { createHeadquarters } from '../../src/headquarters/headquarters.ts';
import { columnOf } from '../../src/platform/columns.ts';
import { createLog } from '../../src/platform/log.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import {
  type ListenerName,
  type ListenerUnderTest,
  listenerNamed,
  listeners,
} from '../support/listeners.ts';
import { quickPasswords } from '../support/quick-passwords.ts';
import { setUpSecondFactor } from '../support/second-factor.ts';

/** An answer of the local API. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The refusal's short name, where there is one. */
  code: string | null;
}

/** What a request may carry; nothing is added that is not asked for. */
export interface Asked {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** The address of this computer that it comes from, such as 127.0.3.1. */
  localAddress?: string;
}

/** A folder for a unit. */
export function attackFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lookout-test-'));
}

/** The accountability side of a unit, or of headquarters, behind its API on one of its listeners, with one account a role: what an attacker meets. */
export interface UnitUnderAttack extends AsyncDisposable {
  config: Config;
  accountability: Accountability;
  console: Console;
  /** Where the API is. */
  url: string;
  listener: ListenerUnderTest;
  cookieName: string;
  /** Opens a connection and sends nothing. */
  connect(): Socket;
  /** What someone types to log in: over HTTPS with a second factor, which is everyone's. */
  credentials(username: string): Login;
  ask(asked: Asked): Promise<Answer>;
  /** A request as the page makes it. */
  asPage(
    token: string | null,
    method: string,
    path: string,
    body?: unknown,
    localAddress?: string,
  ): Promise<Answer>;
  /** Logs someone in on the page; gives the session's token. */
  login(username: string): Promise<string>;
  /** Makes an account of a role, with everything on file by default. */
  account(username: string, role: Role, over?: Record<string, string | null>): void;
}

/** What can be attacked: what must hold on a unit must hold at headquarters. */
export const places = ['unit', 'headquarters'] as const;
export type Place = (typeof places)[number];
/** Each way in to a unit; to headquarters, which has the same listeners, the one that leads there from other computers. */
export const waysIn: { place: Place; listener: ListenerName }[] = [
  ...listeners.map((listener) => ({ place: 'unit' as const, listener })),
  { place: 'headquarters', listener: 'https' },
];

/** The people's side of a unit, as the daemon joins it. */
async function openUnit(config: Config) {
  const log = createLog({ level: 'silent' });
  const accountability = await openAccountability({ config, log, ...quickPasswords });
  const console = createConsole({
    ...{ config: config.console, unit: config.unit, log },
    ...{ people: accountability.people, gate: accountability.gate, audit: accountability.audit },
    ...{ hits: accountability.verification, hitRights: accountability.hitRights },
    status: () => ({}),
    sound: createSoundControl({ outputs: [], isHeld: () => true }),
  });
  const stop = async () => {
    await console[Symbol.asyncDispose]();
    await accountability[Symbol.asyncDispose]();
  };
  return { accountability, console, stop };
}

/** Headquarters itself, without a link to its broker. */
async function openHeadquarters(config: Config) {
  const headquarters = await createHeadquarters(
    config,
    createLog({ level: 'silent' }),
    quickPasswords,
  );
  const { accountability, console } = headquarters;
  if (console === null) throw new Error('headquarters has no page');
  const stop = async () => {
    await console[Symbol.asyncDispose]();
    await headquarters[Symbol.asyncDispose]();
  };
  return { accountability, console, stop };
}

/** The configuration of a place; `over` has more sections, or others. */
export function configOf(
  place: Place,
  { dataDir, id = 'car-1', over = {} }: { dataDir: string; id?: string; over?: object },
): Config {
  const unit = { agency: 'test-pd', id, dataDir };
  const own =
    place === 'unit'
      ? { unit, uplink: { enabled: false } }
      : { unit: { ...unit, mode: place }, uplink: { broker: 'mqtt://127.0.0.1:9' } };
  return configSchema.parse({ ...own, ...over });
}

/** Opens a place on its databases, and starts nothing. */
export const openPlace = (place: Place, config: Config) =>
  place === 'unit' ? openUnit(config) : openHeadquarters(config);

/** Disposal removes the folder too. */
export async function attack(
  over: Record<string, unknown> = {},
  listenerName: ListenerName = 'loopback',
  place: Place = 'unit',
): Promise<UnitUnderAttack> {
  const dataDir = attackFolder();
  const listener = listenerNamed(listenerName);
  const config = configOf(place, {
    dataDir,
    over: {
      console: listener.settings,
      hotlist: { lists: [{ id: 'svs', name: 'Stolen vehicles', source: 'state' }] },
      ...over,
    },
  });
  const opened = await openPlace(place, config);
  const { accountability, console } = opened;
  const { people, gate } = accountability;
  await console.start();

  const code = people.firstStartCode() ?? '';
  await people.makeFirstAdministrator(
    {
      code,
      username: 'ada',
      name: 'Ada Cole',
      organisation: 'test-pd',
      password: goodPassword,
      cletsUntil: '2099-01-01',
      training: { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: null },
    },
    'command line test',
  );

  const url = listener.urlOf(console);
  const cookieName = `${listener.cookiePrefix}lookout-${config.unit.id}`;
  const known = { password: goodPassword, noticeAcknowledged: true };
  let nextCode: (() => string) | null = null;
  if (listenerName === 'https') {
    const from = 'command line test';
    const { token } = await people.login({ username: 'ada', ...known }, from);
    const client: Pick<UnitClient, 'perform'> = {
      perform: (request) => gate.perform({ ...request, token, from }),
    };
    nextCode = await setUpSecondFactor((operation, input) => performOn(client, operation, input), {
      dataDir,
    });
    people.logout(token, from);
  }
  const credentials = (username: string): Login => ({
    username,
    ...known,
    ...(nextCode === null ? {} : { secondFactor: nextCode() }),
  });

  const ask = ({
    method = 'GET',
    path,
    headers = {},
    body,
    localAddress,
  }: Asked): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const length =
        body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const options = {
        ...{ method, path, headers: { ...length, ...headers } },
        ...(localAddress === undefined ? {} : { localAddress }),
      };
      listener
        .request(url, options)
        .on('response', (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => {
            parts.push(part);
            // A stream of events does not end by itself.
            if (response.headers['content-type']?.startsWith('text/event-stream'))
              response.destroy();
          });
          const end = () => {
            const text = Buffer.concat(parts).toString();
            const code = /^\{"code":"([^"]+)"/.exec(text)?.[1] ?? null;
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code });
          };
          response.on('end', end).on('close', end);
        })
        .on('error', reject)
        .end(body);
    });

  const asPage: UnitUnderAttack['asPage'] = (token, method, path, body, localAddress) =>
    ask({
      ...{ method, path },
      ...(localAddress === undefined ? {} : { localAddress }),
      headers: {
        ...(method === 'GET' ? {} : { 'x-lookout': 'page' }),
        ...(token === null ? {} : { cookie: `${cookieName}=${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  return {
    config,
    accountability,
    console,
    url,
    listener,
    cookieName,
    connect: () => listener.connect(url),
    credentials,
    ask,
    asPage,
    async login(username) {
      return (await people.login(credentials(username), `${listener.client} 127.0.0.1`)).token;
    },
    account(username, role, changes = {}) {
      // A copy of the administrator's row: the same password, without the time that hashing takes.
      const db = new SQLite(join(dataDir, 'people.db'));
      const row = db.prepare("SELECT * FROM account WHERE username = 'ada'").get();
      const changed = Object.entries(changes).map(([field, value]) => [columnOf(field), value]);
      const copy = {
        ...(row as object),
        ...Object.fromEntries(changed),
        id: uuidv7(),
        username,
        role,
      };
      const names = Object.keys(copy);
      db.prepare(
        `INSERT INTO account (${names.join(', ')}) VALUES (${names.map((n) => `@${n}`).join(', ')})`,
      ).run(copy);
      db.close();
    },
    async [Symbol.asyncDispose]() {
      await opened.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
