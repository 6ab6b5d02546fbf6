import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import files from '@fastify/static';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { AlertOutput } from '../alerts/alert.ts';
import { createBackoff } from '../platform/backoff.ts';
import { systemClock } from '../platform/clock.ts';
import type { Config } from '../platform/config/schema.ts';
import type { ConsoleConfig } from '../platform/config/sections/console.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { createAccessCode } from './access-code.ts';
import { createAlertBoard } from './alert-board.ts';
import { imageKinds } from './alert-view.ts';
import { createEventStream } from './event-stream.ts';
import { createPageOutput } from './page-output.ts';
import { openSessions, SESSION_S, type Sessions } from './sessions.ts';
import { viewStatus } from './status-view.ts';

/** The operator's page on loopback. */
export interface Console extends AsyncDisposable {
  /** Serves the page; a port that cannot be had is reported by the output's health and tried again. */
  start(): Promise<void>;
  /** Where the page is, once started: `http://127.0.0.1:7440/`. `?code=…` opens it. */
  readonly url: string;
  /** The one-time code that opens it; null once used. Never in a log. */
  readonly code: string | null;
  /** Makes another code, for another screen; the one before it no longer opens. */
  newCode(): string;
  readonly output: AlertOutput;
}

/** How often an open page hears that the daemon lives. */
const BEAT_MS = 4000;

/** Names that this page is reached by. Any other is a foreign site whose name points here (DNS rebinding). */
const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const HTML = 'text/html; charset=utf-8';
const PAGE = join(import.meta.dirname, 'page');

