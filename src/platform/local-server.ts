import fastify, { type FastifyInstance } from 'fastify';
import { createKeptPort } from './kept-port.ts';

/** An HTTP server on loopback: the operator's page and its API, or figures without plates. */
export interface LocalServer extends AsyncDisposable {
  /** Accepts routes until it is started. */
  readonly app: FastifyInstance;
  /** Listens; an unavailable port is a problem, and tried again. */
  start(): Promise<void>;
  /** Its URL, with the actual port once it listens: `http://127.0.0.1:7440/`. */
  readonly url: string;
  /** Why it cannot be reached; null while it can, and before the start. */
  readonly problem: string | null;
}

/** The address of a page on this computer as people open it: security keys take a name, and no number. */
export function namedAddress(url: string): string {
  return url.replace(/^http:\/\/(127\.0\.0\.1|\[::1\])/, 'http://localhost');
}

/** Names of this computer. Any other is a foreign site whose name points here (DNS rebinding). */
const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** A request that is incomplete after this time is dropped, ms. */
const requestMs = 5000;
const connections = 64;

/** Refuses requests to another host name, so that no foreign page can read the server. */
export function createLocalServer(options: {
  host: string;
  /** 0: any free port. */
  port: number;
  /** The section of the configuration that sets `port`. */
  section: string;
  /** The start of the message if the port is unavailable. */
  unavailable: string;
  /** Called once, not at every try. */
  onProblem: (problem: string) => void;
  /** Sent with every answer, including refusals. */
  headers: Readonly<Record<string, string>>;
  bodyLimit?: number;
}): LocalServer {
  const { host, headers, bodyLimit } = options;
  const app = fastify({
    forceCloseConnections: true,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    logger: false,
    exposeHeadRoutes: false,
    requestTimeout: requestMs,
    http: { headersTimeout: requestMs, connectionsCheckingInterval: 1000 },
  });
  app.server.maxConnections = connections;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    const name = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
    if (loopbackNames.has(name)) return undefined;
    return reply.code(421).type('text/plain').send('Open this on the unit itself, as localhost.\n');
  });

  const kept = createKeptPort({ ...options, app });

  return {
    app,
    get url() {
      return `http://${host.includes(':') ? `[${host}]` : host}:${kept.port}/`;
    },
    get problem() {
      return kept.problem;
    },
    async start() {
      // A faulty route stops the start; only the port is tried again.
      await app.ready();
      await kept.open();
    },
    async [Symbol.asyncDispose]() {
      kept.close();
      await app.close();
    },
  };
}
