import cookie from '@fastify/cookie';
import type { FastifyContextConfig } from 'fastify';
import type { People } from '../accountability/access/people.ts';
import type { AuditWriter } from '../accountability/audit/audit-record.ts';
import { createAuditTrail } from '../accountability/gate/audit-trail.ts';
import { createGate, type Gate } from '../accountability/gate/gate.ts';
import type { HitRights } from '../accountability/gate/list-rights.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import type { Verification } from '../accountability/verification/verification.ts';
import type { AlertEvent, AlertOutput } from '../alerts/alert.ts';
import type { SoundControl } from '../alerts/sound-control.ts';
import type { Config } from '../config/schema.ts';
import type { ConsoleConfig } from '../config/sections/console.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { type AimCameras, aimOperations } from './aim-operations.ts';
import { createAim } from './aim-stream.ts';
import { createAlertBoard } from './alert-board.ts';
import { createBoardHits, type HitSource, type OpenAlerts } from './board-hits.ts';
import { callerOf, tokenOf } from './caller.ts';
import { checkOperations, type UnitChecks } from './check-operations.ts';
import { createDeedsOnce } from './deeds-once.ts';
import { faultOf } from './fault.ts';
import { createHttpsListener, type HttpsListener } from './https-listener.ts';
import { createLoopbackListener, type Listener } from './listener.ts';
import { createLive } from './live-routes.ts';
import { mapPath } from './map-file.ts';
import { mapRoutes } from './map-routes.ts';
import { createMotion } from './motion.ts';
import { operationRoutes } from './operation-routes.ts';
import { packFiles } from './packed-files.ts';
import { contentSecurityPolicy, pageDocument, pageVersion, servePageFiles } from './page-files.ts';
import { createPageOutput } from './page-output.ts';
import { isForPage, refusalPage } from './refusal-page.ts';
import { checkSource } from './request-checks.ts';
import { seenOperations } from './seen-operations.ts';
import { sessionRoutes } from './session-routes.ts';
import { soundOperations } from './sound-operations.ts';

/** One route of the local API, and who may use it: a permission, anyone signed in, or anyone (`open`). */
export interface RouteRule {
  method: string;
  path: string;
  rule: string;
}

/** The operator's page and its API, on loopback and, where it is on, over HTTPS. */
export interface Console extends AsyncDisposable {
  /**
   * Serves the page; if the port is unavailable, the output's health reports it and it is tried again. Nothing is
   * served once `signal` is aborted.
   */
  start(signal?: AbortSignal): Promise<void>;
  /** Where the page is, once started: `http://127.0.0.1:7440/`. */
  readonly url: string;
  /** Why the page cannot be reached at `url`; null while it can, and before the start. */
  readonly problem: string | null;
  /** The page for other computers, and what is wrong with it; null where it is off. */
  readonly https: Pick<HttpsListener, 'url' | 'problem' | 'turnedAway'> | null;
  readonly output: AlertOutput;
  /** Shows an alert as the disk has it, where no alert desk of this process told it: at headquarters. */
  reread(id: string, event: AlertEvent): void;
  /** Shows what is better of an alert, such as a picture that came later; that is no news. */
  refresh(id: string): void;
  /** Whether a vehicle's alert is on the page, and nobody has seen it on any screen. */
  isUnseen(id: string): boolean;
  /** Every route, once started. */
  readonly routes: readonly RouteRule[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route; a route without a rule prevents the start. */
    rule?: string;
  }
}

/** Interval of the sign of life to open pages. */
const beatMs = 4000;
/** So often it is looked up whether another process, or the time, has ended the session of an open page. */
const overMs = 1000;
const bodyLimit = 1 << 20;

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const noneOpen: OpenAlerts = { vehicles: () => [], alert: () => null, picture: () => null };
/** Every operation on one of them is refused. */
const noCameras: AimCameras = {
  has: () => false,
  watch: () => null,
  figures: () => null,
  beginTest: () => undefined,
  endTest: () => undefined,
  settings: { list: async () => [], set: () => Promise.reject(new Error('there is no camera')) },
};
const htmlType = 'text/html; charset=utf-8';

