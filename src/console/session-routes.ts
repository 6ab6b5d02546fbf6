import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import {
  firstAdministratorSchema,
  keyLoginSchema,
  keyUseSchema,
  loginSchema,
  newKeySchema,
  renewSchema,
  unlockSchema,
} from '../accountability/access/login-api.ts';
import type { PasskeySite } from '../accountability/access/passkey-desk.ts';
import type { People } from '../accountability/access/people.ts';
import { inputFault } from '../accountability/gate/input-fault.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import type { Config } from '../config/schema.ts';
import type { Waiting } from './alert-board.ts';
import { type Caller, callerOf, tokenOf } from './caller.ts';
import type { Listener } from './listener.ts';
import { viewUnit } from './unit-view.ts';

/** Bodies of these are short. */
const bodyLimit = 8192;
const openRoute = { bodyLimit, config: { rule: 'open' } };
const own = { bodyLimit, config: { rule: 'signed-in' } };

/** Logging in and out, unlocking and renewing a session. */
export function sessionRoutes(
  listener: Listener,
  deps: {
    unit: Config['unit'];
    people: People;
    /** Alerts that nobody has seen, as counts, which a page without a session may show. */
    waiting: () => Waiting;
  },
): void {
  const { unit, people } = deps;
  const { app, cookieName, scheme, isRemote } = listener;
  const caller = (request: FastifyRequest): Caller => callerOf(request, listener);
  const secure = scheme === 'https';
  const attributes = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;

  const keepCookie = (reply: FastifyReply, token: string, endsAtMs: number): void => {
    const maxAge = Math.max(1, Math.floor((endsAtMs - Date.now()) / 1000));
    reply.setCookie(cookieName, token, { ...attributes, maxAge });
  };

  /** Ends the client's earlier session, which the next person must not use. */
  const leave = ({ token, from }: Caller): void => {
    if (token === null) return;
    try {
      people.logout(token, from);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 503) throw error;
    }
  };

  /** What the caller must do before anything else; null if nothing, or without a session. */
  const mustOf = (request: FastifyRequest) => {
    const { token, from } = caller(request);
    try {
      return token === null ? null : people.session(token, from).must;
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  };

  app.get('/api/session/form', openRoute, async (request) => ({
    ...people.form(),
    // Strangers on other computers are not told of alerts.
    ...(isRemote ? {} : { waiting: deps.waiting() }),
    mode: unit.mode,
    isElsewhere: isRemote,
    needsSecondFactor: caller(request).kind === 'https page',
    namedUrl: listener.namedUrl,
    must: mustOf(request),
  }));

  app.post('/api/first-administrator', openRoute, async (request, reply) => {
    const first = bodyOf(request, firstAdministratorSchema);
    const made = await people.makeFirstAdministrator(first, caller(request).from);
    return reply.code(201).send(made);
  });

  app.post('/api/session/login-key', openRoute, async (request) =>
    people.keyQuestion(
      bodyOf(request, keyLoginSchema),
      caller(request).from,
      namedSite(request, scheme),
    ),
  );

  app.post('/api/session', openRoute, async (request, reply) => {
    const from = caller(request);
    const { token, session } = await people.login(
      bodyOf(request, loginSchema),
      from.from,
      siteOf(request, scheme),
    );
    leave(from);
    if (from.kind === 'command line') return reply.code(201).send({ token, session });
    keepCookie(reply, token, session.endsAtMs);
    return reply.code(201).send({ session });
  });

  app.get('/api/session', own, async (request) => {
    const from = caller(request);
    const { id: _, ...view } = people.session(tokenOf(from), from.from);
    return { ...view, at: viewUnit(unit), namedUrl: listener.namedUrl };
  });

  app.delete('/api/session', own, async (request, reply: FastifyReply) => {
    leave(caller(request));
    reply.clearCookie(cookieName, attributes);
    return reply.code(204).send();
  });

  app.post('/api/session/unlock', own, async (request) => {
    const from = caller(request);
    const proof = bodyOf(request, unlockSchema);
    return people.unlock(tokenOf(from), proof, from.from, siteOf(request, scheme));
  });

  app.post('/api/session/renew', own, async (request, reply) => {
    const from = caller(request);
    const token = tokenOf(from);
    const renewal = bodyOf(request, renewSchema);
    const session = await people.renew(token, renewal, from.from, siteOf(request, scheme));
    if (from.kind !== 'command line') keepCookie(reply, token, session.endsAtMs);
    return reply.send(session);
  });

  app.post('/api/session/keys/offer', own, async (request) => {
    const from = caller(request);
    return people.keys.offer(tokenOf(from), from.from, namedSite(request, scheme));
  });

  app.post('/api/session/keys', own, async (request, reply) => {
    const from = caller(request);
    const made = bodyOf(request, newKeySchema);
    const site = namedSite(request, scheme);
    return reply.code(201).send(await people.keys.add(tokenOf(from), made, from.from, site));
  });

  app.post('/api/session/keys/question', own, async (request) => {
    const from = caller(request);
    const { use } = bodyOf(request, keyUseSchema);
    return people.keys.question(tokenOf(from), use, from.from, namedSite(request, scheme));
  });

  app.post('/api/session/activity', own, async (request, reply) => {
    const from = caller(request);
    people.use(tokenOf(from), from.from);
    return reply.code(204).send();
  });
}

/** The page that a request is of, for which security keys are made; null where it was opened by an address. */
function siteOf({ headers }: FastifyRequest, scheme: 'http' | 'https'): PasskeySite | null {
  // The listener has checked that this is a name of its own.
  const host = (headers.host ?? '').toLowerCase();
  const name = host.replace(/:\d+$/, '');
  const isAddress = name === '' || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  return isAddress ? null : { name, origin: `${scheme}://${host}` };
}

/** The same, or a Refusal. */
function namedSite(request: FastifyRequest, scheme: 'http' | 'https'): PasskeySite {
  const site = siteOf(request, scheme);
  if (site !== null) return site;
  throw new Refusal(
    409,
    'no-name',
    'Security keys work on a page that was opened by a name: on the unit itself http://localhost, not 127.0.0.1.',
  );
}

/** The body by its schema, or a Refusal that names the field. */
function bodyOf<T extends z.ZodType>({ body }: FastifyRequest, schema: T): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw inputFault(parsed.error);
}
