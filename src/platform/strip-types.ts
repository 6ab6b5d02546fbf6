import { stripTypeScriptTypes } from 'node:module';

/** Imports, and the addresses of workers, of processes and of the program that verifies evidence. */
const ownFile = /(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g;

/**
 * A source file as JavaScript, with the addresses of the project's own files changed to theirs. Lines and columns stay
 * where they are, so a stack trace names the place in the source without a source map.
 */
export function asJavaScript(source: string): string {
  return stripTypeScriptTypes(source).replaceAll(ownFile, '$1$2.js$1');
}
