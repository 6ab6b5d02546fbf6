import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type FileAnswer, isFileAnswer } from '../accountability/gate/answer.ts';
import type { StatedInquiry } from '../accountability/gate/client.ts';
import type { Gate, SessionReader } from '../accountability/gate/gate.ts';
import { inputFault } from '../accountability/gate/input-fault.ts';
import type { Operation } from '../accountability/gate/operation.ts';
import { callerOf, tokenOf } from './caller.ts';
import { type DeedsOnce, deedHeader } from './deeds-once.ts';
import type { Listener } from './listener.ts';

/** The body of a change: the operation's input, and its inquiry. */
const bodySchema = z.strictObject({
  input: z.record(z.string(), z.unknown()).default({}),
  inquiry: z
    .union([
      z.strictObject({ id: z.string() }),
      z.strictObject({
        purpose: z.string(),
        caseNumber: z.string().nullish(),
        incidentNumber: z.string().nullish(),
        reason: z.string().nullish(),
      }),
    ])
    .optional(),
});

/** Serves each operation of the gates at its method and path under `/api`, and the list of them. */
export function operationRoutes(
  listener: Listener,
  deps: {
    gates: readonly Gate[];
    bodyLimit: number;
    /** Finds who asks, without counting it as use. */
    onlookers: SessionReader;
    deeds: DeedsOnce;
  },
): void {
  const { app } = listener;
  const { gates, bodyLimit, onlookers, deeds } = deps;
  const served = gates.flatMap((gate) => gate.operations.map((operation) => ({ gate, operation })));

  app.get('/api/operations', { config: { rule: 'signed-in' } }, async () =>
    served.map(({ operation: { name, http, permission, inquiry, effect } }) => ({
      name,
      method: http.method,
      path: `/api${http.path}`,
      permission,
      inquiry,
      effect,
    })),
  );

  for (const { gate, operation } of served) {
    const { method, path } = operation.http;
    const { largestBody = bodyLimit } = operation;
    app.route({
      method,
      url: `/api${path}`,
      bodyLimit: largestBody,
      config: { rule: operation.permission },
      handler: async (request, reply) => {
        const caller = callerOf(request, listener);
        const { from } = caller;
        const token = tokenOf(caller);
        const run = () =>
          gate.perform({
            ...{ token, from, operation: operation.name },
            ...askedOf(request, operation),
          });
        const cutOff: CutOff = (answer, note) => gate.noteCutOff(answer, note);
        if (operation.effect === 'look') return send(reply, await run(), cutOff);
        const name = request.headers[deedHeader];
        const of = () => `${onlookers.actorOf(token, from).session} ${method} ${request.url}`;
        return send(reply, await deeds.perform({ name, of }, run), cutOff);
      },
    });
  }
}

/** Input and inquiry of a request; values in the path override query and body. */
export function askedOf(
  request: FastifyRequest,
  operation: Operation,
): { input: unknown; inquiry?: StatedInquiry } {
  const params = request.params as Record<string, string>;
  if (operation.http.method === 'GET') {
    const { inquiry, ...query } = request.query as Record<string, unknown>;
    const stated = typeof inquiry === 'string' ? { inquiry: { id: inquiry } } : {};
    return { input: { ...query, ...params }, ...stated };
  }
  const parsed = bodySchema.safeParse(request.body ?? {});
  if (!parsed.success) throw inputFault(parsed.error);
  const { input, inquiry } = parsed.data;
  return { input: { ...input, ...params }, ...(inquiry === undefined ? {} : { inquiry }) };
}

/** Told of a file that did not leave whole, and how far it came. */
type CutOff = (answer: FileAnswer, note: string) => void;

/** Sends an answer: a file as a file, anything else as JSON. */
export function send(reply: FastifyReply, answer: unknown, onCutOff?: CutOff): FastifyReply {
  if (isFileAnswer(answer)) return sendFile(reply, answer, onCutOff);
  if (answer === undefined) return reply.code(204).send();
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
}

function sendFile(reply: FastifyReply, answer: FileAnswer, onCutOff?: CutOff): FastifyReply {
  const { fileName, contentType, bytes } = answer;
  // Pictures are displayed, everything else is downloaded, so that no answer can run in the page.
  const isShown = /^image\/(jpeg|png)$/.test(contentType);
  const name = fileName.replace(/[^\w.-]+/g, '_').slice(-120);
  if (onCutOff !== undefined) watchEnd(reply, bytes.length, (note) => onCutOff(answer, note));
  return reply
    .type(contentType)
    .header('content-disposition', `${isShown ? 'inline' : 'attachment'}; filename="${name}"`)
    .send(Buffer.from(bytes));
}

/** `onCutOff` is called where the connection ends before all of the answer was handed to it. */
function watchEnd({ raw }: FastifyReply, length: number, onCutOff: (note: string) => void): void {
  const { socket } = raw;
  const before = socket?.bytesWritten ?? 0;
  raw.once('close', () => {
    if (raw.writableFinished) return;
    // What the system still held of it is lost, so less may have arrived.
    const most = Math.min(length, Math.max(0, (socket?.bytesWritten ?? before) - before));
    const words = [most, length].map((bytes) => bytes.toLocaleString('en-US')).join(' of ');
    onCutOff(
      `The connection ended before the whole file was sent: at most ${words} bytes arrived.`,
    );
  });
}
