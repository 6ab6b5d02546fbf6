import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { pageAuthority } from '../support/listeners.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Issued, type TestAuthority, testAuthority } from '../support/test-authority.ts';
import { waitFor } from '../support/wait-for.ts';
import { ask } from './ask.ts';
import { runConsole } from './running-console.ts';

const login = { username: 'ada', password: goodPassword, noticeAcknowledged: true };

/** A console that asks for client certificates of an authority of the test, whose people have no second factor. */
async function withClients(https: Record<string, unknown> = {}) {
  const clients = testAuthority(temporaryFolder(), 'clients');
  const console = await runConsole({
    listener: 'https',
    withoutAccounts: true,
    https: { clientAuthority: clients.certificate, ...https },
  });
  await console.unit.first();
  const { url } = console;
  return {
    ...{ console, clients, unit: console.unit, url },
    logIn: (client?: Issued, more = {}) =>
      ask('POST', `${url}api/session`, {}, { ...login, ...more }, client),
    get: (path: string, cookie: string, client?: Issued) =>
      ask('GET', `${url}${path}`, { cookie }, undefined, client),
  };
}

const cookieIn = ({ cookie }: { cookie: string }) => cookie.split(';')[0] ?? '';

describe('a client certificate of the authority', () => {
  test('USR-14: stands for the second factor, logs nobody in, and is on record with each look', async () => {
    const { clients, unit, logIn, get } = await withClients();
    const laptop = clients.issue('moss-laptop');
    expect((await get('api/status', '', laptop)).status).toBe(401);
    expect((await logIn(laptop, { password: 'wrong' })).status).toBe(401);
    const entered = await logIn(laptop);
    expect(entered.status).toBe(201);
    expect((await get('api/users', cookieIn(entered), laptop)).status).toBe(200);
    expect(unit.records.slice(-2).map(({ operation, from }) => [operation, from])).toEqual([
      ['session.login', 'certified https page 127.0.0.1 CN=moss-laptop'],
      ['users.list', 'certified https page 127.0.0.1 CN=moss-laptop'],
    ]);
  });

  test('is asked for, not required: without one the second factor is needed as before', async () => {
    const { logIn } = await withClients();
    const { status, code } = await logIn();
    expect([status, code]).toEqual([403, 'second-factor-needed']);
  });

  test('is the only way in where it is required', async () => {
    const { clients, logIn, get } = await withClients({ clientCertificate: 'required' });
    for (const answer of [await logIn(), await get('', ''), await get('page/style.css', '')]) {
      expect([answer.status, answer.code]).toEqual([403, 'certificate-missing']);
    }
    expect((await logIn(clients.issue('moss-laptop'))).status).toBe(201);
  });

  test.each(['without one', 'with that of another'])(
    'that opened a session must be there at each request of it: %s it is over',
    async (how) => {
      const { clients, logIn, get } = await withClients();
      const [laptop, phone] = [clients.issue('moss-laptop'), clients.issue('reed-phone')];
      const cookie = cookieIn(await logIn(laptop));
      expect((await get('api/status', cookie, laptop)).status).toBe(200);
      const thief = how === 'without one' ? undefined : phone;
      expect((await get('api/status', cookie, thief)).status).toBe(401);
      expect((await get('api/status', cookie, laptop)).status).toBe(401);
    },
  );
});

describe('a client certificate that is not to be trusted', () => {
  test.each<[string, RegExp, (by: Record<'clients' | 'others' | 'same', TestAuthority>) => Issued]>(
    [
      [
        'of another authority',
        /does not trust your client certificate/,
        ({ others }) => others.issue('moss-laptop'),
      ],
      [
        'of an authority of the same name',
        /does not trust your client certificate/,
        ({ same }) => same.issue('moss-laptop'),
      ],
      [
        'that has expired',
        /has expired/,
        ({ clients }) => clients.issue('moss-laptop', { between: [-3, -1] }),
      ],
      [
        'that is for later',
        /is not valid yet/,
        ({ clients }) => clients.issue('moss-laptop', { between: [1, 3] }),
      ],
      [
        'that is for servers',
        /does not trust your client certificate \(INVALID_PURPOSE\)/,
        ({ clients }) => clients.issue('moss-laptop', { usage: 'serverAuth' }),
      ],
    ],
  )('%s lets nobody in, and says why', async (_, words, issue) => {
    const { clients, logIn, get, unit } = await withClients();
    const [others, same] = [
      testAuthority(temporaryFolder(), 'others'),
      testAuthority(temporaryFolder(), 'clients'),
    ];
    const bad = issue({ clients, others, same });
    const records = unit.records.length;
    for (const answer of [await logIn(bad), await get('', '', bad)]) {
      expect([answer.status, answer.code]).toEqual([403, 'certificate-refused']);
      expect(answer.body).toMatch(words);
    }
    expect(unit.records).toHaveLength(records);
  });

  test('of the page itself is none of the authority of clients', async () => {
    const { logIn } = await withClients();
    const { status, code } = await logIn(pageAuthority().issue('page-again'));
    expect([status, code]).toEqual([403, 'certificate-refused']);
  });

  test('that was revoked is refused as soon as the new list is there, also in an open session', async () => {
    const clients = testAuthority(temporaryFolder(), 'clients');
    const [laptop, lost] = [clients.issue('moss-laptop'), clients.issue('lost-phone')];
    const revoked = clients.revoke();
    const console = await runConsole({
      listener: 'https',
      withoutAccounts: true,
      https: { clientAuthority: clients.certificate, revoked },
    });
    await console.unit.first();
    const logIn = (client: Issued) => ask('POST', `${console.url}api/session`, {}, login, client);
    const cookie = cookieIn(await logIn(lost));
    const status = (client: Issued) =>
      ask('GET', `${console.url}api/status`, { cookie }, undefined, client).catch(() => null);
    expect((await status(lost))?.status).toBe(200);
    clients.revoke(lost);
    const refused = await waitFor(async () => {
      const answer = await status(lost);
      return answer?.code === 'certificate-refused' ? answer : null;
    });
    expect(refused.body).toContain('Your client certificate was revoked.');
    expect((await logIn(laptop)).status).toBe(201);
  });

  test('that was revoked does not come back by what an earlier handshake has left', async () => {
    const clients = testAuthority(temporaryFolder(), 'clients');
    const lost = clients.issue('lost-phone');
    const revoked = clients.revoke();
    const { url, https } = await runConsole({
      listener: 'https',
      withoutAccounts: true,
      https: { clientAuthority: clients.certificate, revoked },
    });
    const open = async (session?: Buffer) => {
      const socket = connect({
        ...{ host: '127.0.0.1', port: Number(new URL(url).port), servername: 'localhost' },
        ...{ ca: readFileSync(pageAuthority().certificate), maxVersion: 'TLSv1.2' },
        ...{ cert: readFileSync(lost.certificate), key: readFileSync(lost.key) },
        ...(session && { session }),
      });
      onTestFinished(() => void socket.destroy());
      await once(socket, 'secureConnect');
      const left = { session: socket.getSession(), isResumed: socket.isSessionReused() };
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      let answer = '';
      socket.setEncoding('utf8').on('data', (part: string) => {
        answer += part;
      });
      await once(socket, 'close');
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1];
      return { ...left, status };
    };
    const { session } = await open();
    expect(await open(session)).toMatchObject({ isResumed: true, status: '200' });
    clients.revoke(lost);
    // No oftener than an address may; a connection that the new files close is none.
    await waitFor(async () => (await open(session).catch(() => null))?.status === '403', {
      everyMs: 300,
    });
    expect(https?.problem).toBeNull();
  });
});
