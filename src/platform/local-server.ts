import { once } from 'node:events';
import { createServer } from 'node:http';
import { createBackoff } from './backoff.ts';
import type { Log } from './log.ts';
import { messageOf } from './problem.ts';

/** One path of the local server. */
export interface LocalAnswer {
  contentType: string;
  body: string;
  status?: number;
}

/** A small read-only HTTP server on loopback, for figures that hold no plate: metrics, status. */
export interface LocalServer extends AsyncDisposable {
  /** Serves; a port that cannot be had is a problem, and tried again. */
  start(): Promise<void>;
  /** Why it cannot be reached; null while it can. */
  readonly problem: string | null;
}

/** Serves GET requests for `routes`; refuses other hosts' names, so that no web page can read it by rebinding. */
export function createLocalServer(options: {
  host: string;
  port: number;
  purpose: string;
  routes: Record<string, () => LocalAnswer | Promise<LocalAnswer>>;
  log: Log;
}): LocalServer {
  const { host, port, purpose, log } = options;
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
  const backoff = createBackoff({ firstMs: 1000, maxMs: 30_000 });
  let problem: string | null = null;
  let retry: NodeJS.Timeout | undefined;

  /** A port that is taken must not keep plates from being read. */
  const listen = async (): Promise<void> => {
    try {
      server.listen(port, host);
      await once(server, 'listening');
      problem = null;
    } catch (error) {
      const isNew = problem === null;
      problem =
        `${purpose}.port: ${host}:${port} cannot be used (${messageOf(error)}): ` +
        `stop what uses the port, or set ${purpose}.port to another (0 for any).`;
      if (isNew) log.error({ problem }, `no ${purpose}`);
      retry = setTimeout(() => void listen(), backoff.next());
      retry.unref();
    }
  };

  return {
    get problem() {
      return problem;
    },
    start: listen,
    async [Symbol.asyncDispose]() {
      clearTimeout(retry);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
