import { EventEmitter } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Login } from '../../src/accountability/access/login-api.ts';
import { hitRights, type ListSources } from '../../src/accountability/gate/list-rights.ts';
import type { Operation } from '../../src/accountability/gate/operation.ts';
import type { Policy } from '../../src/accountability/policy/policy.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createSeenAlerts } from '../../src/accountability/verification/seen-alerts.ts';
import type { Verification } from '../../src/accountability/verification/verification.ts';
import type { SoundControl } from '../../src/alerts/sound-control.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { ConsoleConfig } from '../../src/config/sections/console.ts';
import type { AimCameras } from '../../src/console/aim-operations.ts';
import { type Console, createConsole } from '../../src/console/console.ts';
import { createLog } from '../../src/platform/log.ts';
import {
  goodPassword,
  PeopleUnderTest,
  terminal,
} from '../accountability/access/people-under-test.ts';
import { type ListenerName, type ListenerUnderTest, listenerNamed } from '../support/listeners.ts';
import { setUpSecondFactor } from '../support/second-factor.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What a test may choose about its console. */
export interface ConsoleOptions {
  /** Through which listener the test goes; by default loopback. */
  listener?: ListenerName;
  /** Settings of `console.https`, for a listener over HTTPS. */
  https?: Record<string, unknown>;
  port?: number;
  dataDir?: string;
  status?: () => unknown;
  mode?: 'mobile' | 'fixed';
  profile?: string;
  alter?: (policy: Policy) => void;
  operations?: readonly Operation[];
  /** How far the verification of a hit is; nothing is known of any by default. */
  hits?: Pick<Verification, 'standing' | 'events'>;
  /** The lists of the unit; by default the list of `exampleMatch`, of the state. */
  lists?: ListSources;
  /** The cameras that people may set up; none by default. */
  cameras?: AimCameras;
  /** The sound of the unit's alerts; none by default. */
  sound?: (people: PeopleUnderTest['people']) => SoundControl;
  /** What times that count up are measured by, ms; by default those of this process. */
  steady?: () => number;
  /** No account exists yet. */
  withoutAccounts?: boolean;
}

/** A console in front of the real people of a unit, on a clock that the test turns. */
export interface RunningConsole extends Console {
  unit: PeopleUnderTest;
  /** Where the page is through the listener of this test. */
  url: string;
  /** Where it is on the unit itself. */
  ownUrl: string;
  listener: ListenerUnderTest;
  /** The cookie of `ada`, the administrator who is logged in. */
  cookie: string;
  /** Logs someone in on a page at the listener, over HTTPS with the second factor; gives the cookie. */
  cookieOf(username: string, listener?: ListenerUnderTest): Promise<string>;
  /** What someone types to log in there. */
  loginOf(username: string): Promise<Login>;
  config: ConsoleConfig;
}

const stateList: ListSources = () => [{ id: 'svs', source: 'state' }];

/** A console on a free port, stopped with the test; `ada` is its administrator. */
export async function runConsole(options: ConsoleOptions = {}): Promise<RunningConsole> {
  const { dataDir = temporaryFolder(), mode = 'mobile', port = 0 } = options;
  const listener = listenerNamed(options.listener ?? 'loopback');
  const unit = new PeopleUnderTest({
    dataDir,
    unit: { mode },
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.alter === undefined ? {} : { alter: options.alter }),
    ...(options.operations === undefined ? {} : { operations: options.operations }),
  });
  // The page computes the length of a session by the real clock.
  unit.nowMs = Date.now();
  const { https, ...settings } = listener.settings;
  const section = {
    ...settings,
    port,
    ...(https ? { https: { ...https, ...options.https } } : {}),
  };
  const config = configSchema.parse({ console: section, unit: { dataDir, mode } });
  const { people, gate } = unit;
  const db = openUnitDatabase(dataDir);
  onTestFinished(() => void db.close());
  const needsSecondFactor = listener.name === 'https';
  const console = createConsole({
    config: config.console,
    unit: config.unit,
    people,
    gate,
    audit: unit.audit,
    hitRights: hitRights(options.lists ?? stateList, unit.policy.verification.ownAlerts),
    hits: {
      seen: createSeenAlerts(db),
      ...(options.hits ?? { standing: () => null, events: new EventEmitter() }),
    },
    status: options.status ?? (() => ({})),
    ...(options.sound === undefined ? {} : { sound: options.sound(people) }),
    ...(options.steady === undefined ? {} : { steady: options.steady }),
    ...(options.cameras === undefined ? {} : { cameras: options.cameras }),
    log: createLog({ level: 'silent' }),
  });
  await console.start();
  onTestFinished(() => console[Symbol.asyncDispose]());
  const codes = new Map<string, () => string>();
  const loginOf = async (username: string): Promise<Login> => {
    const login = { username, password: goodPassword, noticeAcknowledged: true };
    if (!needsSecondFactor) return login;
    const known = codes.get(username);
    if (known !== undefined) return { ...login, secondFactor: known() };
    const { token } = await people.login(login, terminal);
    const made = await setUpSecondFactor(
      (operation, input) => unit.perform(token, operation, input),
      { dataDir, now: () => unit.nowMs },
    );
    people.logout(token, terminal);
    codes.set(username, made);
    return { ...login, secondFactor: made() };
  };
  const cookieOf = async (username: string, through = listener): Promise<string> => {
    const { token } = await people.login(await loginOf(username), `${through.client} 127.0.0.1`);
    return `${through.cookiePrefix}lookout-${config.unit.id}=${token}`;
  };
  let cookie = `${listener.cookiePrefix}lookout-${config.unit.id}=`;
  if (options.withoutAccounts !== true) {
    if (people.form().firstStart) await unit.first();
    cookie = await cookieOf('ada');
  }
  return Object.create(console, {
    unit: { value: unit },
    url: { get: () => listener.urlOf(console) },
    ownUrl: { get: () => console.url },
    listener: { value: listener },
    cookie: { value: cookie },
    cookieOf: { value: cookieOf },
    loginOf: { value: loginOf },
    config: { value: config.console },
  }) as RunningConsole;
}
