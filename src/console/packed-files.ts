import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const pack = promisify(gzip);

/**
 * Packs the page's own files on their way to another computer: a phone at a pole loads them over whatever network there
 * is. Answers of the API stay as they are: their length must not tell what is in them.
 */
export function packFiles(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (!isPackable(request, reply)) return payload;
    reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding');
    reply.removeHeader('content-length');
    if (payload instanceof Readable) {
      // What breaks off on the way ends the answer.
      return pipeline(payload, createGzip(), () => undefined);
    }
    return pack(payload as string | Buffer);
  });
}

function isPackable(request: FastifyRequest, reply: FastifyReply): boolean {
  const { url = '' } = request.routeOptions;
  const isFile = url === '/' || url.startsWith('/page/');
  const takes = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const isText = /^(?:text\/|application\/javascript|image\/svg)/.test(
    String(reply.getHeader('content-type') ?? ''),
  );
  return isFile && takes && isText && reply.statusCode === 200 && request.method === 'GET';
}
