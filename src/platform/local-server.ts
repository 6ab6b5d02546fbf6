import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, Problem } from './problem.ts';

/** One path of the local server. */
export interface LocalAnswer {
  contentType: string;
  body: string;
  status?: number;
}

/** A small read-only HTTP server on loopback, for figures that hold no plate: metrics, status. */
export interface LocalServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves GET requests for `routes`; refuses other hosts' names, so that no web page can read it by rebinding. */
export async function createLocalServer(options: {
  host: string;
  port: number;
  purpose: string;
  routes: Record<string, () => LocalAnswer | Promise<LocalAnswer>>;
}): Promise<LocalServer> {
  const server = createServer(async (request, response) => {
    const send = (status: number, contentType: string, body: string) => {
      response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
      response.end(body);
    };
    const name = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (!['127.0.0.1', 'localhost', '[::1]'].includes(name)) return send(403, 'text/plain', 'no\n');
    const route = options.routes[(request.url ?? '').split('?')[0] ?? ''];
    if (request.method !== 'GET' || route === undefined)
      return send(404, 'text/plain', 'not here\n');
    try {
      const answer = await route();
      send(answer.status ?? 200, answer.contentType, answer.body);
    } catch (error) {
      send(500, 'text/plain', `${messageOf(error)}\n`);
    }
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(
  server: Server,
  { host, port, purpose }: { host: string; port: number; purpose: string },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    throw new Problem(
      `${purpose}.port: ${host}:${port} cannot be used (${messageOf(error)}). Another lookout may be ` +
        `running; choose another port or 0 for any.`,
    );
  }
}
