import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AlertView, WithheldView } from '../../src/console/alert-view.ts';
import { waitFor } from '../support/wait-for.ts';

/** An event of the stream, as a page takes it. */
interface Heard {
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: each event has a shape of its own
  data: any;
}

/** A screen with the alert page open, without a browser: it holds what a page holds. */
export interface TestScreen {
  /** What it would show now, by id. */
  readonly alerts: ReadonlyMap<string, AlertView | WithheldView>;
  readonly heard: readonly Heard[];
  /** Open alerts that it was told of, and that are not among `alerts`. */
  readonly notShown: number;
  /** Resolves with the data of the next event of this kind that comes. */
  // biome-ignore lint/suspicious/noExplicitAny: each event has a shape of its own
  next(event: string): Promise<any>;
  post(path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
  get(path: string): Promise<{ status: number; body: Answer }>;
  close(): void;
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it asked for
type Answer = any;

/** A request as the page makes it. */
export async function askAsPage(
  url: string,
  { method, path, cookie, body }: { method: string; path: string; cookie?: string; body?: unknown },
): Promise<{ status: number; body: Answer }> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(cookie === undefined ? {} : { cookie }),
      ...(method === 'GET' ? {} : { 'x-lookout': 'page', 'content-type': 'application/json' }),
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: answer.status, body: isJson ? JSON.parse(text) : text };
}

/** Opens the stream of events; resolves once the page has its first ones. */
export async function openScreen(url: string, cookie: string): Promise<TestScreen> {
  const stream = request(`${url}api/events`, { headers: { cookie } }).end();
  stream.on('error', () => {});
  const [response] = (await once(stream, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`no stream: ${response.statusCode}`);
  response.on('error', () => {});
  const alerts = new Map<string, AlertView | WithheldView>();
  const heard: Heard[] = [];
  let notShown = 0;
  /** Alerts that the unit held when it began to tell them; they come in parts. */
  let expected = 0;
  let text = '';
  const take = ({ event, data }: Heard) => {
    heard.push({ event, data });
    if (event === 'alerts') {
      alerts.clear();
      expected = data.ids.length;
    }
    if (event === 'alerts' || event === 'more-alerts') {
      for (const alert of data.alerts) alerts.set(alert.id, alert);
    }
    if (event === 'alert') alerts.set(data.id, data);
    if (event === 'cleared') alerts.delete(data.id);
    if (event === 'not-shown') notShown = data.count;
    else if (typeof data.notShown === 'number') ({ notShown } = data);
  };
  response.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const each of parts) {
      const event = /^event: (.+)$/m.exec(each)?.[1];
      if (event !== undefined)
        take({ event, data: JSON.parse(/^data: (.+)$/m.exec(each)?.[1] ?? 'null') });
    }
  });
  await waitFor(() => heard.some(({ event }) => event === 'hello'));
  await waitFor(
    () => heard[0]?.data.locked === true || (heard.length > 1 && alerts.size >= expected),
  );
  return {
    alerts,
    heard,
    get notShown() {
      return notShown;
    },
    async next(event) {
      const before = heard.length;
      const found = () => heard.slice(before).find((each) => each.event === event);
      await waitFor(() => found() !== undefined);
      return found()?.data;
    },
    post: (path, body) => askAsPage(url, { method: 'POST', path, cookie, body }),
    get: (path) => askAsPage(url, { method: 'GET', path, cookie }),
    close: () => void stream.destroy(),
  };
}