export function createConsole(deps: {
  config: ConsoleConfig;
  unit: Config['unit'];
  /** Accounts and sessions, from `src/accountability/accountability.ts`. */
  people: People;
  gate: Gate;
  audit: AuditWriter;
  /** How far the verification of a hit is, and which alerts were seen. */
  hits: HitSource & Pick<Verification, 'events'>;
  /** The alerts that wait for their disposition. Default: none is known but those that are told. */
  open?: OpenAlerts;
  /** The sound of alerts. Default: this unit has none that people could test or mute. */
  sound?: SoundControl;
  /** The cameras that people may set up. Default: none. */
  cameras?: AimCameras;
  /** What of the computer is to be told on the page. Default: nothing is looked at. */
  checks?: UnitChecks;
  /** Whose hits a person may look at. */
  hitRights: HitRights;
  status: () => unknown;
  log: Log;
  /** Counts up whatever the clock does, ms. */
  steady?: Clock;
}): Console {
  const { config, unit, people, gate, hits, log } = deps;
  const board = createAlertBoard(createBoardHits(hits, deps.open ?? noneOpen, log));
  const onAuditFailure = (fault: string) =>
    log.error({ code: 'audit.fail', problem: fault }, 'the audit log cannot be written');
  const motion = createMotion({
    mode: unit.mode,
    isHeld: people.isHeld,
    trail: createAuditTrail(deps.audit, onAuditFailure),
    ...(deps.steady === undefined ? {} : { steady: deps.steady }),
  });
  const live = createLive({ ...deps, board, motion, onAuditFailure });
  const deeds = createDeedsOnce({
    ...{ boot: live.boot, steady: deps.steady ?? (() => performance.now()) },
  });
  const { cameras = noCameras } = deps;
  const aim = createAim({ cameras, people, audit: deps.audit, onAuditFailure });
  /** What people do on the page itself; it counts as use of their session. */
  const ownGate = createGate({
    operations: [
      ...seenOperations({
        board,
        hitRights: deps.hitRights,
        show: (alert) => live.show(alert, false),
      }),
      ...(deps.sound === undefined ? [] : soundOperations(deps.sound)),
      ...aimOperations(cameras),
      ...checkOperations(deps.checks ?? (async () => [])),
      ...motion.operations,
    ],
    sessions: people.sessions,
    inquiries: people.inquiries,
    audit: deps.audit,
    clock: systemClock,
    onAuditFailure,
  });
  const routes: RouteRule[] = [];
  hits.events.on('changed', live.follow);
  let hasStarted = false;
  let beating: NodeJS.Timeout | undefined;
  let ending: NodeJS.Timeout | undefined;

  const loopback = createLoopbackListener({
    host: config.host,
    port: config.port,
    unitId: unit.id,
    onProblem: (problem) =>
      log.error({ code: 'page.fail', problem }, 'the alert page is not available'),
    headers,
    bodyLimit,
  });
  const https = config.https.enabled
    ? createHttpsListener({
        config: config.https,
        unitId: unit.id,
        onProblem: (problem) =>
          log.error({ code: 'https.fail', problem }, 'the page over HTTPS is not as it should be'),
        headers,
        bodyLimit,
      })
    : null;
  const listeners = https === null ? [loopback] : [loopback, https];
  for (const listener of listeners) {
    checkRequests(listener, { people, log });
    // What somebody did may have ended a session: a log-out, an account that was closed, a role that was taken away.
    listener.app.addHook('onResponse', async ({ method }) => {
      if (method === 'GET') return;
      live.endOver();
      aim.endOver();
    });
    listener.app.addHook('onRoute', ({ method, url: path, config: route }) => {
      const rule = ruleOf(path, route);
      if (rule === undefined) throw new Error(`route ${path} does not say who may use it`);
      // The same ones on each.
      if (listener !== loopback) return;
      for (const each of [method].flat()) routes.push({ method: each, path, rule });
    });
  }

  const output = createPageOutput({
    mode: unit.mode,
    board,
    show: live.show,
    clear: live.clear,
    viewers: () => live.ownViewers,
    problem: () => (hasStarted ? loopback.problem : 'The alert page has not started yet.'),
  });

  return {
    output,
    reread(id, event) {
      const shown = board.reread(id, event);
      if (shown !== null) live.show(shown, true);
    },
    refresh(id) {
      const shown = board.reread(id, null);
      if (shown !== null) live.show(shown, false);
    },
    isUnseen: board.isUnseen,
    routes,
    get url() {
      return loopback.url;
    },
    get problem() {
      return loopback.problem;
    },
    https,

    async start(signal) {
      const documents = {
        alerts: await pageDocument('index.html'),
        login: await pageDocument('login.html'),
      };
      for (const listener of listeners) {
        await servePage(listener, { people, documents });
        sessionRoutes(listener, { unit, people, waiting: board.waiting });
        operationRoutes(listener, {
          ...{ gates: [gate, ownGate], bodyLimit, onlookers: people.onlookers, deeds },
        });
        mapRoutes(listener, {
          path: mapPath({ unit, console: config }),
          check(request) {
            const caller = callerOf(request, listener);
            people.onlookers.actorOf(tokenOf(caller), caller.from);
          },
        });
        live.routes(listener, await pageVersion());
        aim.routes(listener);
        await listener.start();
        // A stop during the start has closed the page by now.
        signal?.throwIfAborted();
      }
      hasStarted = true;
      beating = setInterval(live.beat, beatMs);
      beating.unref();
      ending = setInterval(live.endOver, overMs);
      ending.unref();
    },

    async [Symbol.asyncDispose]() {
      clearInterval(beating);
      clearInterval(ending);
      hits.events.off('changed', live.follow);
      live.close();
      aim.close();
      for (const listener of listeners) await listener[Symbol.asyncDispose]();
    },
  };
}

