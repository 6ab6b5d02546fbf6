import { z } from 'zod';
import type {
  LoginApi,
  LoginForm,
  SessionView,
  SignedIn,
} from '../accountability/access/login-api.ts';
import type { UnitClient } from '../accountability/gate/client.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import type { Config } from '../config/schema.ts';
import { Problem } from '../platform/problem.ts';
import { notRunning } from './not-running.ts';

/** An operation in the local API's list. */
const routeSchema = z.object({
  name: z.string(),
  method: z.enum(['GET', 'POST', 'DELETE']),
  path: z.string(),
});
type Route = z.infer<typeof routeSchema>;

const faultSchema = z.object({ code: z.string(), error: z.string() });

/**
 * A client of the running daemon's local API, for users who may not open its data folder. `isOnlyWay`: the daemon alone
 * can do what is asked, whoever asks.
 */
export function openApiClient(
  { console: config, unit }: Pick<Config, 'console' | 'unit'>,
  token: string | null,
  { isOnlyWay = false } = {},
): UnitClient & LoginApi & AsyncDisposable {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const base = `http://${host}:${config.port}`;
  let routes: Map<string, Route> | undefined;

  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    bearer = token,
  ): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(base + path, {
        method,
        headers: {
          'x-lookout': 'command-line',
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(120_000),
      });
    } catch {
      if (isOnlyWay) throw notRunning(base, unit.dataDir);
      throw new Problem(
        `this user may not open the unit's data folder, and no running lookout answers at ${base}. Start it: sudo systemctl ` +
          'start lookout; if it ended, "systemctl status lookout" and "sudo journalctl -u lookout -n 50" say why. Or run the ' +
          'command as the user of the service.',
      );
    }
    if (response.ok) return response;
    const fault = faultSchema.safeParse(await response.json().catch(() => null));
    if (!fault.success) throw new Problem(`${base}${path} answers HTTP ${response.status}`);
    const { code, error } = fault.data;
    throw new Refusal(response.status as Refusal['status'], code, error);
  };

  const json = async <T>(response: Promise<Response>): Promise<T> =>
    (await (await response).json()) as T;

  const routeOf = async (operation: string): Promise<Route> => {
    if (routes === undefined) {
      const listed = z.array(routeSchema).parse(await json(ask('GET', '/api/operations')));
      routes = new Map(listed.map((route) => [route.name, route]));
    }
    const route = routes.get(operation);
    if (route === undefined) {
      throw new Problem(`the running lookout knows no ${operation}: it is of another version`);
    }
    return route;
  };

  return {
    async perform({ operation, input, inquiry }) {
      const route = await routeOf(operation);
      const rest = new Map(Object.entries((input ?? {}) as Record<string, unknown>));
      const path = route.path.replace(/:(\w+)/g, (_, name: string) => {
        const value = rest.get(name);
        rest.delete(name);
        return encodeURIComponent(String(value));
      });
      if (route.method !== 'GET') {
        return answerOf(
          await ask(route.method, path, { input: Object.fromEntries(rest), inquiry }),
        );
      }
      const query = new URLSearchParams();
      for (const [name, value] of rest) {
        if (value !== undefined && value !== null) query.set(name, String(value));
      }
      if (inquiry !== undefined) query.set('inquiry', await inquiryId(inquiry));
      return answerOf(await ask('GET', query.size === 0 ? path : `${path}?${query}`));
    },
    form: () => json<LoginForm>(ask('GET', '/api/session/form')),
    login: (login) => json<SignedIn>(ask('POST', '/api/session', login)),
    makeFirstAdministrator: (first) =>
      json<{ username: string }>(ask('POST', '/api/first-administrator', first)),
    logout: async (bearer) => void (await ask('DELETE', '/api/session', undefined, bearer)),
    session: (bearer) => json<SessionView>(ask('GET', '/api/session', undefined, bearer)),
    unlock: (bearer, password) =>
      json<SessionView>(ask('POST', '/api/session/unlock', { password }, bearer)),
    async [Symbol.asyncDispose]() {},
  };

  /** A look by GET refers to its inquiry by id, so an inquiry stated in full is started first. */
  async function inquiryId(inquiry: NonNullable<Parameters<UnitClient['perform']>[0]['inquiry']>) {
    if ('id' in inquiry) return inquiry.id;
    const { method, path } = await routeOf('inquiries.begin');
    const begun = await json<{ id: string }>(ask(method, path, { input: inquiry }));
    return begun.id;
  }
}

/** An answer that is not JSON is a file. */
async function answerOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const contentType = response.headers.get('content-type') ?? '';
  if (contentType.startsWith('application/json')) {
    return response.headers.has('content-disposition')
      ? fileOf(response, contentType)
      : response.json();
  }
  return fileOf(response, contentType);
}

async function fileOf(response: Response, contentType: string) {
  const disposition = response.headers.get('content-disposition') ?? '';
  const fileName = /filename="([^"/\\]+)"/.exec(disposition)?.[1] ?? 'answer';
  return { fileName, contentType, bytes: new Uint8Array(await response.arrayBuffer()) };
}
