import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openAccountability } from '../../src/accountability/accountability.ts';
import type { Role } from '../../src/accountability/gate/permissions.ts';
import { sessionFile } from '../../src/cli/session-file.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createLog } from '../../src/platform/log.ts';
import { quickPasswords } from './quick-passwords.ts';

const from = 'command line pts/1';
/** Of everyone who is made here. */
export const testPassword = 'four wet herons at noon';
const password = testPassword;
const training = { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: '2099-01-15' };
const cletsUntil = '2099-06-30';

/** People of a unit that a test runs commands on: real accounts, logged in at the command line. */
export interface TestAccounts {
  /** The environment in which a command runs as the first administrator, `ada`. */
  administrator: Record<string, string>;
  /** Adds someone with an account and a login; gives the environment of their commands. */
  join(username: string, role: Role): Promise<Record<string, string>>;
}

/** Makes the first administrator of the unit that this configuration file describes. */
export async function makeTestAccounts(folder: string, configFile: string): Promise<TestAccounts> {
  const { config } = loadConfig({ file: configFile });
  const open = () =>
    openAccountability({ config, log: createLog({ level: 'silent' }), ...quickPasswords });
  const sessionOf = (username: string, token: string) => {
    const environment = { XDG_RUNTIME_DIR: join(folder, 'sessions', username) };
    mkdirSync(environment.XDG_RUNTIME_DIR, { recursive: true, mode: 0o700 });
    sessionFile(config.unit, environment).write(token);
    return environment;
  };
  const loginAs = { noticeAcknowledged: true };

  await using accountability = await open();
  const code = accountability.people.firstStartCode() ?? '';
  await accountability.people.makeFirstAdministrator(
    {
      code,
      username: 'ada',
      name: 'Ada Cole',
      organisation: config.unit.agency,
      training,
      cletsUntil,
      password,
    },
    from,
  );
  const { token: ada } = await accountability.people.login(
    { ...loginAs, username: 'ada', password },
    from,
  );

  return {
    administrator: sessionOf('ada', ada),
    async join(username, role) {
      await using desk = await open();
      const perform = (token: string, operation: string, input: unknown) =>
        desk.gate.perform({ token, from, operation, input });
      await perform(ada, 'users.create', {
        username,
        name: `Test ${username}`,
        role,
        organisation: config.unit.agency,
        requestedBy: 'Sgt. Moss',
        training,
        cletsUntil,
      });
      const approved = await perform(ada, 'users.approve', { username });
      const { temporaryPassword: current } = approved as { temporaryPassword: string };
      const { token } = await desk.people.login({ ...loginAs, username, password: current }, from);
      await perform(token, 'password.change', { current, next: password });
      return sessionOf(username, token);
    },
  };
}
