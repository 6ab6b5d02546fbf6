/**
 * Writes the program as JavaScript, with the other files of its folders:
 *
 *     scripts/compile.ts FOLDER
 *
 * Node takes the types away as it does when it runs a checkout, so a unit runs what the tests ran.
 */
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { asJavaScript } from '../src/platform/strip-types.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: scripts/compile.ts FOLDER');
const source = join(import.meta.dirname, '../src');

for (const file of globSync('**/*.*', { cwd: source })) {
  if (basename(file) === 'tsconfig.json') continue;
  const from = join(source, file);
  const to = join(folder, file);
  mkdirSync(dirname(to), { recursive: true });
  if (extname(file) === '.ts') {
    writeFileSync(to.replace(/\.ts$/, '.js'), asJavaScript(readFileSync(from, 'utf8')));
  } else cpSync(from, to);
}
