/**
 * Checks lint and format of the Python here by ruff.toml:
 *
 *     scripts/lint-python.ts [--write] [FOLDER]
 *
 * Names each find as FILE:ROW:COLUMN and ends with 1 when there is one; `--write` formats the files instead of
 * naming those that are not formatted. Python is what ends in .py and what begins with a line that calls python.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Diagnostic, PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { parse } from 'smol-toml';

const notOurs = ['.cache', '.git', '__pycache__', 'coverage', 'node_modules', 'var'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const root = join(import.meta.dirname, '..');
const folder = positionals[0] ?? root;
const options = parse(readFileSync(join(root, 'ruff.toml'), 'utf8'));
const ruff = new Workspace(options, PositionEncoding.Utf16);
const finds: string[] = [];
let count = 0;

for (const file of globSync('**/*', {
  cwd: folder,
  withFileTypes: true,
  exclude: ({ name }) => notOurs.includes(name),
})) {
  if (!file.isFile() || !['', '.py'].includes(extname(file.name))) continue;
  const path = join(file.parentPath, file.name);
  const source = readFileSync(path, 'utf8');
  if (extname(path) === '' && !/^#!.*python/.test(source)) continue;
  count += 1;
  const found: Diagnostic[] = ruff.check(source);
  for (const { code, message, start_location: at } of found) {
    finds.push(`${path}:${at.row}:${at.column} ${code ?? 'syntax'} ${message}`);
  }
  // Ruff cannot format what it cannot parse, and has said so above.
  if (found.some(({ code }) => code === null || code === 'invalid-syntax')) continue;
  const formatted = ruff.format(source);
  if (formatted === source) continue;
  if (values.write) writeFileSync(path, formatted);
  else finds.push(`${path}:1:1 format not as ruff formats it; scripts/lint-python.ts --write does`);
}
for (const find of finds) console.error(find);
console.log(`${count} Python files checked, ${finds.length} finds`);
process.exitCode = finds.length > 0 ? 1 : 0;