/** Who may use a route; undefined if it does not say so. */
function ruleOf(path: string, config: FastifyContextConfig | undefined): string | undefined {
  return config?.rule ?? (path.startsWith('/page/') ? 'open' : undefined);
}

/** Refuses foreign sites and who is not logged in, and words the failures. */
function checkRequests(listener: Listener, { people, log }: { people: People; log: Log }): void {
  const { app } = listener;
  app.removeContentTypeParser('text/plain');

  // Before the hook below, which needs the session.
  void app.register(cookie);

  app.addHook('onRequest', async (request) => {
    const { url: path = '', config: route } = request.routeOptions;
    // By the route, not by the address: `/%61pi/…` leads there too.
    if (path.startsWith('/api/')) checkSource(request, listener.scheme);
    const { rule } = route;
    // Before the body is read, so that strangers cannot fill the memory.
    if (rule !== undefined && rule !== 'open') {
      const caller = callerOf(request, listener);
      people.session(tokenOf(caller), caller.from);
    }
  });

  app.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error);
    if (fault === null) {
      const { name } = error as Error;
      log.error({ code: 'api.fail', route: request.routeOptions.url, name }, 'a request failed');
      return reply.code(500).send({
        code: 'failed',
        error: 'The request failed because of an error in Lookout; see its log.',
      });
    }
    const { status, ...words } = fault;
    if (isForPage(request)) {
      return reply.code(status).type(htmlType).send(refusalPage(words.error));
    }
    return reply.code(status).send(words);
  });
  app.setNotFoundHandler((_, reply) =>
    reply.code(404).send({ code: 'not-found', error: 'There is nothing at this address.' }),
  );
}

/** Serves the page's files, and the login form in its place to who is not logged in. */
async function servePage(
  listener: Listener,
  { people, documents }: { people: People; documents: { alerts: string; login: string } },
): Promise<void> {
  const { app, isRemote } = listener;
  if (isRemote) packFiles(app);
  await servePageFiles(app);
  app.get('/', { config: { rule: 'open' } }, async (request, reply) => {
    const { token, from } = callerOf(request, listener);
    const { alerts, login } = documents;
    return reply.type(htmlType).send(isIn(people, token, from) ? alerts : login);
  });
}

/** Whether someone is logged in and need not do anything else first. */
function isIn(people: People, token: string | null, from: string): boolean {
  if (token === null) return false;
  try {
    return people.session(token, from).must === null;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
