import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiClient } from '../../src/cli/api-client.ts';
import { goodPassword, refusal } from '../accountability/access/people-under-test.ts';
import { attack, type UnitUnderAttack, waysIn } from './unit-under-attack.ts';

describe.each(waysIn)('$place through the listener $listener', ({ place, listener }) => {
  const isHttps = listener === 'https';
  const scheme = isHttps ? 'https' : 'http';
  let unit: UnitUnderAttack;
  let people = 0;
  beforeAll(async () => {
    unit = await attack({}, listener, place);
  });
  afterAll(() => unit[Symbol.asyncDispose]());

  /** An officer of their own for each case, and a session of theirs. */
  async function officer() {
    people += 1;
    const username = `officer-${people}`;
    unit.account(username, 'officer');
    return { username, token: await unit.login(username) };
  }

  /** What a session opens now. */
  const status = async (token: string) => (await unit.asPage(token, 'GET', '/api/status')).status;
  const cookieOf = (set: string | string[] | undefined) =>
    /lookout-car-1=([^;]*)/.exec(String(set))?.[1] ?? '';
  const bearer = (token: string) => ({
    authorization: `Bearer ${token}`,
    'x-lookout': 'command-line',
  });

  describe('fixation', () => {
    it('a cookie that was there before the login is worth nothing after it', async () => {
      const planted = 'P'.repeat(43);
      const answer = await unit.asPage(planted, 'POST', '/api/session', unit.credentials('ada'));
      const given = cookieOf(answer.headers['set-cookie']);
      expect(given).toMatch(/^[\w-]{43}$/);
      expect(given).not.toBe(planted);
      expect(await status(planted)).toBe(401);
    });

    it("an attacker's own session does not become the victim's", async () => {
      const attacker = await officer();
      const victim = await officer();
      const path = '/api/session';
      const answer = await unit.asPage(
        attacker.token,
        'POST',
        path,
        unit.credentials(victim.username),
      );
      expect(answer.status).toBe(201);
      expect(await status(attacker.token)).toBe(401);
    });

    it('a token in the address, in the body or in another header opens nothing', async () => {
      const { token } = await officer();
      for (const path of [
        `/api/status?token=${token}`,
        `/api/status?${unit.cookieName}=${token}`,
      ]) {
        expect((await unit.ask({ path })).status).toBe(401);
      }
      for (const headers of [
        { 'x-session': token },
        { cookie: `session=${token}` },
        { authorization: `Basic ${token}` },
      ]) {
        // Over HTTPS no token in this header is looked at.
        const expected = isHttps && 'authorization' in headers ? 403 : 401;
        expect((await unit.ask({ path: '/api/status', headers })).status).toBe(expected);
      }
    });
  });

  describe('theft', () => {
    it('what the database holds of a session opens nothing', async () => {
      const { token } = await officer();
      const path = join(unit.config.unit.dataDir, 'people.db');
      const db = new SQLite(path, { readonly: true });
      const rows = db.prepare('SELECT id, token_hash AS tokenHash FROM session').all() as {
        id: string;
        tokenHash: Buffer;
      }[];
      db.close();
      expect(rows.length).toBeGreaterThan(0);
      for (const { id, tokenHash } of rows) {
        for (const stolen of [id, tokenHash.toString('hex'), tokenHash.toString('base64url')]) {
          expect(await status(stolen)).toBe(401);
        }
      }
      for (const file of [path, `${path}-wal`])
        expect(readFileSync(file, 'latin1')).not.toContain(token);
    });

    it.skipIf(isHttps)(
      'a page token on the command line opens nothing and is void from then on, and the other way round',
      async () => {
        const page = (await officer()).token;
        expect((await unit.ask({ path: '/api/users', headers: bearer(page) })).status).toBe(401);
        expect(await status(page)).toBe(401);

        const { username } = await officer();
        const door = openApiClient(configOf(), null);
        const { token } = await door.login(unit.credentials(username));
        expect(await status(token)).toBe(401);
        expect((await unit.ask({ path: '/api/session', headers: bearer(token) })).status).toBe(401);
      },
    );

    it.each([
      ['its person logs out', 'logout'],
      ['the role changes', 'users.change'],
      ['the account is closed', 'users.close'],
      ['the account is deactivated', 'users.deactivate'],
      ['the password is reset', 'users.reset-password'],
      ['the second factor is taken back', 'users.reset-second-factor'],
      ['retraining is required', 'retraining'],
      ['headquarters revokes the account', 'revoke'],
      ['it stands on the list of headquarters', 'list'],
    ])('a token is void as soon as %s', async (_, how) => {
      const { username, token } = await officer();
      expect(await status(token)).toBe(200);
      const { people: desk, gate } = unit.accountability;
      const { token: ada } = await desk.login(unit.credentials('ada'), 'command line test');
      const input = {
        'users.change': { role: 'detective' },
        'users.close': { reason: 'left' },
        'users.deactivate': { reason: 'leave' },
        'users.reset-password': {},
        'users.reset-second-factor': {},
      }[how];
      const perform = (operation: string, rest: object) =>
        gate.perform({
          token: ada,
          from: 'command line test',
          operation,
          input: { username, ...rest },
        });
      if (input !== undefined) await perform(how, input);
      else if (how === 'retraining') await perform('users.change', { retraining: 'a breach' });
      else if (how === 'logout') await unit.asPage(token, 'DELETE', '/api/session');
      else if (how === 'revoke') desk.revoke({ username, reason: 'left' });
      else {
        const at = new Date().toISOString();
        desk.obeyRevocations({
          at,
          everyone: false,
          accounts: [{ username, at, reason: 'stolen unit' }],
        });
      }
      expect(await status(token)).toBe(401);
    });

    it('changing the password ends every other session of that person', async () => {
      const { username, token } = await officer();
      const thief = await unit.login(username);
      const input = { current: goodPassword, next: 'seven dry lanterns' };
      expect((await unit.asPage(token, 'POST', '/api/password', { input })).status).toBe(200);
      expect([await status(token), await status(thief)]).toEqual([200, 401]);
    });
  });

  describe('cross-site requests', () => {
    const path = '/api/users/victim/deactivate';
    const body = JSON.stringify({ input: { reason: 'x' } });
    let token = '';
    beforeAll(async () => {
      token = await unit.login('ada');
    });
    const json = { 'content-type': 'application/json' };

    it.each([
      ['without our header', {}],
      ['with an empty header', { 'x-lookout': '' }],
      ['with another value in it', { 'x-lookout': 'evil' }],
      ['from another site', { 'x-lookout': 'page', 'sec-fetch-site': 'cross-site' }],
      [
        'from another port of this computer',
        { 'x-lookout': 'page', 'sec-fetch-site': 'same-site' },
      ],
      ['with a foreign origin', { 'x-lookout': 'page', origin: 'https://evil.example' }],
      ['with an opaque origin', { 'x-lookout': 'page', origin: 'null' }],
      [
        'with an origin that begins like ours',
        { 'x-lookout': 'page', origin: `${scheme}://127.0.0.1.evil.example` },
      ],
    ])('a change %s is refused', async (_, headers) => {
      const cookie = `${unit.cookieName}=${token}`;
      const answer = await unit.ask({
        method: 'POST',
        path,
        body,
        headers: { cookie, ...json, ...headers },
      });
      expect(answer.status).toBe(403);
      expect(answer.code).toMatch(/^(header-missing|foreign-site)$/);
    });

    it('an address written in another way is checked like the plain one', async () => {
      const cookie = `${unit.cookieName}=${token}`;
      const headers = { cookie, 'sec-fetch-site': 'same-site' };
      for (const written of [
        '/%61pi/session/activity',
        `${scheme}://127.0.0.1/api/session/activity`,
      ]) {
        const answer = await unit.ask({ method: 'POST', path: written, headers });
        expect([written, answer.status]).toEqual([written, 403]);
      }
    });

    it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
      'a form of type %s is refused, even with our header',
      async (type) => {
        const cookie = `${unit.cookieName}=${token}`;
        const headers = { cookie, 'x-lookout': 'page', 'content-type': type };
        const answer = await unit.ask({ method: 'POST', path, body, headers });
        expect([answer.status, answer.code]).toEqual([415, 'not-json']);
      },
    );

    it('a login cannot be forced upon someone by a foreign site', async () => {
      const headers = { ...json, origin: 'https://evil.example', 'x-lookout': 'page' };
      const answer = await unit.ask({
        method: 'POST',
        path: '/api/session',
        headers,
        body: JSON.stringify(unit.credentials('ada')),
      });
      expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
    });

    it.each([
      'evil.example',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '0.0.0.0',
      '2130706433',
    ])('the host name %j is not ours (DNS rebinding)', async (host) => {
      const cookie = `${unit.cookieName}=${token}`;
      expect([421, 400]).toContain(
        (await unit.ask({ path: '/api/users', headers: { host, cookie } })).status,
      );
    });

    it('a browser asking beforehand is given no leave, and nothing may be framed', async () => {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
      const answer = await unit.ask({ method: 'OPTIONS', path, headers });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      const page = await unit.ask({ path: '/' });
      expect(page.headers['access-control-allow-origin']).toBeUndefined();
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    });

    it.each(['PUT', 'PATCH', 'HEAD', 'TRACE', 'DELETE'])(
      '%s finds no way around',
      async (method) => {
        expect((await unit.asPage(token, method, '/api/users')).status).toBeGreaterThanOrEqual(400);
      },
    );
  });

  describe.skipIf(isHttps)('the command line over the local API', () => {
    it('does what the person may, and says why not otherwise', async () => {
      const { username } = await officer();
      const config = configOf();
      const { token } = await openApiClient(config, null).login(unit.credentials(username));
      await using door = openApiClient(config, token);
      expect(await refusal(() => door.perform({ operation: 'users.list', input: {} }))).toBe(
        'not-permitted',
      );
      expect(await refusal(() => door.perform({ operation: 'no.such', input: {} }))).toContain(
        'knows no no.such',
      );
      const inquiry = {
        purpose: 'investigation',
        caseNumber: '26-0042',
        reason: 'a test of the door',
      };
      const found = await door.perform({
        operation: 'detections.search',
        input: { plate: '7ABC123' },
        inquiry,
      });
      expect(found).toMatchObject({ detections: [] });
      const list = { operation: 'hotlist.browse', input: { list: 'svs', limit: 5 }, inquiry };
      expect(await refusal(() => door.perform(list))).toBeNull();
    });
  });

  /** The unit's configuration, with the port that its listener has. */
  function configOf() {
    const port = Number(new URL(unit.console.url).port);
    return { ...unit.config, console: { ...unit.config.console, port } };
  }
});
