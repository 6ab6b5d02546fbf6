import type { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import type { ClientKind } from '../accountability/access/login-api.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import type { Listener } from './listener.ts';

/** The client of a request: a page by its cookie, or on the unit itself a command line by its bearer token. */
export interface Caller {
  kind: ClientKind;
  /** Null when there is none. */
  token: string | null;
  /** For sessions and the audit log: `page 127.0.0.1`, `certified https page 192.0.2.7 CN=moss-laptop`. */
  from: string;
}

/** Sent with every request that changes something; forms and foreign pages cannot set it. */
export const clientHeader = 'x-lookout';

/** Who asks. Throws a Refusal for a command line on another computer: its tokens are of logins on the unit. */
export function callerOf(
  request: FastifyRequest,
  { cookieName, isRemote }: Pick<Listener, 'cookieName' | 'isRemote'>,
): Caller {
  const { authorization } = request.headers;
  const isCommandLine =
    authorization !== undefined || request.headers[clientHeader] === 'command-line';
  if (isRemote) {
    if (isCommandLine) {
      throw new Refusal(403, 'not-here', 'The command line works on the unit itself alone.');
    }
    const token = request.cookies[cookieName] ?? null;
    return { token, ...remotePage(request) };
  }
  const kind = isCommandLine ? 'command line' : 'page';
  const bearer = /^Bearer ([\w-]{20,100})$/.exec(authorization ?? '')?.[1];
  const token = (isCommandLine ? bearer : request.cookies[cookieName]) ?? null;
  return { kind, token, from: `${kind} ${request.ip}` };
}

/** Most of a certificate's subject that is kept on record. */
const subjectLength = 200;

/** A page on another computer, with the subject of the client certificate that the listener trusts, if it has one. */
function remotePage({ ip, raw }: FastifyRequest): Pick<Caller, 'kind' | 'from'> {
  const address = ip.replace(/^::ffff:/, '');
  const certificate = (raw.socket as TLSSocket).getPeerX509Certificate();
  if (certificate === undefined) return { kind: 'https page', from: `https page ${address}` };
  const subject = certificate.subject.replaceAll('\n', ', ').replace(/\p{Cc}/gu, '?');
  const kind = 'certified https page';
  return { kind, from: `${kind} ${address} ${subject.slice(0, subjectLength)}` };
}

/** The token, or a Refusal. */
export function tokenOf({ token }: Caller): string {
  if (token === null) throw new Refusal(401, 'not-logged-in', 'Log in first.');
  return token;
}