export function createConsole(deps: {
  config: ConsoleConfig;
  unit: Config['unit'];
  status: () => unknown;
  log: Log;
}): Console {
  const { config, unit, log } = deps;
  const code = createAccessCode();
  const board = createAlertBoard();
  const stream = createEventStream();
  const cookieName = `lookout-${unit.id}`;
  /** Tells a page whether the daemon that it comes back to is the one that it left. */
  const boot = randomUUID();
  let events = 0;
  /** Why the page is not up; null while it is. */
  let problem: string | null = 'The alert page has not been started.';
  let retry: NodeJS.Timeout | undefined;
  const backoff = createBackoff({ firstMs: 1000, maxMs: 30_000 });
  let url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${config.port}/`;
  let beating: NodeJS.Timeout | undefined;
  let sessions: Sessions | undefined;
  let pageHtml = '';
  let lockedHtml = '';

  const app = fastify({ forceCloseConnections: true, bodyLimit: 4096, logger: false });

  const isOpen = (request: FastifyRequest) =>
    sessions?.isOpen(request.cookies[cookieName], systemClock()) === true;

  const output = createPageOutput({
    mode: unit.mode,
    board,
    stream,
    eventId: () => {
      events += 1;
      return `${boot}.${events}`;
    },
    problem: () => problem,
  });

  const refuse = (reply: FastifyReply, status: number, message: string) =>
    reply.code(status).type(HTML).send(lockedHtml.replace('<!-- message -->', message));

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (!LOOPBACK_NAMES.has(nameOf(request.headers.host))) {
      return reply.code(421).type('text/plain').send('This page is reached as 127.0.0.1 alone.\n');
    }
    const isApi = request.url.startsWith('/api/');
    const site = request.headers['sec-fetch-site'] ?? 'same-origin';
    if (isApi && site !== 'same-origin' && site !== 'none') {
      return reply.code(403).send({ error: 'The page itself asks for this, no other site.' });
    }
    return undefined;
  });

  const routes = () => {
    app.get<{ Querystring: { code?: string | string[] } }>('/', async (request, reply) => {
      const given = request.query.code;
      if (typeof given === 'string' && !isOpen(request)) {
        const answer = code.redeem(given);
        if (answer === 'wait') {
          return refuse(reply, 429, 'Too many wrong codes. Wait a minute, then try again.');
        }
        if (answer === 'wrong' || sessions === undefined) {
          return refuse(reply, 403, 'This code does not open the page: it is wrong or was used.');
        }
        // The page itself and no redirect: after a click in another program's window a redirect would come
        // without the strict cookie, and the code would be spent.
        reply.setCookie(cookieName, sessions.open(systemClock()), {
          path: '/',
          httpOnly: true,
          sameSite: 'strict',
          maxAge: SESSION_S,
        });
        log.info('the alert page was opened with its code');
        return reply.type(HTML).send(pageHtml);
      }
      if (isOpen(request)) return reply.type(HTML).send(pageHtml);
      return refuse(reply, 401, '');
    });

    app.register(async (api) => {
      api.addHook('onRequest', async (request, reply) => {
        if (!isOpen(request)) return reply.code(401).send({ error: 'Open the page with a code.' });
        return undefined;
      });

      api.get('/api/status', async () => viewStatus(deps.status()));

      api.get('/api/events', (request, reply) => {
        const latest = `${boot}.${events}`;
        const first = [{ event: 'hello', data: { boot, agency: unit.agency, unit: unit.id } }];
        const isUpToDate = request.headers['last-event-id'] === latest;
        const alerts = { event: 'alerts', data: { boot, alerts: board.alerts() }, id: latest };
        reply.hijack();
        reply.raw.writeHead(200, {
          ...HEADERS,
          'content-type': 'text/event-stream; charset=utf-8',
        });
        stream.join(reply.raw, isUpToDate ? first : [...first, alerts]);
      });

      api.get<{ Params: { id: string; kind: string } }>(
        '/api/alerts/:id/:kind.jpg',
        async (request, reply) => {
          const kind = imageKinds.find((name) => name === request.params.kind);
          const jpeg = kind === undefined ? null : board.image(request.params.id, kind);
          if (jpeg === null) return reply.code(404).send({ error: 'There is no such picture.' });
          return reply.type('image/jpeg').send(Buffer.from(jpeg));
        },
      );
    });
  };

  /** A port that is taken must not keep plates from being read: it is reported, and tried again. */
  const listen = async (): Promise<void> => {
    const { server } = app;
    try {
      server.listen({ host: config.host, port: config.port });
      await once(server, 'listening');
    } catch (error) {
      problem =
        `The alert page cannot be served on ${config.host}:${config.port} (${messageOf(error)}): ` +
        'stop what uses the port, or set console.port to another (0 for any).';
      log.error({ code: 'page.fail', problem }, 'no alert page');
      retry = setTimeout(() => void listen(), backoff.next());
      retry.unref();
      return;
    }
    const { port } = server.address() as AddressInfo;
    url = `${url.slice(0, url.lastIndexOf(':'))}:${port}/`;
    problem = null;
  };

  return {
    output,
    get url() {
      return url;
    },
    get code() {
      return code.current;
    },
    newCode: () => code.renew(),

    async start() {
      sessions = await openSessions(unit.dataDir);
      pageHtml = await readFile(join(PAGE, 'index.html'), 'utf8');
      lockedHtml = await readFile(join(PAGE, 'locked.html'), 'utf8');
      await app.register(cookie);
      await app.register(files, {
        root: PAGE,
        prefix: '/page/',
        cacheControl: false,
        allowedPath: (path) => /\.(css|js|svg)$/.test(path),
      });
      routes();
      await app.ready();
      await listen();
      beating = setInterval(() => stream.send('beat', { nowMs: systemClock() }), BEAT_MS);
      beating.unref();
    },

    async [Symbol.asyncDispose]() {
      clearInterval(beating);
      clearTimeout(retry);
      stream.close();
      await app.close();
    },
  };
}

/** The host name of a Host header, without its port. */
function nameOf(host: string | undefined): string {
  return (host ?? '').toLowerCase().replace(/:\d+$/, '');
}
