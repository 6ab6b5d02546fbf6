/**
 * Writes the program as JavaScript, with the other files of its folders:
 *
 *     scripts/compile.ts FOLDER
 *
 * Node takes the types away as it does when it runs a checkout, so a unit runs what the tests ran. Lines and columns
 * stay where they are, so a stack trace names the place in the source without a source map.
 */
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';

/** Imports, and the addresses of workers, of processes and of the program that verifies evidence. */
const ownFile = /(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: scripts/compile.ts FOLDER');
const source = join(import.meta.dirname, '../src');

for (const file of globSync('**/*.*', { cwd: source })) {
  const from = join(source, file);
  const to = join(folder, file);
  mkdirSync(dirname(to), { recursive: true });
  if (extname(file) === '.ts') {
    const code = stripTypeScriptTypes(readFileSync(from, 'utf8'));
    writeFileSync(to.replace(/\.ts$/, '.js'), code.replaceAll(ownFile, '$1$2.js$1'));
  } else cpSync(from, to);
}
