import type { Server } from 'node:http';
import { createServer } from 'node:https';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Refusal } from '../accountability/gate/refusal.ts';
import type { HttpsConfig } from '../config/sections/console.ts';
import { namesOf } from '../platform/certificates.ts';
import { systemClock } from '../platform/clock.ts';
import { createKeptPort } from '../platform/kept-port.ts';
import { codeOf, messageOf } from '../platform/problem.ts';
import { limitConnections } from './connection-limits.ts';
import {
  certificateFault,
  type HttpsFiles,
  isNamedIn,
  readHttpsFiles,
  versionOf,
} from './https-files.ts';
import type { Listener } from './listener.ts';
import { limitRequests } from './request-limits.ts';

/** The listener for other computers. */
export interface HttpsListener extends Listener {
  /** What was beyond the limits since the start. */
  readonly turnedAway: { readonly connections: number; readonly requests: number };
}

/** A handshake, the head of a request and the body of a stranger's must be complete after this time, ms. */
const headMs = 5000;
/** A body of who is logged in, such as a hot list over a slow link, ms. */
const bodyMs = 120_000;
/** A connection on which nothing moves is closed after this time, ms; the longest work on a request takes less. */
const stalledMs = 130_000;
/** A connection without a request is closed after this time, ms. */
const idleMs = 10_000;
/** How often the files are looked at, ms. */
const lookEveryMs = 5000;
const year = 365 * 24 * 3600;

/**
 * The listener for other computers, over TLS 1.2 and later, off by default. A host name that the certificate does not have is refused.
 * Until its files are there and fit it serves nothing, and says so; new ones are taken without a restart, and end the
 * connections that were made with the old.
 */
export function createHttpsListener(options: {
  config: HttpsConfig;
  unitId: string;
  onProblem: (problem: string) => void;
  /** Sent with every answer, including refusals. */
  headers: Readonly<Record<string, string>>;
  bodyLimit: number;
}): HttpsListener {
  const { config, unitId, onProblem, headers, bodyLimit } = options;
  const strict = { ...headers, 'strict-transport-security': `max-age=${year}` };
  // It would hold for every port of that name, and so for the page on loopback.
  const headersFor = (request: FastifyRequest) =>
    hostOf(request) === 'localhost' ? headers : strict;
  let files: HttpsFiles | null = null;
  let version = '';
  let fault: string | null = null;
  let isOpen = false;
  let looking: NodeJS.Timeout | undefined;

  const server = createServer({
    minVersion: 'TLSv1.2',
    requestCert: config.clientAuthority !== undefined,
    // One that is not trusted is refused below, with the reason in words.
    rejectUnauthorized: false,
    handshakeTimeout: headMs,
    headersTimeout: headMs,
    requestTimeout: bodyMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: 1000,
  });
  server.setTimeout(stalledMs);
  const turnedAway = { connections: 0, requests: 0 };
  const held = limitConnections(server, () => {
    turnedAway.connections += 1;
  });
  const app = fastify({
    serverFactory(handler) {
      server.on('request', handler);
      return server as Server;
    },
    forceCloseConnections: true,
    bodyLimit,
    logger: false,
    exposeHeadRoutes: false,
  });
  const limit = limitRequests(app, config, () => {
    turnedAway.requests += 1;
  });
  const kept = createKeptPort({
    app,
    host: config.host,
    port: config.port,
    section: 'console.https',
    unavailable: `The page cannot be served over HTTPS on ${config.host}:${config.port}`,
    onProblem,
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersFor(request));
    if (!isOurs(hostOf(request))) {
      const known = namesNow().join(', ');
      return reply
        .code(421)
        .type('text/plain')
        .send(`This unit has no such name. It has: ${known}\n`);
    }
    checkCertificate(request);
    await limit(request, reply, socketOf(request).getPeerX509Certificate() !== undefined);
    return undefined;
  });
  dropSlowBodies(app);

  const names = config.names.map(plainAddress);
  const isOurs = (name: string): boolean => {
    if (names.length > 0) return names.includes(name);
    return files !== null && isNamedIn(files.certificate, name);
  };
  const namesNow = (): readonly string[] => {
    if (names.length > 0) return names;
    return files === null ? [] : namesOf(files.certificate);
  };

  /** Refuses a certificate of another authority, or one that is over; where it is required, also none. */
  const checkCertificate = (request: FastifyRequest): void => {
    const socket = socketOf(request);
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) {
      if (config.clientCertificate === 'optional') return;
      throw new Refusal(
        403,
        'certificate-missing',
        'This unit lets in nobody without a client certificate: install the one that was made for this device, and open the page anew.',
      );
    }
    const isOver = Date.parse(certificate.validTo) < systemClock();
    if (socket.authorized && !isOver) return;
    const why = String(
      codeOf(socket.authorizationError) ?? socket.authorizationError ?? 'CERT_HAS_EXPIRED',
    );
    throw new Refusal(403, 'certificate-refused', refusalOf(why));
  };

  /** Takes the files if they are other than before; what is wrong with them is a fault until it is put right. */
  const look = async (): Promise<void> => {
    const now = await versionOf(config);
    if (now === version) return;
    version = now;
    try {
      const next = await readHttpsFiles(config);
      server.setSecureContext({ ...next.options, minVersion: 'TLSv1.2' });
      files = next;
      fault = null;
      // Those that are open were let in by the old ones.
      server.closeAllConnections();
    } catch (error) {
      fault = messageOf(error);
      onProblem(fault);
    }
    if (files === null || isOpen) return;
    isOpen = true;
    await kept.open();
  };

  return {
    app,
    scheme: 'https',
    isRemote: true,
    cookieName: `__Host-lookout-${unitId}`,
    headersFor,
    turnedAway,
    get url() {
      const [name = config.host] = config.names;
      return `https://${isIP(name) === 6 ? `[${name}]` : name}:${kept.port}/`;
    },
    get namedUrl() {
      const named = namesNow().find((name) => isIP(name) === 0 && !name.includes('*'));
      return named === undefined ? null : `https://${named}:${kept.port}/`;
    },
    get problem() {
      const wrong = files && certificateFault(files.certificate, config.names, systemClock());
      return fault ?? kept.problem ?? wrong;
    },
    async start() {
      // A faulty route stops the start; files and port are tried again.
      await app.ready();
      await look();
      looking = setInterval(() => void look(), lookEveryMs);
      looking.unref();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      kept.close();
      const closed = app.close();
      // Also those whose handshake is not over, which are no business of the HTTP server yet.
      held.end();
      await closed;
    },
  };
}

