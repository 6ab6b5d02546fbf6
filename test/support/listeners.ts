import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect as connectPlain, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll } from 'vitest';
import type { Console } from '../../src/console/console.ts';
import { type TestAuthority, testAuthority } from './test-authority.ts';

/** The ways in to a console. What must hold on one must hold on each: tests of it run through this table. */
export const listeners = ['loopback', 'https'] as const;
export type ListenerName = (typeof listeners)[number];

/** A way in as a test uses it. */
export interface ListenerUnderTest {
  name: ListenerName;
  /** For the section `console` of the configuration. */
  settings: Record<string, unknown>;
  /** In front of the address of a page, on record. */
  client: 'page' | 'https page';
  /** In front of the unit's id in the name of the cookie. */
  cookiePrefix: '' | '__Host-';
  scheme: 'http' | 'https';
  urlOf(console: Console): string;
  /** Begins a request, also with a Host of the test's own. */
  request(url: string, options?: RequestOptions): ClientRequest;
  /** Opens a connection, over TLS where that is spoken there. */
  connect(url: string): Socket;
}

const loopback: ListenerUnderTest = {
  name: 'loopback',
  settings: { port: 0 },
  client: 'page',
  cookiePrefix: '',
  scheme: 'http',
  urlOf: ({ url }) => url,
  request: (url, options = {}) => httpRequest(url, options),
  connect: (url) => connectPlain(Number(new URL(url).port), '127.0.0.1'),
};

let made: { authority: TestAuthority; folder: string } | undefined;
afterAll(() => made && rmSync(made.folder, { recursive: true, force: true }));

/** The authority of the certificates of consoles under test; one for all tests of a file. */
export function pageAuthority(): TestAuthority {
  const folder = made?.folder ?? mkdtempSync(join(tmpdir(), 'lookout-test-'));
  made ??= { authority: testAuthority(folder), folder };
  return made.authority;
}

/** Under these names a console under test is reached. */
export const pageNames = ['127.0.0.1', 'localhost'];

function https(): ListenerUnderTest {
  const { certificate, issue } = pageAuthority();
  const own = issue('page', { names: 'IP:127.0.0.1,DNS:localhost' });
  const ca = readFileSync(certificate);
  const reach = { enabled: true, host: '127.0.0.1', port: 0, names: pageNames };
  // What these tests ask in a minute, nobody does.
  const patience = { requestsPerMin: 1e6, loginsPerMin: 1e6 };
  return {
    name: 'https',
    settings: {
      port: 0,
      https: { ...reach, ...patience, ...own },
    },
    client: 'https page',
    cookiePrefix: '__Host-',
    scheme: 'https',
    urlOf: (console) => console.https?.url ?? '',
    request: (url, options = {}) => httpsRequest(url, { ca, servername: 'localhost', ...options }),
    connect: (url) =>
      connectTls({
        ...{ host: '127.0.0.1', port: Number(new URL(url).port), ca },
        servername: 'localhost',
      }),
  };
}

let overTls: ListenerUnderTest | undefined;

export function listenerNamed(name: ListenerName): ListenerUnderTest {
  if (name === 'loopback') return loopback;
  overTls ??= https();
  return overTls;
}

/** The way in that an address leads to. */
export const listenerAt = (url: string): ListenerUnderTest =>
  listenerNamed(url.startsWith('https:') ? 'https' : 'loopback');
