import { readFileSync, writeFileSync } from 'node:fs';
import { Problem } from '../../src/platform/problem.ts';

/**
 * Replaces the text between `<!-- NAME: begin … -->` and `<!-- NAME: end -->` for each name given, and keeps all
 * else. Throws a Problem naming the file and the marker that it lacks.
 */
export function writeGenerated(path: string, parts: Readonly<Record<string, string>>): void {
  let text = readFileSync(path, 'utf8');
  for (const [name, content] of Object.entries(parts)) {
    const begin = text.indexOf(`<!-- ${name}: begin`);
    const from = text.indexOf('-->', begin) + 3;
    const to = text.indexOf(`<!-- ${name}: end -->`);
    if (begin < 0 || from < 3 || to < from) {
      throw new Problem(
        `${path}: has no lines '<!-- ${name}: begin -->' and '<!-- ${name}: end -->' in this order`,
      );
    }
    text = `${text.slice(0, from)}\n\n${content.trim()}\n\n${text.slice(to)}`;
  }
  writeFileSync(path, text);
}
