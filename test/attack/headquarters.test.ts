import { describe, expect, onTestFinished, test } from 'vitest';
import { consoleSection } from '../../src/config/sections/console.ts';
import { createHeadquarters } from '../../src/headquarters/headquarters.ts';
import { createLog } from '../../src/platform/log.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { ask } from '../console/ask.ts';
import { makeAda, openDepartment } from '../headquarters/department.ts';
import { pageAuthority, pageNames } from '../support/listeners.ts';
import { quickPasswords } from '../support/quick-passwords.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testAuthority } from '../support/test-authority.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { attack } from './unit-under-attack.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const login = { username: 'ada', password: goodPassword, noticeAcknowledged: true };

/** Headquarters' page on loopback and over HTTPS, with client certificates of which one is revoked. */
async function underAttack() {
  const department = await openDepartment();
  const clients = testAuthority(temporaryFolder(), 'clients');
  const laptop = clients.issue('moss-laptop');
  const lost = clients.issue('lost-laptop');
  const own = pageAuthority().issue('page', { names: 'IP:127.0.0.1,DNS:localhost' });
  const config = {
    ...department.configOf(department.dataDir),
    console: consoleSection.parse({
      port: 0,
      https: {
        ...{ enabled: true, host: '127.0.0.1', port: 0, names: pageNames, ...own },
        ...{ clientAuthority: clients.certificate, revoked: clients.revoke(lost) },
      },
    }),
  };
  const headquarters = await createHeadquarters(
    config,
    createLog({ level: 'silent' }),
    quickPasswords,
  );
  onTestFinished(() => headquarters[Symbol.asyncDispose]());
  await headquarters.start();
  await makeAda(headquarters);
  return {
    ...{ department, laptop, lost },
    plain: headquarters.console?.url ?? '',
    secure: headquarters.console?.https?.url ?? '',
  };
}

describe.skipIf(missingMosquitto)('headquarters’ page under attack', { timeout: 120_000 }, () => {
  test('shows nothing without a session, and takes no other unit’s, on either way in', async () => {
    const { plain, secure } = await underAttack();
    const paths = ['api/status', 'api/units/orders', 'api/users'];
    // A session that is good on a car.
    await using car = await attack();
    const token = await car.login('ada');
    expect((await car.asPage(token, 'GET', '/api/users')).status).toBe(200);
    const names = [car.cookieName, 'lookout-headquarters', '__Host-lookout-headquarters'];
    const cookies = ['', ...names.map((name) => `${name}=${token}`)];
    for (const url of [plain, secure]) {
      for (const path of paths) {
        for (const cookie of cookies) {
          const { status } = await ask('GET', `${url}${path}`, { cookie });
          expect([path, status]).toEqual([path, 401]);
        }
      }
    }
  });

  test('over HTTPS needs a second factor or a client certificate that holds; that of a unit is none', async () => {
    const { secure, department, laptop, lost } = await underAttack();
    const logIn = (client?: { certificate: string; key: string }) =>
      ask('POST', `${secure}api/session`, {}, login, client).then(
        ({ status, code }) => (status === 201 ? 'in' : `${status} ${code}`),
        () => 'no connection',
      );
    expect(await logIn()).toBe('403 second-factor-needed');
    expect(await logIn(laptop)).toBe('in');
    const { cert, key } = department.mosquitto.credentials('unit-7');
    expect(await logIn({ certificate: cert, key })).not.toBe('in');
    expect(await logIn(lost)).not.toBe('in');
  });
});
