import type { FastifyRequest } from 'fastify';

/** Whether a browser asks for a page to show, and not a page for an answer. */
export const isForPage = ({ headers }: FastifyRequest): boolean =>
  headers['sec-fetch-dest'] === 'document';

/** A refusal as a page for a person, with nothing to load: the unit may give this browser nothing else. */
export function refusalPage(words: string): string {
  const text = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const viewport = '<meta name="viewport" content="width=device-width, initial-scale=1" />';
  const head = `<meta charset="utf-8" />${viewport}<title>Lookout</title>`;
  return `<!doctype html><html lang="en"><head>${head}</head><body><h1>Lookout</h1><p>${text}</p></body></html>`;
}
