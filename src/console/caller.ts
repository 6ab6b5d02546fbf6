import type { FastifyRequest } from 'fastify';
import type { ClientKind } from '../accountability/access/login-api.ts';
import { Refusal } from '../accountability/gate/refusal.ts';

/** The client of a request: a page by its cookie, or a command line by its bearer token. */
export interface Caller {
  kind: ClientKind;
  /** Null when there is none. */
  token: string | null;
  /** For sessions and the audit log: `page 127.0.0.1`. */
  from: string;
}

/** Sent with every request that changes something; forms and foreign pages cannot set it. */
export const clientHeader = 'x-lookout';

export function callerOf(request: FastifyRequest, cookieName: string): Caller {
  const { authorization } = request.headers;
  const isCommandLine =
    authorization !== undefined || request.headers[clientHeader] === 'command-line';
  const kind = isCommandLine ? 'command line' : 'page';
  const bearer = /^Bearer ([\w-]{20,100})$/.exec(authorization ?? '')?.[1];
  const token = (isCommandLine ? bearer : request.cookies[cookieName]) ?? null;
  return { kind, token, from: `${kind} ${request.ip}` };
}

/** The token, or a Refusal. */
export function tokenOf({ token }: Caller): string {
  if (token === null) throw new Refusal(401, 'not-logged-in', 'Log in first.');
  return token;
}