const socketOf = ({ raw }: FastifyRequest) => raw.socket as TLSSocket;

/** Ends the connection of a stranger who begins a body and does not go on with it. */
function dropSlowBodies(app: FastifyInstance): void {
  const waiting = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  app.addHook('onRequest', async (request) => {
    if (request.method === 'GET' || request.routeOptions.config.rule !== 'open') return;
    const drop = setTimeout(() => request.raw.socket.destroy(), headMs);
    drop.unref();
    waiting.set(request, drop);
  });
  const isThere = async (request: FastifyRequest) => clearTimeout(waiting.get(request));
  app.addHook('preValidation', isThere);
  app.addHook('onResponse', isThere);
}

/** A name as browsers write it: an address of IPv6 can be written in several ways. */
function plainAddress(name: string): string {
  return isIP(name) === 6 ? new URL(`https://[${name}]`).hostname.slice(1, -1) : name;
}

/** The host that a request names, without port and brackets; empty if it names none. */
function hostOf({ headers }: FastifyRequest): string {
  const host = (headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
  return host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** Why a client certificate is refused, by OpenSSL's code. */
function refusalOf(code: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'Your client certificate has expired. Ask for a new one.';
    case 'CERT_NOT_YET_VALID':
      return "Your client certificate is not valid yet, or this unit's clock is behind.";
    case 'CERT_REVOKED':
      return 'Your client certificate was revoked.';
    case 'CRL_HAS_EXPIRED':
    case 'UNABLE_TO_GET_CRL':
      return "This unit's list of revoked certificates is out of date or of another authority. Put the latest one there.";
    default:
      return `This unit does not trust your client certificate (${code}).`;
  }
}
