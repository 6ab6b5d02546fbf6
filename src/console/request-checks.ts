import type { FastifyRequest } from 'fastify';
import { Refusal } from '../accountability/gate/refusal.ts';
import { CLIENT_HEADER } from './caller.ts';

const CLIENTS = new Set(['page', 'command-line']);

/**
 * Refuses what a foreign site can make a browser send: requests that the browser marks as coming from elsewhere, and
 * changes without our own header, which only our page and the command line set.
 */
export function checkSource(request: FastifyRequest): void {
  const { headers, method } = request;
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  const foreign = () =>
    new Refusal(403, 'foreign-site', 'Requests from other sites are not allowed.');
  if (site !== 'same-origin' && site !== 'none') throw foreign();
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`) throw foreign();
  if (method === 'GET') return;
  const client = headers[CLIENT_HEADER];
  if (typeof client === 'string' && CLIENTS.has(client)) return;
  throw new Refusal(403, 'header-missing', `A change needs the header ${CLIENT_HEADER}.`);
}
