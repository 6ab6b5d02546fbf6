import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLocalServer, type LocalServer } from '../../src/platform/local-server.ts';

function localServer(port: number, problems: string[] = []): LocalServer {
  const server = createLocalServer({
    host: '127.0.0.1',
    port,
    section: 'figures',
    unavailable: 'no figures',
    onProblem: (problem) => problems.push(problem),
    headers: { 'cache-control': 'no-store' },
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  server.app.get('/', async () => 'figures');
  return server;
}

/** Status and caching of what the server answers to a request that names `host`. */
async function ask(url: string, host: string): Promise<[number | undefined, string | undefined]> {
  const sent = request(url, { headers: { host } }).end();
  const [answer] = await once(sent, 'response');
  answer.resume();
  return [answer.statusCode, answer.headers['cache-control']];
}

describe('a server on loopback', () => {
  test.each(['127.0.0.1', 'localhost:9', 'LOCALHOST', '[::1]:9'])('answers %s', async (host) => {
    const server = localServer(0);
    await server.start();
    expect(await ask(server.url, host)).toEqual([200, 'no-store']);
  });

  test.each(['evil.example', '127.0.0.1.evil.example:9', 'localhost.evil.example', '10.0.0.1'])(
    'refuses %s at every address',
    async (host) => {
      const server = localServer(0);
      await server.start();
      expect(await ask(server.url, host)).toEqual([421, 'no-store']);
      expect(await ask(`${server.url}elsewhere`, host)).toEqual([421, 'no-store']);
    },
  );

  test('says once that its port is taken, and has it once it is free', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void holder.close());
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const problems: string[] = [];
    const server = localServer(port, problems);
    await server.start();
    expect(server.problem).toMatch(/^no figures \(.*EADDRINUSE.*set figures.port to another/);
    holder.close();
    await expect.poll(() => server.problem, { timeout: 20_000 }).toBe(null);
    expect(await ask(server.url, 'localhost')).toEqual([200, 'no-store']);
    expect(problems).toHaveLength(1);
  });
});
