import { createWriteStream, readFileSync, statSync } from 'node:fs';
import { rm, utimes } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ListSource } from '../../config/sections/lists.ts';
import { fileFault, messageOf, Problem } from '../../platform/problem.ts';
import { type Fetched, mostBytes } from './fetched.ts';

const patienceMs = 30 * 60_000;
const mostRedirects = 5;

/** By what a server tells that a file is the same. */
interface Validators {
  etag: string | null;
  lastModified: string | null;
}

/**
 * Fetches a file over HTTPS; null if the server says that it is the one that was seen last. Follows redirects to HTTPS only, and
 * takes credentials and client certificate to no other host. Throws a Problem.
 */
export async function fetchByHttps(
  source: ListSource<'https'>,
  deps: { to: string; seen: string | null; signal: AbortSignal; mostBytes?: number },
): Promise<Fetched | null> {
  const { to, seen } = deps;
  const before = validatorsOf(seen);
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(patienceMs)]);
  const limit = deps.mostBytes ?? mostBytes;
  const { host } = new URL(source.url);
  try {
    const answer = await follow(source, before, signal);
    if (answer.statusCode === 304) {
      answer.resume();
      return null;
    }
    if (answer.statusCode !== 200) {
      answer.destroy();
      throw new Problem(`${host} answered ${answer.statusCode} in place of the file`);
    }
    await pipeline(answer, bounded(limit, host), createWriteStream(to, { mode: 0o600 }), {
      signal,
    });
    refuseShort(answer, to, host);
    const { etag = null, 'last-modified': lastModified = null } = answer.headers;
    const madeMs = lastModified === null ? Number.NaN : Date.parse(lastModified);
    if (!Number.isNaN(madeMs)) await utimes(to, madeMs / 1000, madeMs / 1000);
    const name = new URL(source.url).pathname.split('/').at(-1) || host;
    const now = JSON.stringify({ etag, lastModified } satisfies Validators);
    return { file: to, name, seen: now, settle: async () => {} };
  } catch (error) {
    await rm(to, { force: true });
    if (error instanceof Problem) throw error;
    throw new Problem(`the file was not fetched from ${host}: ${messageOf(error)}`);
  }
}

function validatorsOf(seen: string | null): Validators {
  try {
    return JSON.parse(seen ?? '') as Validators;
  } catch {
    return { etag: null, lastModified: null };
  }
}

/** The answer behind all redirects. */
async function follow(
  source: ListSource<'https'>,
  { etag, lastModified }: Validators,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let url = new URL(source.url);
  const own = url.host;
  for (let count = 0; ; count += 1) {
    const isOwn = url.host === own;
    const headers = {
      accept: '*/*',
      'user-agent': 'lookout',
      ...(etag !== null && { 'if-none-match': etag }),
      ...(lastModified !== null && { 'if-modified-since': lastModified }),
      ...(isOwn && source.credentials !== undefined && readCredentials(source.credentials)),
    };
    const tls = {
      ...(source.ca !== undefined && { ca: readOrSay(source.ca) }),
      ...(isOwn && source.cert !== undefined && { cert: readOrSay(source.cert) }),
      ...(isOwn && source.key !== undefined && { key: readOrSay(source.key) }),
    };
    const answer = await ask(url, { headers, signal, ...tls });
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0)) return answer;
    answer.resume();
    const next = location === undefined ? null : URL.parse(location, url.href);
    if (next === null) throw new Problem(`${url.host} sends on to no address`);
    if (next.protocol !== 'https:')
      throw new Problem(`${url.host} sends on to ${next.protocol}//, which is not encrypted`);
    if (count >= mostRedirects)
      throw new Problem(`${own} sends on more than ${mostRedirects} times`);
    url = next;
  }
}

function ask(url: URL, options: Parameters<typeof request>[1]): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, options, resolve).on('error', reject).end();
  return promise;
}

/** Throws a Problem once more than `limit` bytes have come. */
function bounded(limit: number, host: string): Transform {
  let bytes = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > limit) done(new Problem(`the file of ${host} is longer than ${limit} bytes`));
      else done(null, piece);
    },
  });
}

/** A connection that ends early may look like the end of the file. */
function refuseShort(answer: IncomingMessage, file: string, host: string): void {
  const stated = Number(answer.headers['content-length'] ?? Number.NaN);
  const { size } = statSync(file);
  if (Number.isNaN(stated) || answer.headers['content-encoding'] !== undefined) return;
  if (size !== stated) throw new Problem(`${host} ended the file after ${size} of ${stated} bytes`);
}

/** The header of a file of credentials, which nobody but its owner may read. */
function readCredentials(path: string): Record<string, string> {
  const text = readOrSay(path).trim();
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new Problem(`${path} may be read by others than its owner: chmod 600 it`);
  }
  const header = /^([A-Za-z][A-Za-z0-9-]*): +(\S[^\r\n]*)$/.exec(text);
  if (header?.[1] !== undefined && header[2] !== undefined) return { [header[1]]: header[2] };
  if (!/^[^:\r\n]+:[^\r\n]+$/.test(text)) {
    throw new Problem(
      `${path} holds neither user:password nor a header such as Authorization: Bearer TOKEN`,
    );
  }
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

function readOrSay(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Problem(`${path} cannot be read (${fileFault(error)})`);
  }
}
