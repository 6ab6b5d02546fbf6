import { accessSync, constants, existsSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import type { LoginApi } from '../accountability/access/login-api.ts';
import type { People } from '../accountability/access/people.ts';
import type { StatedInquiry, UnitClient } from '../accountability/gate/client.ts';
import type { Config } from '../config/schema.ts';
import { createLog } from '../platform/log.ts';
import { Problem } from '../platform/problem.ts';
import { giveToServiceUser } from '../platform/service-user.ts';
import { openApiClient } from './api-client.ts';
import { type ConfiguredOptions, configured, type OptionsOf, readConfig } from './configured.ts';
import { sessionFile } from './session-file.ts';

/** Makes a command on plates or people's data: adds the options of `configured`, and what says why one looks. */
export function inquiring(command: Command) {
  return configured(command)
    .option('--purpose <code>', 'why you look: a purpose code of the policy')
    .option('--case <number>', 'case number')
    .option('--incident <number>', 'incident number')
    .option('--reason <text>', 'reason, in words')
    .option('--inquiry <id>', 'an inquiry that you began earlier, in place of the four above');
}

/** Options of a command that may look at plates or people's data. */
export type InquiryOptions = OptionsOf<typeof inquiring>;

/** The inquiry that was stated on the command line; undefined when none was. */
export function inquiryOf(options: InquiryOptions): StatedInquiry | undefined {
  const { purpose, case: caseNumber, incident: incidentNumber, reason, inquiry } = options;
  if (inquiry !== undefined) return { id: inquiry };
  if ((purpose ?? caseNumber ?? incidentNumber ?? reason) === undefined) return undefined;
  // Without a purpose the unit refuses, and names those of its policy.
  return { purpose: purpose ?? '', caseNumber, incidentNumber, reason };
}

/**
 * The unit, as this person may see it with the session of `lookout login`. Where the data folder can be opened it
 * is the gate itself; else the local API of the running daemon.
 */
export async function openClient(options: ConfiguredOptions): Promise<UnitClient> {
  const { config, isInstalled } = readConfig(options);
  const token = sessionFile(config.unit).read();
  if (token === null) throw new Problem('you are not logged in; type "lookout login" first');
  giveToServiceUser(config.unit.dataDir, isInstalled);
  if (!isOurs(config.unit.dataDir)) return openApiClient(config, token);
  const accountability = await open(config);
  const from = terminal();
  return {
    perform: (request) => accountability.gate.perform({ ...request, token, from }),
    [Symbol.asyncDispose]: () => accountability[Symbol.asyncDispose](),
  };
}

/** The running daemon, for what it alone can do, with the session of `lookout login`. */
export function openDaemonClient(options: ConfiguredOptions): UnitClient {
  const { config } = readConfig(options);
  const token = sessionFile(config.unit).read();
  if (token === null) throw new Problem('you are not logged in; type "lookout login" first');
  return openApiClient(config, token, { isOnlyWay: true });
}

/** Where people log in and out. */
export async function openLoginApi(
  options: ConfiguredOptions,
): Promise<LoginApi & AsyncDisposable> {
  const { config, isInstalled } = readConfig(options);
  giveToServiceUser(config.unit.dataDir, isInstalled);
  if (!isOurs(config.unit.dataDir)) return openApiClient(config, null);
  const accountability = await open(config);
  const { people } = accountability;
  const from = terminal();
  return {
    form: async () => people.form(),
    login: (login) => people.login(login, from),
    makeFirstAdministrator: (first) => people.makeFirstAdministrator(first, from),
    logout: async (token) => people.logout(token, from),
    unlock: (token, password) => people.unlock(token, { password }, from),
    session: async (token) => people.session(token, from),
    [Symbol.asyncDispose]: () => accountability[Symbol.asyncDispose](),
  };
}

/** The people of this unit, for what only someone who may write its data folder can do. */
export async function openOwnPeople(
  options: ConfiguredOptions,
): Promise<{ people: People; from: string } & AsyncDisposable> {
  const { config, isInstalled } = readConfig(options);
  giveToServiceUser(config.unit.dataDir, isInstalled);
  if (!isOurs(config.unit.dataDir)) {
    throw new Problem(
      `${config.unit.dataDir}: this user may not write the unit's data folder. Run the command as the user of ` +
        'the service, or as root.',
    );
  }
  const accountability = await open(config);
  return {
    people: accountability.people,
    from: terminal(),
    [Symbol.asyncDispose]: () => accountability[Symbol.asyncDispose](),
  };
}

async function open(config: Config) {
  const { openAccountability } = await import('../accountability/accountability.ts');
  const log = createLog({ level: 'warn' });
  if (config.unit.mode !== 'headquarters') return openAccountability({ config, log });
  const { openHeadquartersDatabase, openUnitRecords } = await import(
    '../headquarters/unit-logs/unit-records.ts'
  );
  await using opening = new AsyncDisposableStack();
  // Made or brought up to date here too: a command may be the first after an update.
  openHeadquartersDatabase(config.unit.dataDir).close();
  const unitRecords = opening.use(openUnitRecords(config.unit.dataDir));
  const accountability = await openAccountability({ config, log, unitRecords });
  const opened = opening.move();
  return {
    ...accountability,
    async [Symbol.asyncDispose]() {
      await accountability[Symbol.asyncDispose]();
      await opened.disposeAsync();
    },
  };
}

/** Whether this user may work on the databases themselves: the service's user, or root. */
export function isOurs(dataDir: string): boolean {
  const database = join(dataDir, 'people.db');
  try {
    accessSync(existsSync(database) ? database : dataDir, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return !existsSync(dataDir);
  }
}

/** The terminal that someone sits at, for the audit log. */
function terminal(): string {
  try {
    const name = readlinkSync('/proc/self/fd/0');
    return `command line ${isTerminal(name) ? name.slice('/dev/'.length) : 'script'}`;
  } catch {
    return 'command line unknown';
  }
}

/** `/dev/pts/3`, `/dev/tty1`, `/dev/console`; a script has a pipe, a file or `/dev/null` there. */
function isTerminal(name: string): boolean {
  return /^\/dev\/(?:pts\/|tty|console$)/.test(name);
}
