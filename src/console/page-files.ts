import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { asJavaScript } from '../platform/strip-types.ts';
import { mapLibraryImports, serveMapLibraries } from './map-libraries.ts';
import { slimScript } from './slim-script.ts';

const folder = join(import.meta.dirname, 'page');

/** Where the page finds the library that draws it, and those of its map. */
const importMap = JSON.stringify({
  imports: {
    'lit-html': '/page/lit-html/lit-html.js',
    'lit-html/': '/page/lit-html/',
    ...mapLibraryImports,
  },
});
const importMapHash = createHash('sha256').update(importMap).digest('base64');

/**
 * What the page may do: run its own modules and the import map, nothing from elsewhere; nothing but the library makes
 * markup of text, and a worker is made of one file only.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${importMapHash}'`,
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html lookout-worker',
].join('; ');

/** A document of the page, `index.html` or `login.html`, with the import map and the version of the page in it. */
export async function pageDocument(name: 'index.html' | 'login.html'): Promise<string> {
  const html = await readFile(join(folder, name), 'utf8');
  return html
    .replace('<!-- import map -->', `<script type="importmap">${importMap}</script>`)
    .replace('<!-- version -->', `<meta name="page-version" content="${await pageVersion()}" />`);
}

let version: Promise<string> | undefined;

/** A code that is another one when a file of the page is: a page that stays open over an update is an old one. */
export function pageVersion(): Promise<string> {
  version ??= hashOfFiles();
  return version;
}

async function hashOfFiles(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder, { recursive: true })).toSorted()) {
    if (!/\.(ts|js|css|html)$/.test(name)) continue;
    hash.update(name).update(await readFile(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** The page's modules as they are served, by file. */
const modules = new Map<string, Promise<string>>();

/** Serves the page's files below `/page/`, its modules without what only their readers need. */
export async function servePageFiles(app: FastifyInstance): Promise<void> {
  // Node resolves the library to the form for servers, in a folder of its own.
  const library = join(dirname(createRequire(import.meta.url).resolve('lit-html')), '..');
  await app.register(files, {
    root: library,
    prefix: '/page/lit-html/',
    cacheControl: false,
    allowedPath: (path) => /^\/(\w[\w-]*|directives\/\w[\w-]*)\.js$/.test(path),
  });
  await app.register(files, {
    root: folder,
    prefix: '/page/',
    cacheControl: false,
    decorateReply: false,
    allowedPath: (path) => /\.(css|svg)$/.test(path) && !path.includes('lit-html'),
  });
  serveMapLibraries(app);
  const paths = ['/page/:name.js', '/page/:room/:name.js', '/page/:room/:shelf/:name.js'];
  for (const path of paths) {
    app.get(path, { config: { rule: 'open' } }, async (request, reply) => {
      const {
        room = '',
        shelf = '',
        name = '',
      } = request.params as Record<string, string | undefined>;
      const file = join(room, shelf, name);
      if (!/^([\w-]+\/){0,2}[\w-]+$/.test(file)) return reply.callNotFound();
      const source = [`${file}.ts`, `${file}.js`].find((each) => existsSync(join(folder, each)));
      if (source === undefined) return reply.callNotFound();
      const known = modules.get(source) ?? moduleOf(source);
      modules.set(source, known);
      return reply.type('text/javascript; charset=utf-8').send(await known);
    });
  }
}

/** A checkout has its modules in TypeScript; an installed unit has them as JavaScript. */
async function moduleOf(file: string): Promise<string> {
  const source = await readFile(join(folder, file), 'utf8');
  const script = file.endsWith('.ts') ? asJavaScript(source) : source;
  return slimScript(file.replace(/\.ts$/, '.js'), script);
}
