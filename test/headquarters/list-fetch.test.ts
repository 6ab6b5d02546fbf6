import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fetchFromFolder } from '../../src/headquarters/list-schedules/fetch-folder.ts';
import { fetchByHttps } from '../../src/headquarters/list-schedules/fetch-https.ts';
import { fetchBySftp } from '../../src/headquarters/list-schedules/fetch-sftp.ts';
import { freePort } from '../support/free-port.ts';
import { isListening } from '../support/is-listening.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testAuthority } from '../support/test-authority.ts';
import { waitFor } from '../support/wait-for.ts';

const { signal } = new AbortController();
const content = 'plate\n7ABC123\n8XYZ987\n';
const made = Date.UTC(2026, 10, 20, 6);

describe('a folder into which files are put', () => {
  function openFolder(rest: { complete?: 'stable' | 'done'; ending?: string } = {}) {
    const folder = temporaryFolder();
    const drop = join(folder, 'drop');
    mkdirSync(drop);
    const { complete = 'stable', ending } = rest;
    const source = { kind: 'folder' as const, path: drop, ending, complete, stableS: 15 };
    const memory = new Map();
    const look = (atS: number, seen: string | null = null) =>
      fetchFromFolder(source, { to: join(folder, 'svs'), memory, seen, nowMs: atS * 1000 });
    return { drop, look };
  }

  test('is taken from when nothing of a file has changed for a while, and not while it grows', async () => {
    const { drop, look } = openFolder();
    const file = join(drop, 'svs.csv');
    writeFileSync(file, 'plate\n7AB');
    expect(await look(0)).toBeNull();
    expect(await look(10)).toBeNull();
    writeFileSync(file, content);
    expect(await look(20)).toBeNull();
    expect(await look(34)).toBeNull();
    const fetched = await look(35);
    expect(readFileSync(fetched?.file ?? '', 'utf8')).toBe(content);
    await fetched?.settle(null);
    expect(readdirSync(drop)).toEqual([]);
  });

  test('is taken from by the mark of who puts files there, and leaves other files alone', async () => {
    const { drop, look } = openFolder({ complete: 'done', ending: '.csv' });
    writeFileSync(join(drop, 'svs.csv'), content);
    writeFileSync(join(drop, 'notes.txt'), 'x');
    writeFileSync(join(drop, 'notes.txt.done'), '');
    expect(await look(100)).toBeNull();
    writeFileSync(join(drop, 'svs.csv.done'), '');
    const fetched = await look(101);
    expect(fetched?.name).toBe('svs.csv');
    await fetched?.settle('has 2 entries where there were 40. Fetch it again.');
    expect(readdirSync(drop).sort()).toEqual([
      'notes.txt',
      'notes.txt.done',
      'svs.csv.refused',
      'svs.csv.refused.txt',
    ]);
    expect(readFileSync(join(drop, 'svs.csv.refused.txt'), 'utf8')).toContain('2 entries');
    writeFileSync(join(drop, 'svs.csv.refused.done'), '');
    expect(await look(102)).toBeNull();
  });

  test('takes no file a second time that could not be moved away', async () => {
    const { drop, look } = openFolder({ complete: 'done' });
    for (const name of ['a.csv', 'b.csv']) {
      writeFileSync(join(drop, name), content);
      writeFileSync(join(drop, `${name}.done`), '');
    }
    const first = await look(0);
    const second = await look(1, first?.seen);
    expect([first?.name, second?.name].sort()).toEqual(['a.csv', 'b.csv']);
    expect(await look(2, second?.seen)).toBeNull();
    writeFileSync(join(drop, 'a.csv'), `${content}6XYZ001\n`);
    expect((await look(3, second?.seen))?.name).toBe('a.csv');
  });

  test('that is not there is said', async () => {
    const { drop, look } = openFolder();
    renameSync(drop, `${drop}-gone`);
    await expect(look(0)).rejects.toThrow(/the folder .*drop cannot be read/);
  });
});

const sshd = '/usr/sbin/sshd';

