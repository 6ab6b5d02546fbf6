import { EventEmitter } from 'node:events';
import { onTestFinished } from 'vitest';
import { hitRights, type ListSources } from '../../src/accountability/gate/list-rights.ts';
import type { Operation } from '../../src/accountability/gate/operation.ts';
import type { Policy } from '../../src/accountability/policy/policy.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createSeenAlerts } from '../../src/accountability/verification/seen-alerts.ts';
import type { Verification } from '../../src/accountability/verification/verification.ts';
import type { SoundControl } from '../../src/alerts/sound-control.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { ConsoleConfig } from '../../src/config/sections/console.ts';
import { type Console, createConsole } from '../../src/console/console.ts';
import { createLog } from '../../src/platform/log.ts';
import { goodPassword, PeopleUnderTest } from '../accountability/access/people-under-test.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What a test may choose about its console. */
export interface ConsoleOptions {
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
  /** The sound of the unit's alerts; none by default. */
  sound?: (people: PeopleUnderTest['people']) => SoundControl;
  /** No account exists yet. */
  withoutAccounts?: boolean;
}

/** A console in front of the real people of a unit, on a clock that the test turns. */
export interface RunningConsole extends Console {
  unit: PeopleUnderTest;
  /** The cookie of `ada`, the administrator who is logged in. */
  cookie: string;
  config: ConsoleConfig;
}

const stateList: ListSources = () => [{ id: 'svs', source: 'state' }];

/** A console on a free port, stopped with the test; `ada` is its administrator. */
export async function runConsole(options: ConsoleOptions = {}): Promise<RunningConsole> {
  const { dataDir = temporaryFolder(), mode = 'mobile', port = 0 } = options;
  const unit = new PeopleUnderTest({
    dataDir,
    unit: { mode },
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.alter === undefined ? {} : { alter: options.alter }),
    ...(options.operations === undefined ? {} : { operations: options.operations }),
  });
  // The page computes the length of a session by the real clock.
  unit.nowMs = Date.now();
  const config = configSchema.parse({ console: { port }, unit: { dataDir, mode } });
  const { people, gate } = unit;
  const db = openUnitDatabase(dataDir);
  onTestFinished(() => void db.close());
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
    log: createLog({ level: 'silent' }),
  });
  await console.start();
  onTestFinished(() => console[Symbol.asyncDispose]());
  let token = '';
  if (options.withoutAccounts !== true) {
    if (people.form().firstStart) await unit.first();
    ({ token } = await unit.login('ada', goodPassword, undefined, 'page 127.0.0.1'));
  }
  return Object.defineProperties(console, {
    unit: { value: unit },
    cookie: { value: `lookout-${config.unit.id}=${token}` },
    config: { value: config.console },
  }) as RunningConsole;
}
