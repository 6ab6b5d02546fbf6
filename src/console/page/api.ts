import type { z } from 'zod';
import type { LoginHelp } from '../../accountability/access/login-help.ts';
import type { OperationDefinition } from '../../accountability/gate/definition.ts';
import { withoutCommands } from './without-commands.ts';

/** A refusal of the unit: `code` for programs, `message` for people. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  /** What to do about a login that was refused; null for what is no login. */
  readonly help: LoginHelp | null;

  constructor(status: number, code: string, message: string, help: LoginHelp | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.help = help;
  }
}

/** What went wrong, for a person: the unit's sentence, or that the page itself failed. */
export function wordsOf(error: unknown): string {
  return error instanceof Error
    ? withoutCommands(error.message)
    : 'The page failed at this: load it again.';
}

type Method = 'GET' | 'POST' | 'DELETE';

/** Most requests are answered at once, ms. */
const usualPatienceMs = 30_000;

/**
 * Asks the unit and gives its answer; throws Refused, or Refused with status 0 when no answer comes in time, or not all of
 * it. `deed`: the name by which the unit knows a deed that is asked for again.
 */
export async function ask<Answer>(
  method: Method,
  path: string,
  body?: unknown,
  patienceMs = usualPatienceMs,
  deed?: string,
): Promise<Answer> {
  const response = await send(method, path, body, AbortSignal.timeout(patienceMs), deed);
  if (response.status === 204) return undefined as Answer;
  if (!response.ok) throw await refusalOf(response);
  // A link that breaks amid an answer leaves a piece of it.
  return response.json().catch(() => {
    throw noAnswer();
  });
}

/** What the unit says of a request that it refused. */
export async function refusalOf(response: Response): Promise<Refused> {
  const answer = await response.json().catch(() => ({}));
  const {
    code = '',
    error = `HTTP ${response.status}`,
    help = null,
  } = answer as { code?: string; error?: string; help?: LoginHelp };
  return new Refused(response.status, code, error, help);
}

/** Sends a request; throws Refused with status 0 where nothing answers before `signal` is aborted. */
export async function send(
  method: Method,
  path: string,
  body: unknown,
  signal: AbortSignal,
  deed?: string,
): Promise<Response> {
  const headers = {
    'x-lookout': 'page',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(deed === undefined ? {} : { 'x-lookout-deed': deed }),
  };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    return await fetch(path, { method, headers, ...content, signal });
  } catch {
    throw noAnswer();
  }
}

/** Nothing came from the unit, or not all of it. */
export const noAnswer = (words = 'Lookout does not answer. Is it running?'): Refused =>
  new Refused(0, 'no-answer', words);

/** What the unit tells of its operations. */
interface Route {
  name: string;
  method: Method;
  path: string;
  inquiry: boolean;
  effect: 'look' | 'change';
}

let routes: Promise<Map<string, Route>> | undefined;

/** Where each operation is, asked once. */
function routesByName(): Promise<Map<string, Route>> {
  routes ??= ask<Route[]>('GET', '/api/operations').then(
    (list) => new Map(list.map((route) => [route.name, route])),
    (error) => {
      routes = undefined;
      throw error;
    },
  );
  return routes;
}

/** No id is longer; the unit takes no longer part of an address. */
const longestId = 100;

/** The purpose of a look, as it is stated, or the id of one that was stated before. */
export type StatedPurpose =
  | { id: string }
  | { purpose: string; caseNumber?: string; incidentNumber?: string; reason?: string };

// biome-ignore lint/suspicious/noExplicitAny: any operation
export type AnyDefinition = OperationDefinition<any, any, any>;
export type InputOf<D extends AnyDefinition> = z.input<D['input']>;
export type AnswerOf<D extends AnyDefinition> = z.output<D['answer']>;

/**
 * Performs an operation of the unit by its name; the types are those of its definition:
 * `perform<typeof openHit>('hits.open', { id })`. Throws Refused with the unit's sentence. `patienceMs`: how
 * long its answer may take.
 */
export async function perform<D extends AnyDefinition>(
  name: string,
  input: InputOf<D>,
  inquiry?: StatedPurpose,
  patienceMs = usualPatienceMs,
): Promise<AnswerOf<D>> {
  const { method, path, rest, effect } = await requestOf(name, input);
  if (method === 'GET') return ask(method, await queried(path, rest, inquiry));
  const body = { input: rest, ...(inquiry === undefined ? {} : { inquiry }) };
  if (effect === 'look') return ask(method, path, body, patienceMs);
  const { once } = await import('./deeds.ts').catch(() => {
    throw noAnswer();
  });
  const what = `${name} ${path} ${JSON.stringify(body)}`;
  const asked = (deed: string) => ask<AnswerOf<D>>(method, path, body, patienceMs, deed);
  return once(what, asked, noAnswer);
}

/**
 * Where an operation is asked for, and what of its input is not in the path. Throws Refused for an id that leads elsewhere,
 * as of an address that was cut off: `..`, or `undisposed` for a hit.
 */
export async function requestOf(name: string, input: unknown) {
  const known = await routesByName();
  const route = known.get(name);
  if (route === undefined) throw new Refused(404, 'no-operation', `There is no ${name} here.`);
  const { method, path, effect } = route;
  const rest: Record<string, unknown> = { ...(input as Record<string, unknown>) };
  let isNone = false;
  const filled = path.replaceAll(/:(\w+)/g, (_, field: string) => {
    const value = String(rest[field] ?? '');
    delete rest[field];
    isNone ||= /^\.{0,2}$/.test(value) || value.length > longestId;
    return encodeURIComponent(value);
  });
  const isOther = (other: Route) =>
    other !== route && other.path === filled && other.method === method;
  if (isNone || [...known.values()].some(isOther)) {
    throw new Refused(404, 'no-such-id', 'There is nothing with this id: it may be cut off.');
  }
  return { method, path: filled, rest, effect };
}

/** The address of a look, with its input and its purpose. */
export async function queried(
  path: string,
  rest: Record<string, unknown>,
  inquiry: StatedPurpose | undefined,
): Promise<string> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined && value !== null && value !== '') query.set(key, String(value));
  }
  if (inquiry !== undefined) query.set('inquiry', await idOf(inquiry));
  return query.size === 0 ? path : `${path}?${query}`;
}

/** A request without a body refers to a purpose that was stated before. */
async function idOf(inquiry: StatedPurpose): Promise<string> {
  if ('id' in inquiry) return inquiry.id;
  const begun = await ask<{ id: string }>('POST', '/api/inquiries', { input: inquiry });
  return begun.id;
}