describe.skipIf(!existsSync(sshd))('SFTP by the system’s client', { timeout: 180_000 }, () => {
  /** Debian's OpenSSH server in a folder of its own, on a high port. */
  async function openServer() {
    const folder = temporaryFolder();
    const keyOf = (name: string) => {
      const path = join(folder, name);
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
      return path;
    };
    const [hostKey, identity] = [keyOf('host'), keyOf('identity')];
    writeFileSync(join(folder, 'authorized'), readFileSync(`${identity}.pub`), { mode: 0o600 });
    const port = await freePort();
    const config = join(folder, 'sshd_config');
    writeFileSync(
      config,
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${hostKey}`,
        `AuthorizedKeysFile ${join(folder, 'authorized')}`,
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'UsePAM no',
        'StrictModes no',
        'PermitRootLogin prohibit-password',
        `PidFile ${join(folder, 'pid')}`,
        'Subsystem sftp internal-sftp',
      ].join('\n'),
    );
    mkdirSync('/run/sshd', { recursive: true });
    const server = spawn(sshd, ['-D', '-e', '-f', config], { stdio: 'ignore' });
    onTestFinished(async () => {
      const gone = once(server, 'exit');
      if (server.kill('SIGKILL')) await gone;
    });
    await waitFor(() => isListening(port), { timeoutMs: 60_000, what: 'sshd' });
    const knownHosts = join(folder, 'known_hosts');
    const [kind, key] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ');
    writeFileSync(knownHosts, `[127.0.0.1]:${port} ${kind} ${key}\n`);
    const file = join(folder, 'stolen vehicles.csv');
    writeFileSync(file, content);
    utimesSync(file, made / 1000, made / 1000);
    const source = {
      ...{ kind: 'sftp' as const, host: '127.0.0.1', port, user: userInfo().username },
      ...{ file, identity, knownHosts },
    };
    return { folder, source, keyOf, to: join(folder, 'fetched') };
  }

  test('fetches a file with its time, once, and refuses another host’s key, another’s login and a missing file', async () => {
    const { folder, source, keyOf, to } = await openServer();
    const fetched = await fetchBySftp(source, { to, seen: null, signal });
    expect(readFileSync(to, 'utf8')).toBe(content);
    expect(statSync(to).mtimeMs).toBe(made);
    const again = await fetchBySftp(source, { to, seen: fetched?.seen ?? '', signal });
    expect(again).toBeNull();
    expect(existsSync(to)).toBe(false);

    const gone = { ...source, file: join(folder, 'none.csv') };
    await expect(fetchBySftp(gone, { to, seen: null, signal })).rejects.toThrow('none.csv');
    const stranger = { ...source, identity: keyOf('stranger') };
    await expect(fetchBySftp(stranger, { to, seen: null, signal })).rejects.toThrow(
      /was not fetched from 127\.0\.0\.1: .*denied/i,
    );
    const [kind, key] = readFileSync(`${keyOf('other-host')}.pub`, 'utf8').split(' ');
    writeFileSync(source.knownHosts, `[127.0.0.1]:${source.port} ${kind} ${key}\n`);
    await expect(fetchBySftp(source, { to, seen: null, signal })).rejects.toThrow(
      /was not fetched from 127\.0\.0\.1: .*(?:host key|verification)/i,
    );
  });
});

describe('HTTPS', { timeout: 120_000 }, () => {
  type Answer = (request: IncomingMessage, response: ServerResponse) => void;

  async function openServer(answers: Record<string, Answer>, asksForCertificate = false) {
    const folder = temporaryFolder();
    const authority = testAuthority(folder);
    const own = authority.issue('server', { names: 'DNS:localhost,IP:127.0.0.1' });
    const server = createServer(
      {
        cert: readFileSync(own.certificate),
        key: readFileSync(own.key),
        ...(asksForCertificate && { requestCert: true, ca: readFileSync(authority.certificate) }),
      },
      (request, response) => {
        const answer = answers[request.url ?? ''];
        if (answer !== undefined) return answer(request, response);
        response.writeHead(404).end();
      },
    ).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = (path: string, host = 'localhost') => `https://${host}:${address.port}${path}`;
    const source = (
      path: string,
      rest: { credentials?: string; cert?: string; key?: string } = {},
    ) => ({
      ...{ kind: 'https' as const, url: url(path), ca: authority.certificate },
      ...{ credentials: undefined, cert: undefined, key: undefined, ...rest },
    });
    return { folder, authority, url, source, to: join(folder, 'fetched') };
  }

  test('fetches a file with its time, and the same one no second time', async () => {
    const asked: (string | undefined)[] = [];
    const { source, to } = await openServer({
      '/svs.csv': (request, response) => {
        asked.push(request.headers['if-none-match']);
        if (request.headers['if-none-match'] === '"v1"') return void response.writeHead(304).end();
        response.setHeader('etag', '"v1"');
        response.setHeader('last-modified', new Date(made).toUTCString());
        response.end(content);
      },
    });
    const fetched = await fetchByHttps(source('/svs.csv'), { to, seen: null, signal });
    expect(fetched?.name).toBe('svs.csv');
    expect(readFileSync(to, 'utf8')).toBe(content);
    expect(statSync(to).mtimeMs).toBe(made);
    const again = { to, seen: fetched?.seen ?? '', signal };
    expect(await fetchByHttps(source('/svs.csv'), again)).toBeNull();
    expect(asked).toEqual([undefined, '"v1"']);
  });

  test('goes on to HTTPS alone, not without end, and takes credentials to no other host', async () => {
    const heard: [string, string | undefined][] = [];
    const hear = (request: IncomingMessage) =>
      heard.push([request.url ?? '', request.headers.authorization]);
    const onTo = (to: () => string): Answer => {
      return (request, response) => {
        hear(request);
        response.writeHead(302, { location: to() }).end();
      };
    };
    const server = await openServer({
      '/own': onTo(() => '/list'),
      '/other': onTo(() => server.url('/list', '127.0.0.1')),
      '/plain': onTo(() => 'http://127.0.0.1/list'),
      '/round': onTo(() => '/round'),
      '/list': (request, response) => {
        hear(request);
        response.end(content);
      },
    });
    const { folder, source, to } = server;
    const credentials = join(folder, 'credentials');
    writeFileSync(credentials, 'agency:secret word\n', { mode: 0o600 });
    const get = (path: string) =>
      fetchByHttps(source(path, { credentials }), { to, seen: null, signal });
    const basic = `Basic ${Buffer.from('agency:secret word').toString('base64')}`;
    await get('/own');
    await get('/other');
    expect(heard).toEqual([
      ['/own', basic],
      ['/list', basic],
      ['/other', basic],
      ['/list', undefined],
    ]);
    await expect(get('/plain')).rejects.toThrow('http://, which is not encrypted');
    await expect(get('/round')).rejects.toThrow('sends on more than 5 times');
    writeFileSync(credentials, 'X-Key: k 1\n');
    chmodSync(credentials, 0o640);
    await expect(get('/own')).rejects.toThrow('may be read by others');
  });

  test('takes no file that is too long, cut off or another answer, and leaves nothing of it', async () => {
    const { source, to } = await openServer({
      '/long': (_request, response) => void response.end('x'.repeat(5000)),
      '/cut': (_request, response) => {
        response.writeHead(200, { 'content-length': '5000' });
        response.write('x'.repeat(100), () => response.destroy());
      },
    });
    const get = (path: string) =>
      fetchByHttps(source(path), { to, seen: null, signal, mostBytes: 4000 });
    await expect(get('/long')).rejects.toThrow('longer than 4000 bytes');
    await expect(get('/cut')).rejects.toThrow(/not fetched|ended the file/);
    await expect(get('/none')).rejects.toThrow('answered 404');
    expect(existsSync(to)).toBe(false);
  });

  test('shows a client certificate where one is set, and trusts no unknown authority', async () => {
    const { folder, authority, source, to } = await openServer(
      { '/list': (_request, response) => void response.end(content) },
      true,
    );
    await expect(fetchByHttps(source('/list'), { to, seen: null, signal })).rejects.toThrow(
      'not fetched from localhost',
    );
    const { certificate: cert, key } = authority.issue('agency');
    await fetchByHttps(source('/list', { cert, key }), { to, seen: null, signal });
    expect(readFileSync(to, 'utf8')).toBe(content);
    const stranger = {
      ...source('/list', { cert, key }),
      ca: testAuthority(folder, 'other').certificate,
    };
    await expect(fetchByHttps(stranger, { to, seen: null, signal })).rejects.toThrow(
      'not fetched from localhost',
    );
  });
});
