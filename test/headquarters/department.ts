import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import {
  approveAccount,
  changePassword,
  createAccount,
} from '../../src/accountability/access/operations.ts';
import type { StatedInquiry } from '../../src/accountability/gate/client.ts';
import type { OperationDefinition } from '../../src/accountability/gate/definition.ts';
import { perform } from '../../src/accountability/gate/perform.ts';
import type { Role } from '../../src/accountability/gate/permissions.ts';
import type { ArchiveSettings } from '../../src/archive/postgres/connect.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createHeadquarters, type Headquarters } from '../../src/headquarters/headquarters.ts';
import { createLog } from '../../src/platform/log.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { quickPasswords } from '../support/quick-passwords.ts';
import { stopOnce } from '../support/stop-once.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { openMosquitto } from '../uplink/mosquitto.ts';
import { openUnit } from '../uplink/open-unit.ts';

const from = 'command line pts/1';
const training = { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: null };
const units = ['unit-7', 'unit-8', 'pole-3'];

/** A broker with mutual TLS, headquarters with its own databases, and the units of one agency, none of them started. */
export async function openDepartment(
  options: {
    profile?: string;
    /** The agency's own values, over its profile's. */
    overrides?: object;
    persistent?: boolean;
    lists?: object[];
    schedules?: object[];
    metricsPort?: number;
    archive?: ArchiveSettings;
  } = {},
) {
  const { profile = 'vallejo', persistent = true, lists = [], metricsPort } = options;
  const { schedules = [], overrides = {}, archive } = options;
  const folder = temporaryFolder();
  const mosquitto = await openMosquitto(folder, { units, persistent });
  const { broker, credentials } = mosquitto;
  const dataDir = join(folder, 'headquarters');
  const configOf = (folderOfData: string) =>
    configSchema.parse({
      unit: { agency: 'test-pd', id: 'headquarters', mode: 'headquarters', dataDir: folderOfData },
      uplink: { broker, tls: credentials('headquarters'), reconnectMaxS: 1 },
      policy: { profile, overrides },
      hotlist: { lists },
      lists: { schedules },
      ...(archive && { headquarters: { archive } }),
      console: { port: 0 },
      metrics: metricsPort === undefined ? { enabled: false } : { port: metricsPort },
    });
  const log = createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' });

  /** Headquarters as it starts on what is on its disk, or on what was restored to another folder. */
  async function startHeadquarters(on = dataDir) {
    const headquarters = await createHeadquarters(configOf(on), log, quickPasswords);
    const stop = stopOnce(() => headquarters[Symbol.asyncDispose]());
    await headquarters.start();
    await waitFor(() => headquarters.status().broker.connected, { what: 'headquarters’ link' });
    return { headquarters, stop };
  }

  return {
    folder,
    mosquitto,
    dataDir,
    startHeadquarters,
    configOf,
    /** A unit with a data folder of its own, whose link is not started; `status`: the figures that it tells. */
    unit: (id: string, status?: () => object) =>
      openUnit(
        join(folder, id),
        { broker, tls: credentials(id) },
        { unitId: id, ...(status === undefined ? {} : { status }) },
      ),
    /** Rows of one of headquarters' databases. */
    rows<Row = Record<string, unknown>>(database: string, sql: string, on = dataDir): Row[] {
      const db = new SQLite(join(on, database), { readonly: true });
      try {
        return db.prepare<[], Row>(sql).all();
      } finally {
        db.close();
      }
    },
    /** Changes one of headquarters' databases past the program; it must not run. */
    change(database: string, sql: string): void {
      const db = new SQLite(join(dataDir, database));
      db.exec(sql);
      db.close();
    },
  };
}

/** Makes Ada the first administrator at headquarters. */
export function makeAda({ accountability: { people } }: Headquarters): Promise<unknown> {
  return people.makeFirstAdministrator(
    {
      ...{ code: people.firstStartCode() ?? '', username: 'ada', name: 'Ada Cole' },
      ...{ organisation: 'test-pd', training, cletsUntil: '2099-01-01', password: goodPassword },
    },
    from,
  );
}

/** Logs Ada in on the page; gives her token. */
export async function logInAda({ accountability: { people } }: Headquarters): Promise<string> {
  const entered = { username: 'ada', password: goodPassword, noticeAcknowledged: true };
  return (await people.login(entered, 'page 127.0.0.1')).token;
}

/** Makes Ada the first administrator at headquarters, and performs operations as her. */
export async function asAda(headquarters: Headquarters) {
  await makeAda(headquarters);
  return asAdaAgain(headquarters);
}

/** Performs operations as Ada, who has an account at headquarters. */
export async function asAdaAgain(headquarters: Headquarters) {
  return performingAs(headquarters, await logInAda(headquarters));
}

/** Has Ada make and approve an account of a role, and performs operations as its person. */
export async function asHired(headquarters: Headquarters, username: string, role: Role) {
  const { people } = headquarters.accountability;
  const ada = await asAdaAgain(headquarters);
  await ada(createAccount, {
    ...{ username, name: `Test ${username}`, role, organisation: 'test-pd', training },
    ...{ requestedBy: 'Sgt. Moss', cletsUntil: '2099-01-01' },
  });
  const { temporaryPassword: current } = await ada(approveAccount, { username });
  const login = async (password: string) =>
    (await people.login({ username, password, noticeAcknowledged: true }, 'page 127.0.0.1')).token;
  const first = performingAs(headquarters, await login(current));
  await first(changePassword, { current, next: goodPassword });
  return performingAs(headquarters, await login(goodPassword));
}

/** Performs operations in the session of this token. */
function performingAs(headquarters: Headquarters, token: string) {
  const { gate } = headquarters.accountability;
  return <Input, Parsed, Answer>(
    operation: OperationDefinition<Input, Parsed, Answer>,
    input: NoInfer<Input>,
    inquiry?: StatedInquiry,
  ): Promise<Answer> =>
    perform(
      { perform: (request) => gate.perform({ ...request, token, from: 'page 127.0.0.1' }) },
      operation,
      input,
      inquiry,
    );
}
