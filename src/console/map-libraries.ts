import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const { resolve } = createRequire(import.meta.url);
const javaScript = 'text/javascript; charset=utf-8';

/**
 * The libraries of the page's map, as modules. Each is one small file of its package, made for a script element, which the
 * policy on content forbids to add later; behind it stands which of its names the page may import.
 */
const libraries: Record<string, { type: string; text: () => Promise<string> }> = {
  '/page/libraries/leaflet.js': {
    type: javaScript,
    text: async () =>
      `${withoutMarkup(await packageFile('leaflet', 'dist/leaflet.js'))}
export const { Map, GridLayer, latLng, latLngBounds } = globalThis.L;`,
  },
  '/page/libraries/protomaps-leaflet.js': {
    type: javaScript,
    text: async () =>
      `${await packageFile('protomaps-leaflet', 'dist/protomaps-leaflet.js')}
export const { leafletLayer, PmtilesSource } = protomapsL;`,
  },
  '/page/libraries/leaflet.css': {
    type: 'text/css; charset=utf-8',
    text: () => packageFile('leaflet', 'dist/leaflet.css'),
  },
};

export const mapLibraryImports = {
  leaflet: '/page/libraries/leaflet.js',
  'protomaps-leaflet': '/page/libraries/protomaps-leaflet.js',
};

/** Serves them below `/page/libraries/`; a screen with a map asks for them, no other. */
export function serveMapLibraries(app: FastifyInstance): void {
  for (const [path, { type, text }] of Object.entries(libraries)) {
    let known: Promise<string> | undefined;
    app.get(path, { config: { rule: 'open' } }, async (_, reply) => {
      known ??= text();
      return reply.type(type).send(await known);
    });
  }
}

const packageFile = (name: string, file: string): Promise<string> =>
  readFile(join(dirname(resolve(`${name}/package.json`)), file), 'utf8');

/**
 * As it loads, Leaflet asks whether the browser knows SVG, by making markup of text, which Trusted Types refuse: the answer
 * is known without.
 */
function withoutMarkup(text: string): string {
  const asked = '.innerHTML="<svg/>"';
  const made = '.appendChild(document.createElementNS("http://www.w3.org/2000/svg","svg"))';
  if (!text.includes(asked)) throw new Error('this Leaflet is not the one that the page knows');
  return text.replace(asked, made);
}
