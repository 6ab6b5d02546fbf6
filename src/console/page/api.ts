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

/** Asks the unit and gives its answer; throws Refused, or Refused with status 0 when nothing answers in time. */
export async function ask<Answer>(
  method: Method,
  path: string,
  body?: unknown,
  patienceMs = usualPatienceMs,
): Promise<Answer> {
  const response = await send(method, path, body, patienceMs);
  if (response.status === 204) return undefined as Answer;
  if (!response.ok) throw await refusalOf(response);
  return (await response.json().catch(() => ({}))) as Answer;
}

/**
 * Asks for what comes line by line, each a JSON object, until the unit ends it or `signal` is aborted. Throws Refused with
 * the unit's sentence, or with status 0 when the connection is lost.
 */
export async function askForLines<Line>(
  path: string,
  body: unknown,
  options: { signal: AbortSignal; onLine: (line: Line) => void },
): Promise<void> {
  const { signal, onLine } = options;
  const headers = { 'x-lookout': 'page', 'content-type': 'application/json' };
  try {
    const asked = { method: 'POST', headers, body: JSON.stringify(body), signal };
    const response = await fetch(path, asked);
    if (!response.ok || response.body === null) throw await refusalOf(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (text + part.value).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (line !== '') onLine(JSON.parse(line) as Line);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Refused) throw error;
    throw new Refused(0, 'no-answer', 'The connection to Lookout was lost.');
  }
}

async function refusalOf(response: Response): Promise<Refused> {
  const answer = await response.json().catch(() => ({}));
  const {
    code = '',
    error = `HTTP ${response.status}`,
    help = null,
  } = answer as { code?: string; error?: string; help?: LoginHelp };
  return new Refused(response.status, code, error, help);
}

async function send(
  method: Method,
  path: string,
  body: unknown,
  patienceMs: number,
): Promise<Response> {
  const headers = { 'x-lookout': 'page' };
  const asJson = { headers: { ...headers, 'content-type': 'application/json' } };
  const content = body === undefined ? { headers } : { ...asJson, body: JSON.stringify(body) };
  try {
    return await fetch(path, { method, ...content, signal: AbortSignal.timeout(patienceMs) });
  } catch {
    throw new Refused(0, 'no-answer', 'Lookout does not answer. Is it running?');
  }
}

/** What the unit tells of its operations. */
interface Route {
  name: string;
  method: Method;
  path: string;
  inquiry: boolean;
}

let routes: Promise<Map<string, Route>> | undefined;

/** Where each operation is, asked once. */
function routeOf(name: string): Promise<Route> {
  routes ??= ask<Route[]>('GET', '/api/operations').then(
    (list) => new Map(list.map((route) => [route.name, route])),
  );
  return routes.then(
    (known) => {
      const route = known.get(name);
      if (route === undefined) throw new Refused(404, 'no-operation', `There is no ${name} here.`);
      return route;
    },
    (error) => {
      routes = undefined;
      throw error;
    },
  );
}

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
  const { method, path, rest } = await requestOf(name, input);
  if (method === 'GET') return ask(method, await queried(path, rest, inquiry));
  const body = { input: rest, ...(inquiry === undefined ? {} : { inquiry }) };
  return ask(method, path, body, patienceMs);
}

/** The address of an operation that is read by GET, for an `<img>`: the picture is looked at when the browser asks for it. */
export async function addressFor<D extends AnyDefinition>(
  name: string,
  input: InputOf<D>,
  inquiry: StatedPurpose,
): Promise<string> {
  const { path, rest } = await requestOf(name, input);
  return queried(path, rest, inquiry);
}

/** A file that an operation answered with. */
export interface AnsweredFile {
  name: string;
  content: Blob;
}

/** Performs an operation that answers with a file. Throws Refused with the unit's sentence. */
export async function performForFile<D extends AnyDefinition>(
  name: string,
  input: InputOf<D>,
  inquiry?: StatedPurpose,
): Promise<AnsweredFile> {
  const { method, path, rest } = await requestOf(name, input);
  const response = await (method === 'GET'
    ? send(method, await queried(path, rest, inquiry), undefined, usualPatienceMs)
    : send(method, path, { input: rest, inquiry }, usualPatienceMs));
  if (!response.ok) throw await refusalOf(response);
  const disposition = response.headers.get('content-disposition') ?? '';
  const [, fileName = 'lookout'] = /filename="([^"]+)"/.exec(disposition) ?? [];
  return { name: fileName, content: await response.blob() };
}

/** Where an operation is asked for, and what of its input is not in the path. */
async function requestOf(name: string, input: unknown) {
  const { method, path } = await routeOf(name);
  const rest: Record<string, unknown> = { ...(input as Record<string, unknown>) };
  const filled = path.replaceAll(/:(\w+)/g, (_, field: string) => {
    const value = encodeURIComponent(String(rest[field] ?? ''));
    delete rest[field];
    return value;
  });
  return { method, path: filled, rest };
}

async function queried(
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
