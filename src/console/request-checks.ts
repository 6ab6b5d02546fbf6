import type { FastifyRequest } from 'fastify';
import { Refusal } from '../accountability/gate/refusal.ts';
import { clientHeader } from './caller.ts';

const clients = new Set(['page', 'command-line']);

/**
 * Refuses what a foreign site can make a browser send: requests that the browser marks as coming from elsewhere, and
 * changes without the project's own header, which only its page and command line set.
 */
export function checkSource(request: FastifyRequest, scheme: 'http' | 'https'): void {
  const { headers, method } = request;
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  const foreign = () =>
    new Refusal(403, 'foreign-site', 'Requests from other sites are not allowed.');
  if (site !== 'same-origin' && site !== 'none') throw foreign();
  const { origin } = headers;
  if (origin !== undefined && origin !== `${scheme}://${headers.host}`) throw foreign();
  if (method === 'GET') return;
  const client = headers[clientHeader];
  if (typeof client === 'string' && clients.has(client)) return;
  throw new Refusal(403, 'header-missing', `A change needs the header ${clientHeader}.`);
}
