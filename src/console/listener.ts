import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createLocalServer, namedAddress } from '../platform/local-server.ts';

/** One way in to the page and its API: on loopback, or over HTTPS for other computers. The same routes are served on each. */
export interface Listener extends AsyncDisposable {
  readonly app: FastifyInstance;
  /** Of the page's own address, as browsers write it in `Origin`. */
  readonly scheme: 'http' | 'https';
  /** Whether callers are on other computers. */
  readonly isRemote: boolean;
  /** The cookie of a session; one of another listener is not read. */
  readonly cookieName: string;
  /** Sent with the answer to a request, including refusals. */
  headersFor(request: FastifyRequest): Readonly<Record<string, string>>;
  start(): Promise<void>;
  /** Where the page is, once started: `http://127.0.0.1:7440/`. */
  readonly url: string;
  /** Where it is under a name, which security keys need: `http://localhost:7440/`; null where it has addresses alone. */
  readonly namedUrl: string | null;
  /** Why the page cannot be reached there; null while it can, and before the start. */
  readonly problem: string | null;
}

/** The listener for the unit's own screen and command line. */
export function createLoopbackListener(options: {
  host: string;
  port: number;
  unitId: string;
  onProblem: (problem: string) => void;
  headers: Readonly<Record<string, string>>;
  bodyLimit: number;
}): Listener {
  const { host, port, unitId, onProblem, headers, bodyLimit } = options;
  const server = createLocalServer({
    host,
    port,
    section: 'console',
    unavailable: `The alert page cannot be served on ${host}:${port}`,
    onProblem,
    headers,
    bodyLimit,
  });
  return {
    app: server.app,
    scheme: 'http',
    isRemote: false,
    cookieName: `lookout-${unitId}`,
    headersFor: () => headers,
    start: () => server.start(),
    get url() {
      return server.url;
    },
    get namedUrl() {
      return namedAddress(server.url);
    },
    get problem() {
      return server.problem;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
