import { type FileHandle, open } from 'node:fs/promises';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../accountability/gate/refusal.ts';
import { kindOf, Problem } from '../platform/problem.ts';
import type { Listener } from './listener.ts';
import { type MapFacts, type MapView, readMap } from './map-file.ts';

/** Most bytes of one answer: far more than any tile or directory of a map has. */
const mostBytes = 4 << 20;

/**
 * Serves the map's facts at `/api/map`, and parts of its file at `/api/map/tiles`, for people who are logged in. The file
 * is given out by ranges alone (RFC 9110, 14.2): one at a time, and never all of it, which may be gigabytes.
 */
export function mapRoutes(
  { app }: Pick<Listener, 'app'>,
  options: {
    /** Of the map's file. */
    path: string;
    /** Throws a Refusal for a session that is locked. */
    check: (request: FastifyRequest) => void;
  },
): void {
  const { path } = options;
  const signedIn = {
    config: { rule: 'signed-in' },
    onRequest: async (request: FastifyRequest) => options.check(request),
  };
  let known: { version: string; facts: MapFacts } | null = null;

  /** Null where no map is installed, or one that cannot be used; `lookout map show` then says why. */
  const view = async (): Promise<MapView | null> => {
    await using file = await opened(path);
    if (file === null) return null;
    const version = await versionOf(file);
    try {
      if (known?.version !== version) known = { version, facts: await readMap(path) };
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
    return { ...known.facts, version };
  };

  app.get('/api/map', signedIn, async () => ({ map: await view() }));

  app.get('/api/map/tiles', signedIn, async (request, reply) => {
    await using file = await opened(path);
    if (file === null) throw new Refusal(404, 'no-map', 'No map is installed on this unit.');
    const { size } = await file.stat();
    const etag = `"${await versionOf(file)}"`;
    reply.header('accept-ranges', 'bytes').header('etag', etag);
    const { range, 'if-range': ifRange } = request.headers;
    if (ifRange !== undefined && ifRange !== etag) {
      const error = 'The map was replaced meanwhile; load the page again.';
      return reply.code(412).send({ code: 'map-replaced', error });
    }
    const part = partOf(range, size);
    if (part === null) {
      const error = `Ask for one range of the map's ${size} bytes, of at most ${mostBytes}.`;
      reply.code(416).header('content-range', `bytes */${size}`);
      return reply.send({ code: 'range-needed', error });
    }
    const bytes = Buffer.alloc(part.length);
    const { bytesRead } = await file.read(bytes, 0, part.length, part.start);
    return reply
      .code(206)
      .type('application/octet-stream')
      .header('content-range', `bytes ${part.start}-${part.start + bytesRead - 1}/${size}`)
      .send(bytes.subarray(0, bytesRead));
  });
}

async function opened(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (kindOf(error) === 'missing' || kindOf(error) === 'not-allowed') return null;
    throw error;
  }
}

/** Differs for each file that was put in the place. */
async function versionOf(file: FileHandle): Promise<string> {
  const { ino, size, mtimeMs } = await file.stat();
  return [ino, size, Math.round(mtimeMs)].map((each) => each.toString(36)).join('-');
}

/** The part that a Range header asks for; null if it is none, several, outside of the file, or too much. */
function partOf(
  header: string | undefined,
  size: number,
): { start: number; length: number } | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return null;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  const length = end - start + 1;
  return length < 1 || length > mostBytes ? null : { start, length };
}
