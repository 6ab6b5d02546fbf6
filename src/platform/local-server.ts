import fastify, { type FastifyInstance } from 'fastify';
import { createBackoff } from './backoff.ts';
import { messageOf } from './problem.ts';

/** An HTTP server on loopback: the operator's page and its API, or figures that hold no plate. */
export interface LocalServer extends AsyncDisposable {
  /** Takes routes until it is started. */
  readonly app: FastifyInstance;
  /** Listens; a port that cannot be had is a problem, and tried again. */
  start(): Promise<void>;
  /** Where it is, with the port that it has once it is reached: `http://127.0.0.1:7440/`. */
  readonly url: string;
  /** Why it cannot be reached; null while it can, and before the start. */
  readonly problem: string | null;
}

/** Names that this computer is reached by. Any other is a foreign site whose name points here (DNS rebinding). */
const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** A request that has not come whole by then is dropped, ms. */
const REQUEST_MS = 5000;
const CONNECTIONS = 64;

/** Refuses requests that name another host, so that no foreign page can read it. */
export function createLocalServer(options: {
  host: string;
  /** 0: any free port. */
  port: number;
  /** The section of the configuration whose `port` this is. */
  section: string;
  /** What is said, before the cause, when the port cannot be had. */
  unavailable: string;
  /** Told once, not at every try. */
  onProblem: (problem: string) => void;
  /** Of every answer, a refusal's too. */
  headers: Readonly<Record<string, string>>;
  bodyLimit?: number;
}): LocalServer {
  const { host, port, section, unavailable, onProblem, headers, bodyLimit } = options;
  const backoff = createBackoff({ firstMs: 1000, maxMs: 30_000 });
  let url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
  let problem: string | null = null;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const app = fastify({
    forceCloseConnections: true,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    logger: false,
    exposeHeadRoutes: false,
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: REQUEST_MS, connectionsCheckingInterval: 1000 },
  });
  app.server.maxConnections = CONNECTIONS;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    const name = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
    if (LOOPBACK_NAMES.has(name)) return undefined;
    return reply.code(421).type('text/plain').send('Open this on the unit itself, as 127.0.0.1.\n');
  });

  /** A port that is taken must not keep plates from being read. */
  const listen = async (): Promise<void> => {
    try {
      url = `${await app.listen({ host, port })}/`;
      problem = null;
    } catch (error) {
      if (closed) return;
      const isNew = problem === null;
      problem =
        `${unavailable} (${messageOf(error)}): ` +
        `stop what uses the port, or set ${section}.port to another (0 for any).`;
      if (isNew) onProblem(problem);
      retry = setTimeout(() => void listen(), backoff.next());
      retry.unref();
    }
  };

  return {
    app,
    get url() {
      return url;
    },
    get problem() {
      return problem;
    },
    async start() {
      // What is wrong with a route stops the start; only the port is tried again.
      await app.ready();
      await listen();
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(retry);
      await app.close();
    },
  };
}
