import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { listenerAt } from '../support/listeners.ts';
import type { Issued } from '../support/test-authority.ts';
import type { RunningConsole } from './running-console.ts';

/** An answer of a console. */
interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** The first that it sets; empty if none. */
  cookie: string;
  body: string;
  /** The refusal's short name; null without one. */
  code: string | null;
}

const shownBy = (client: Issued | undefined) =>
  client && { cert: readFileSync(client.certificate), key: readFileSync(client.key) };

/** A request with headers of our own choice, Host among them. */
export function ask(
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body?: unknown,
  /** The client certificate that is shown, over HTTPS. */
  client?: Issued,
): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const own = method === 'GET' ? {} : { 'x-lookout': 'page' };
  const typed = text === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    listenerAt(url)
      .request(url, { ...shownBy(client), method, headers: { ...own, ...typed, ...headers } })
      .on('response', (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          answer += part;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            cookie: response.headers['set-cookie']?.[0] ?? '',
            body: answer,
            headers: response.headers,
            code: /^\{"code":"([^"]+)"/.exec(answer)?.[1] ?? null,
          }),
        );
      })
      .on('error', reject)
      .end(text);
  });
}

export const get = (url: string, headers: Record<string, string> = {}) => ask('GET', url, headers);

/** Opens the stream of events as a page does, until the test ends; `heard` is what has come so far. */
export async function watch({ url, cookie }: Pick<RunningConsole, 'url' | 'cookie'>): Promise<{
  readonly heard: string;
  headers: IncomingHttpHeaders;
  ended: Promise<unknown>;
  readonly isOpen: boolean;
}> {
  const stream = listenerAt(url).request(`${url}api/events`, { headers: { cookie } }).end();
  // Not before the answer is here: what is given up without one is an error.
  const [response] = (await once(stream, 'response')) as [IncomingMessage];
  onTestFinished(() => void stream.destroy());
  let heard = '';
  response.setEncoding('utf8').on('data', (part: string) => {
    heard += part;
  });
  // Also where it was broken off, which `once` takes for an error.
  const ended = new Promise((resolve) => response.on('close', resolve));
  response.on('error', () => undefined);
  return {
    headers: response.headers,
    ended,
    get isOpen() {
      return !response.closed;
    },
    get heard() {
      return heard;
    },
  };
}
