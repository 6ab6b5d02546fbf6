import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertPassings } from '../accountability/search/open-search.ts';
import { type Answer, attack, type UnitUnderAttack, waysIn } from './unit-under-attack.ts';

describe.each(waysIn)('$place through the listener $listener', ({ place, listener }) => {
  let unit: UnitUnderAttack;
  let token: string;
  beforeAll(async () => {
    // A purge by policy is among the operations; here it finds nothing that is due.
    const overrides = { retention: { edgeStore: 'archive' } };
    unit = await attack({ policy: { overrides } }, listener, place);
    token = await unit.login('ada');
    const db = new SQLite(join(unit.config.unit.dataDir, 'lookout.db'));
    const at = new Date().toISOString();
    insertPassings(db, [
      { plate: '7ABC123', at },
      { plate: '8XYZ999', at, make: '=HYPERLINK("http://evil.example")' },
    ]);
    db.close();
  });
  afterAll(() => unit[Symbol.asyncDispose]());

  const inquiry = { purpose: 'investigation', caseNumber: '26-0042', reason: 'attack on the unit' };

  /** Performs an operation as the administrator over HTTP. */
  async function perform(name: string, input: Record<string, unknown>): Promise<Answer> {
    const operation = unit.accountability.gate.operations.find((each) => each.name === name);
    if (operation === undefined) throw new Error(`there is no ${name}`);
    const { method, path } = operation.http;
    const filled = path.replace(/:(\w+)/g, (_, key: string) =>
      encodeURIComponent(String(input[key] ?? 'x')),
    );
    if (method !== 'GET') return unit.asPage(token, method, `/api${filled}`, { input, inquiry });
    const begun = await unit.asPage(token, 'POST', '/api/inquiries', { input: inquiry });
    const { id } = JSON.parse(begun.text) as { id: string };
    const query = new URLSearchParams({ inquiry: id });
    for (const [key, value] of Object.entries(input)) {
      if (!path.includes(`:${key}`)) query.set(key, String(value));
    }
    return unit.asPage(token, 'GET', `/api${filled}?${query}`);
  }

  /** Whether an answer is one that was meant: a result or a refusal with a name, never an error of the program. */
  const isMeant = ({ status, code }: Answer) =>
    status < 500 && code !== 'failed' && (status < 400 || code !== null);

  describe('paths', () => {
    const tries = [
      '../people.db',
      '..%2fpeople.db',
      '..%252f..%252fetc%252fpasswd',
      '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
      '/etc/passwd',
      '....//....//etc/passwd',
      '..\\..\\people.key',
      'people.key%00.jpg',
      'con',
      'a'.repeat(90),
    ];
    const places = [
      (bad: string) => ['GET', `/api/images/${bad}`] as const,
      (bad: string) => ['GET', `/api/detections/${bad}`] as const,
      (bad: string) => ['GET', `/api/evidence/${bad}/files`] as const,
      (bad: string) => ['GET', `/api/live/${bad}/plate.jpg`] as const,
      (bad: string) => ['GET', `/api/live/x/${bad}.jpg`] as const,
      (bad: string) => ['POST', `/api/hotlists/${bad}/entries`] as const,
      (bad: string) => ['GET', `/page/${bad}`] as const,
      (bad: string) => ['GET', `/${bad}`] as const,
    ];

    it.each(tries)('%j leads nowhere from any place that takes a name', async (bad) => {
      for (const place of places) {
        const [method, path] = place(bad);
        const answer = await unit.asPage(token, method, path);
        expect([path, answer.status]).toEqual([path, expect.toSatisfy((s) => s >= 400 && s < 500)]);
        expect(answer.text).not.toMatch(/root:|SQLite format/);
      }
    });

    it('an import takes no file of the unit by its name, and writes none', async () => {
      for (const upload of ['/etc/passwd', '../people.key', 'people.db']) {
        for (const key of ['upload', 'file', 'content', 'rejectsFile']) {
          const answer = await perform('hotlist.import', {
            list: 'svs',
            [key]: upload,
            rejects: '/tmp/x',
          });
          expect([key, answer.status]).toEqual([key, 400]);
        }
      }
    });
  });

  describe('SQL', () => {
    const tries = [
      "' OR '1'='1",
      "7ABC123'; DROP TABLE detection; --",
      "' UNION SELECT password FROM account --",
      '%',
      '_______',
      '7ABC123" OR ""="',
      "\\'; ATTACH DATABASE '/tmp/x.db' AS x; --",
      '1); DELETE FROM detection WHERE (1=1',
      '*?[a-z]*',
      'NULL',
      '\u0000',
      '％27 OR 1=1',
    ];
    /** Every operation that takes text, and its fields, from its own schema. */
    const texts = (): [name: string, field: string][] =>
      unit.accountability.gate.operations.flatMap(({ name, input }) => {
        const { shape } = input as unknown as { shape?: Record<string, unknown> };
        return Object.keys(shape ?? {}).map((field): [string, string] => [name, field]);
      });

    it('is never made of what anyone types, in any field of any operation', {
      timeout: 240_000,
    }, async () => {
      let cases = 0;
      for (const [name, field] of texts()) {
        // These end what the attack runs in: its session, or the unit.
        if (/^(session\.|unit\.)/.test(name) || name === 'password.change') continue;
        for (const bad of tries.slice(0, 6)) {
          const answer = await perform(name, { [field]: bad });
          expect(
            isMeant(answer) ? 'meant' : `${name} ${field} ${bad}: ${answer.status} ${answer.text}`,
          ).toBe('meant');
          expect(answer.text).not.toMatch(/scrypt\$|SQLITE|syntax error/);
          cases += 1;
        }
      }
      process.stdout.write(`${cases} texts in fields of operations\n`);
      expect(cases).toBeGreaterThan(1000);
      const db = new SQLite(join(unit.config.unit.dataDir, 'lookout.db'), { readonly: true });
      expect(db.prepare('SELECT count(*) FROM detection').pluck().get()).toBe(2);
      db.close();
    });

    it.each(tries)('a search for the plate %j finds at most what it says', async (plate) => {
      const answer = await perform('detections.search', { plate });
      if (answer.status === 200) {
        const { detections } = JSON.parse(answer.text) as { detections: unknown[] };
        // With wildcards alone every plate is what was asked for.
        if (!/[?*]/.test(plate)) expect(detections).toEqual([]);
      } else expect(answer.code).not.toBeNull();
    });

    it.each(["ada' --", "' OR 1=1 --", 'ada"/*', 'ada%', "ada';--"])(
      'a login as %j is nobody',
      async (username) => {
        const body = { username, password: "' OR '1'='1", noticeAcknowledged: true };
        const answer = await unit.asPage(null, 'POST', '/api/session', body);
        expect([answer.status, answer.code]).toEqual([401, 'login-refused']);
      },
    );
  });

  describe('spreadsheets', () => {
    it.each(['csv'])('no cell of an export begins a formula', async (format) => {
      const answer = await perform('results.export', { format });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-disposition']).toMatch(/^attachment/);
      const cells = answer.text
        .split(/\r?\n/)
        .flatMap((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
      expect(cells.some((cell) => cell.includes('HYPERLINK'))).toBe(true);
      for (const cell of cells) {
        const text = cell.replace(/^"|"$/g, '');
        if (/^-?\d+(\.\d+)?$/.test(text)) continue;
        expect(text).not.toMatch(/^[=+\-@\t\r]/);
      }
    });

    it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '=cmd|" /C calc"!A0'])(
      'what was asked as %j stands harmless in the audit export and the log of releases',
      async (bad) => {
        await perform('releases.request', {
          agency: bad,
          person: bad,
          purpose: bad,
          data: bad,
          reference: bad,
          kind: 'law_enforcement',
          covers: {
            plates: ['8LVN362'],
            spans: [{ from: '2026-11-01', to: '2026-11-02' }],
          },
        });
        for (const name of ['audit.export', 'releases.log']) {
          const answer = await perform(name, {});
          expect([name, answer.status]).toEqual([name, 200]);
          expect(answer.text).not.toMatch(/(^|,)"?[=+@\t](?!\d+(\.\d+)?"?(,|$))/m);
        }
      },
    );
  });

  /** Resolves when a connection is made, over TLS when its handshake is over. */
  const connected = (socket: Socket) =>
    once(socket, 'encrypted' in socket ? 'secureConnect' : 'connect');

  /** Resolves when a connection is closed, also where it was reset, which `once` takes for an error. */
  const closeOf = (socket: Socket) =>
    new Promise<void>((resolve) => socket.on('close', () => resolve()));

  describe('bodies', () => {
    const post = (
      body: string | Buffer,
      headers: Record<string, string> = {},
      path = '/api/detections/search',
    ) =>
      unit.ask({
        method: 'POST',
        path,
        body,
        headers: {
          ...{
            cookie: `${unit.cookieName}=${token}`,
            'x-lookout': 'page',
            'content-type': 'application/json',
          },
          ...headers,
        },
      });

    it.each([
      ['no JSON', '{'],
      ['an array', '[]'],
      ['a number', '7'],
      ['null', 'null'],
      ['a text', '"x"'],
      ['nothing', ''],
      ['a byte that is no text', Buffer.from([0xff, 0xfe, 0x00])],
      ['a list for an object', '{"input":[]}'],
      ['another key', '{"input":{},"extra":1}'],
      ['a prototype', '{"input":{"__proto__":{"permissions":["audit.read"]}}}'],
      ['a constructor', '{"input":{"constructor":{"prototype":{"isAdmin":true}}}}'],
      ['an inquiry of a wrong shape', '{"input":{},"inquiry":7}'],
      ['an inquiry that is both', '{"input":{},"inquiry":{"id":"x","purpose":"investigation"}}'],
      ['a thousand levels', `{"input":{"plate":${'['.repeat(1000)}${']'.repeat(1000)}}}`],
      ['a number beyond numbers', '{"input":{"limit":1e999}}'],
      ['objects for texts', '{"input":{"plate":{"$ne":null}}}'],
      ['arrays for texts', '{"input":{"plate":["7ABC123"]}}'],
    ])('%s is refused by name', async (_, body) => {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(answer.code).not.toBeNull();
    });

    it.each([
      ['a search', '/api/detections/search', 1 << 20],
      ['a login', '/api/session', 8192],
      ['an account', '/api/users', 1 << 20],
    ])('%s that is too large is refused unread', async (_, path, limit) => {
      const answer = await post(`{"input":{"plate":"${'A'.repeat(limit)}"}}`, {}, path);
      expect([answer.status, answer.code]).toEqual([413, 'too-large']);
    });

    it('a stranger may not even send a large body', async () => {
      const answer = await post('A'.repeat(1 << 19), { cookie: '' }, '/api/hotlists/svs/import');
      expect([answer.status, answer.code]).toEqual([401, 'not-logged-in']);
    });

    it.each([
      'text/plain',
      'text/html',
      'application/xml',
      'application/json5',
      'application/octet-stream',
    ])('a body of type %s is refused', async (type) => {
      const answer = await post('{"input":{}}', { 'content-type': type });
      expect([answer.status, answer.code]).toEqual([415, 'not-json']);
    });

    it('the same query key twice is not a list in disguise', async () => {
      const answer = await unit.asPage(token, 'GET', '/api/hits/undisposed?limit=1&limit=2');
      expect([answer.status, answer.code]).toEqual([400, 'bad-input']);
    });

    it.each([
      ['headers that do not end', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '],
      [
        'a body that does not come',
        'POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Lookout: page\r\nContent-Type: application/json\r\n' +
          'Content-Length: 4000\r\n\r\n{"username":',
      ],
      [
        'a body without an end',
        'POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Lookout: page\r\nContent-Type: application/json\r\n' +
          'Transfer-Encoding: chunked\r\n\r\n5\r\n{"use',
      ],
    ])(
      '%s hold no connection for long, and nobody else up',
      { timeout: 30_000 },
      async (_, text) => {
        const socket = unit.connect();
        await connected(socket);
        const from = performance.now();
        socket.on('error', () => undefined);
        socket.resume();
        socket.write(text);
        const closed = closeOf(socket);
        expect((await unit.ask({ path: '/api/session/form' })).status).toBe(200);
        await closed;
        // Node by itself would leave it open for a minute, and for five.
        expect(performance.now() - from).toBeLessThan(20_000);
      },
    );

    it.each([
      ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}'],
      ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
      ['a length that is no number', 'Content-Length: 5x\r\n\r\n{}'],
      ['a folded header', 'X-Folded: a\r\n b\r\n\r\n'],
      ['a header with a null', 'X-Null: a\u0000b\r\n\r\n'],
      ['very long headers', `X-Long: ${'a'.repeat(40_000)}\r\n\r\n`],
    ])('a request with %s is refused', async (_, rest) => {
      const socket = unit.connect();
      let heard = '';
      socket.on('data', (part) => {
        heard += String(part);
      });
      socket.on('error', () => undefined);
      await connected(socket);
      socket.write(`POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Lookout: page\r\n${rest}`);
      await closeOf(socket);
      expect(heard).toMatch(/^HTTP\/1\.1 4\d\d /);
    });
  });
});
